// What somebody typed is not lost by accident: leaving the page, and closing or reloading the tab, ask first.
import { useEffect, useState } from "preact/hooks";
import { Ask } from "../parts/ask";
import { guardLeaving } from "../route";
import { unsavedWords } from "./words";

export function Unsaved({ dirty }: { readonly dirty: boolean }) {
  const words = unsavedWords.value;
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
