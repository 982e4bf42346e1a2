// What could not be sent: again while its day lasts; after that it is said that it is not recorded, and never will be.
import { FormNotice } from "../parts/form-notice";
import { dayName } from "./times";
import type { Unsent } from "./unsent";
import { officeWords } from "./words";

export interface UnsentNoticeProps {
  readonly of: Unsent;
  /** Its day has ended. Sent now, "present" would be taken for today. */
  readonly over: boolean;
  /** The device did not take it. */
  readonly loose: boolean;
  readonly working: boolean;
  readonly onSend: () => void;
  readonly onDiscard: () => void;
}

export function UnsentNotice({ of, over, loose, working, onSend, onDiscard }: UnsentNoticeProps) {
  const o = officeWords.value;
  const what = of.note ? `${o.say[of.state]}, ${of.note}` : o.say[of.state];
  return (
    <FormNotice kind="error" of={of}>
      <p>
        <strong>{over ? o.notRecorded(what, dayName(of.day)) : o.notSaved(what)}</strong>
      </p>
      <p>{over ? o.dayOver : loose ? o.notKeptText : o.notSavedText}</p>
      <p class="row">
        {over ? (
          <button type="button" class="button" onClick={onDiscard}>
            {o.understood}
          </button>
        ) : (
          <>
            <button type="button" class="button" aria-disabled={working} onClick={onSend}>
              {working ? o.saving : o.sendAgain}
            </button>
            <button type="button" class="button plain" onClick={onDiscard}>
              {o.discard}
            </button>
          </>
        )}
      </p>
    </FormNotice>
  );
}
