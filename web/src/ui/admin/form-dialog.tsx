// A dialog with fields: closing it, or doing something else in it, asks when something was typed.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Unsaved } from "../account/unsaved";
import { unsavedWords } from "../account/words";
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
  /** Below the main button. What else can be done goes through `unlessTyped`, which asks before it drops what was typed. */
  readonly more?: (unlessTyped: (act: () => void) => void) => ComponentChildren;
  readonly children: ComponentChildren;
}

export function FormDialog(props: FormDialogProps) {
  const { title, action, dirty, working, wrong, failed, onSubmit, onClose, more, children } = props;
  const w = adminWords.value;
  const [asking, setAsking] = useState<{ readonly closes: boolean; readonly act: () => void } | null>(null);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [wrong]);
  const close = () => (dirty && !asking?.closes ? setAsking({ closes: true, act: onClose }) : onClose());
  const unlessTyped = (act: () => void) => {
    // What is under way would end in the middle of something else.
    if (working) return;
    if (dirty) setAsking({ closes: false, act });
    else act();
  };
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
              <button
                type="button"
                class="button"
                onClick={() => {
                  setAsking(null);
                  asking.act();
                }}
              >
                {unsavedWords.value.discard}
              </button>
              <button type="button" class="button" onClick={() => setAsking(null)}>
                {unsavedWords.value.keepTyping}
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
        {more?.(unlessTyped)}
      </form>
      <Unsaved dirty={dirty} />
    </Ask>
  );
}
