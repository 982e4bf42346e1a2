import type { ComponentChildren } from "preact";

export interface WideTableProps {
  readonly label: string;
  readonly children: ComponentChildren;
}

/** A table that is wider than a phone scrolls on its own, also by the arrow keys. */
export function WideTable({ label, children }: WideTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard (WCAG 2.1.1)
    <section class="attendance-scroll" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
