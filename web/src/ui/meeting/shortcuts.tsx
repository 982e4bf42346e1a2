// Keys for every control. All with Alt, so that speech input and typing never trigger one by accident (WCAG 2.1.4).
import { useEffect } from "preact/hooks";
import { Ask } from "../parts/ask";
import { roomWords } from "../room/words";

export type ControlName =
  | "microphone"
  | "camera"
  | "share"
  | "chat"
  | "participants"
  | "polls"
  | "reactions"
  | "hand"
  | "help";

/** By the key's place on the keyboard, because Alt changes what it writes on a Mac. First letters of the Indonesian words. */
const KEYS: Readonly<Record<string, ControlName>> = {
  KeyM: "microphone",
  KeyK: "camera",
  KeyL: "share",
  KeyO: "chat",
  KeyP: "participants",
  KeyJ: "polls",
  KeyR: "reactions",
  KeyT: "hand",
  KeyB: "help",
};

function controlOf(
  event: Pick<KeyboardEvent, "altKey" | "ctrlKey" | "metaKey" | "shiftKey" | "code">,
): ControlName | null {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return null;
  return KEYS[event.code] ?? null;
}

export function useShortcuts(act: (control: ControlName) => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const control = controlOf(event);
      if (!control || event.repeat) return;
      event.preventDefault();
      act(control);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
}

export function ShortcutsHelp({ onClose }: { readonly onClose: () => void }) {
  const w = roomWords.value;
  const list = w.controls.shortcutList;
  const names = w.controls.shortcutKeys;
  const rows: readonly (readonly [keys: string, text: string])[] = [
    ...Object.entries(KEYS).map(([code, control]) => [names.alt(code.slice("Key".length)), list[control]] as const),
    [names.zoom, list.zoom],
    [names.panel, list.panel],
  ];
  return (
    <Ask title={w.controls.shortcuts} onClose={onClose}>
      <dl class="shortcuts">
        {rows.map(([keys, text]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <button type="button" class="button" onClick={onClose}>
        {w.app.close}
      </button>
    </Ask>
  );
}
