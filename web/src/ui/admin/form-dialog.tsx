// A dialog with fields: closing it asks when something was typed.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { words } from "../i18n/language";
import { Ask } from "../parts/ask";
import { FailureNotice, type MetFailure } from "../parts/failure-notice";
import { FormNotice } from "../parts/form-notice";
import type { Wrong } from "./tenant-part";
import { adminWords } from "./words";

export interface FormDialogProps {
  readonly title: string;
  readonly action: string;
  readonly dirty: boolean;
  readonly working: boolean;
  readonly wrong: Wrong;
  readonly failed: MetFailure | null;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  /** Below the main button. */
  readonly more?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function FormDialog(props: FormDialogProps) {
  const { title, action, dirty, working, wrong, failed, onSubmit, onClose, more, children } = props;
  const w = adminWords.value;
  const [asking, setAsking] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [wrong]);
  const close = () => (dirty && !asking ? setAsking(true) : onClose());
  return (
    <Ask title={title} onClose={close}>
      <form
        ref={form}
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!working) onSubmit();
        }}
      >
        {children}
        {failed && <FailureNotice of={failed} />}
        {asking ? (
          <FormNotice kind="warning" of="unsaved" choice>
            <p>{w.unsaved}</p>
            <div class="row">
              <button type="button" class="button" onClick={onClose}>
                {w.leave.discard}
              </button>
              <button type="button" class="button" onClick={() => setAsking(false)}>
                {w.leave.keepTyping}
              </button>
            </div>
          </FormNotice>
        ) : (
          <div class="acts">
            <button type="submit" class="button main" aria-disabled={working ? "true" : undefined}>
              {working ? w.saving : action}
            </button>
            <button type="button" class="button plain" onClick={close}>
              {words.value.app.cancel}
            </button>
          </div>
        )}
        {more}
      </form>
    </Ask>
  );
}
