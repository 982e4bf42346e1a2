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

export interface CellProps {
  /** The column's name, which a phone shows in the cell (styles/attendance.css). */
  readonly label: string;
  /** false: there is nothing to say. */
  readonly children: string | false;
}

export function Cell({ label, children }: CellProps) {
  return (
    <td data-label={label} class={children ? undefined : "nothing"}>
      {children || "–"}
    </td>
  );
}
