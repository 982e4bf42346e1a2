import type { ComponentChildren } from "preact";
import { Icon, TICK, WARNING } from "./icon";

export interface NoticeProps {
  readonly kind: "error" | "warning" | "good";
  readonly children: ComponentChildren;
}

/** A sentence that matters. Errors are read out at once, the rest when the reader pauses. */
export function Notice({ kind, children }: NoticeProps) {
  return (
    <div class={`notice ${kind}`} role={kind === "error" ? "alert" : "status"}>
      <Icon of={kind === "good" ? TICK : WARNING} />
      <div>{children}</div>
    </div>
  );
}
