// A question before something that cannot be undone.
import { useState } from "preact/hooks";
import { words } from "../i18n/language";
import { Ask } from "../parts/ask";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { FormNotice } from "../parts/form-notice";

export interface SureDialogProps {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly working: string;
  readonly danger?: boolean;
  readonly act: () => Promise<void>;
  /** For a refusal that this question has a sentence of its own for. */
  readonly sentence?: (thrown: unknown) => string;
  readonly onClose: () => void;
}

export function SureDialog(props: SureDialogProps) {
  const { title, text, action, working, danger = false, act, sentence, onClose } = props;
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const [said, setSaid] = useState("");
  const run = () => {
    if (busy) return;
    setBusy(true);
    setFailed(null);
    setSaid("");
    act().catch((thrown: unknown) => {
      setBusy(false);
      const own = sentence?.(thrown) ?? "";
      setSaid(own);
      if (!own) setFailed(met(thrown));
    });
  };
  return (
    <Ask title={title} onClose={onClose}>
      <p>{text}</p>
      {failed && <FailureNotice of={failed} />}
      {said && (
        <FormNotice kind="error" of={said}>
          <p>{said}</p>
        </FormNotice>
      )}
      <div class="acts">
        <button
          type="button"
          class={danger ? "button danger" : "button main"}
          aria-disabled={busy ? "true" : undefined}
          onClick={run}
        >
          {busy ? working : action}
        </button>
        <button type="button" class="button plain" data-safe onClick={onClose}>
          {words.value.app.cancel}
        </button>
      </div>
    </Ask>
  );
}
