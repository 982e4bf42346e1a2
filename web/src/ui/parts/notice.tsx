import type { ComponentChildren } from "preact";
import { Icon, INFO, TICK, WARNING } from "./icon";

const ICONS = { error: WARNING, warning: WARNING, info: INFO, good: TICK };

export interface NoticeProps {
  /** "good": something was done; "info": something to know, with nothing to praise or to warn of. */
  readonly kind: keyof typeof ICONS;
  readonly children: ComponentChildren;
}

/** A sentence that matters. Errors are read out at once, the rest when the reader pauses. */
export function Notice({ kind, children }: NoticeProps) {
  return (
    <div class={`notice ${kind}`} role={kind === "error" ? "alert" : "status"}>
      <Icon of={ICONS[kind]} />
      <div>{children}</div>
    </div>
  );
}
