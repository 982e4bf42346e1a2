// A panel beside the stage on a PC, over it on a phone. Escape closes it.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { CROSS, Icon } from "../parts/icon";
import { useKeptFocus } from "../parts/kept-focus";
import { roomWords } from "../room/words";

export type PanelName = "chat" | "control" | "participants" | "polls" | "status";

export interface PanelProps {
  readonly title: string;
  readonly note?: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

export function Panel({ title, note, onClose, children }: PanelProps) {
  const w = roomWords.value;
  const heading = useId();
  const panel = useRef<HTMLElement>(null);
  // Whoever opened it by keyboard goes on inside it, unless a field of it took the focus already.
  useEffect(() => {
    if (!panel.current?.contains(document.activeElement)) panel.current?.focus();
  }, []);
  useKeptFocus(panel);
  return (
    <aside ref={panel} class="panel" aria-labelledby={heading} tabIndex={-1}>
      <header class="panel-head">
        <div>
          <h2 id={heading}>{title}</h2>
          {note && <p class="quiet">{note}</p>}
        </div>
        <button type="button" class="panel-close" aria-label={w.app.close} title={w.app.close} onClick={onClose}>
          <Icon of={CROSS} />
        </button>
      </header>
      {children}
    </aside>
  );
}
