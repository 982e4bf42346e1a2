// A link to another page of ours, which is shown without loading everything again.
import type { ComponentChildren } from "preact";
import { navigate } from "../route";

export interface PageLinkProps {
  readonly to: string;
  readonly class?: string;
  /** The page that is shown now. */
  readonly current?: boolean;
  readonly onFollow?: () => void;
  readonly children: ComponentChildren;
}

export function PageLink({ to, class: className, current = false, onFollow, children }: PageLinkProps) {
  return (
    <a
      href={to}
      class={className ?? ""}
      aria-current={current ? "page" : undefined}
      onClick={(event) => {
        // A new tab or window is the browser's own business.
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        onFollow?.();
        navigate(to);
      }}
    >
      {children}
    </a>
  );
}
