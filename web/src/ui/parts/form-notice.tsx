// A notice about a whole form. It comes into view wherever the page, or the dialog that it stands in, was scrolled to.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Notice, type NoticeProps } from "./notice";

export interface FormNoticeProps extends NoticeProps {
  /** What is told: another value is told anew. */
  readonly of: unknown;
  /** There is something to choose in it: it takes the focus, so that the next Tab is at the choice. */
  readonly choice?: boolean;
}

export function FormNotice({ of, choice = false, ...notice }: FormNoticeProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (choice) place.current?.focus({ preventScroll: true });
    // On a phone the place below the button may be covered by the keyboard, or below the fold.
    place.current?.scrollIntoView({ block: "nearest" });
  }, [of, choice]);
  useLayoutEffect(
    () => () => {
      if (!place.current?.contains(document.activeElement)) return;
      // What was chosen takes the notice away: the next thing to do is to save, and focus on nothing would begin at the top.
      const form = place.current.closest("form");
      queueMicrotask(() => form?.querySelector<HTMLElement>("[type=submit]")?.focus());
    },
    [],
  );
  return (
    <div ref={place} tabIndex={choice ? -1 : undefined}>
      <Notice {...notice} />
    </div>
  );
}
