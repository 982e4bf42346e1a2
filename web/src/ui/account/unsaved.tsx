// What somebody typed is not lost by accident: leaving the page, and closing or reloading the tab, ask first.
import { useEffect, useState } from "preact/hooks";
import { Ask } from "../parts/ask";
import { guardLeaving } from "../route";

export interface UnsavedWords {
  readonly title: string;
  readonly text: string;
  readonly discard: string;
  readonly stay: string;
}

export function Unsaved({ dirty, words }: { readonly dirty: boolean; readonly words: UnsavedWords }) {
  const [leave, setLeave] = useState<(() => void) | null>(null);
  useEffect(() => {
    if (!dirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    const release = guardLeaving((go) => setLeave(() => go));
    return () => {
      removeEventListener("beforeunload", warn);
      release();
    };
  }, [dirty]);
  if (!leave) return null;
  return (
    <Ask title={words.title} onClose={() => setLeave(null)}>
      <p>{words.text}</p>
      <div class="acts">
        <button
          type="button"
          class="button danger"
          onClick={() => {
            setLeave(null);
            leave();
          }}
        >
          {words.discard}
        </button>
        <button type="button" class="button plain" data-safe onClick={() => setLeave(null)}>
          {words.stay}
        </button>
      </div>
    </Ask>
  );
}
