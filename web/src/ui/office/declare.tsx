// The three buttons. What could not be sent says so, is kept, and can be sent again.
import { useState } from "preact/hooks";
import type { Account } from "../../client/host-contract";
import type { NewDeclaration, OfficeApi, OfficeState, OwnDay } from "../../client/office-api";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { TextField } from "../parts/field";
import { FormNotice } from "../parts/form-notice";
import { Notice } from "../parts/notice";
import { timeIn } from "./times";
import { keepUnsent, newClientId, unsentOf } from "./unsent";
import { officeWords } from "./words";

const MOST = 200;
/** Sent again, these would be refused again. */
const FINAL: readonly string[] = [
  "INVALID_FIELD",
  "WRONG_STATE",
  "THROTTLED",
  "MALFORMED",
  "NOT_FOUND",
  "PERMISSION_DENIED",
  "TOO_LARGE",
];

export interface DeclareProps {
  readonly api: OfficeApi;
  readonly account: Account;
  readonly own: OwnDay;
  readonly onSaid: (said: Pick<OwnDay, "date" | "day">) => void;
  /** What is shown may be old. */
  readonly onRefused: () => void;
}

export function Declare({ api, account, own, onSaid, onRefused }: DeclareProps) {
  const o = officeWords.value;
  const said = own.day.declarations.at(-1);
  const [note, setNote] = useState(said && said.state !== "done" ? lastWork(own) : "");
  const [working, setWorking] = useState<OfficeState | null>(null);
  const [unsent, setUnsent] = useState<NewDeclaration | null>(() => unsentOf(account.id));
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const [noteRefused, setNoteRefused] = useState(false);
  const [saved, setSaved] = useState("");
  const length = [...note.trim()].length;
  const wrong = length > MOST ? o.noteTooLong(length - MOST) : noteRefused ? o.noteWrong : undefined;
  const possible = said !== undefined && said.state !== "done";
  const otherWork = said?.state === "present" && note.trim().replace(/\s+/g, " ") !== said.note;

  const keep = (what: NewDeclaration | null) => {
    keepUnsent(account.id, what);
    setUnsent(what);
  };
  const send = async (what: NewDeclaration) => {
    if (working) return;
    setWorking(what.state);
    setFailed(null);
    setSaved("");
    setNoteRefused(false);
    try {
      const answer = await api.declare(what);
      keep(null);
      const last = answer.day.declarations.at(-1);
      setSaved(o.saved(o.say[what.state], timeIn(last?.at ?? 0, own.timeZone)));
      onSaid(answer);
    } catch (thrown) {
      const refusal = met(thrown);
      const { code, field } = refusal.failure;
      if (!FINAL.includes(code)) keep(what);
      else {
        keep(null);
        if (code === "INVALID_FIELD" && field === "note") setNoteRefused(true);
        else setFailed(refusal);
        onRefused();
      }
    } finally {
      setWorking(null);
    }
  };
  const say = (state: OfficeState) => {
    if (wrong || (state !== "present" && !possible)) return;
    void send({ state, note: state === "present" ? note.trim() : "", clientId: newClientId() });
  };
  const button = (state: OfficeState) => {
    const disabled = working !== null || (state !== "present" && !possible);
    const now = said?.state === state;
    const label = state === "present" && otherWork ? o.saveWork : o.say[state];
    return (
      <button
        type="button"
        class={state === "present" ? "button main office-say" : "button office-say"}
        aria-pressed={now && !(state === "present" && otherWork)}
        aria-disabled={disabled ? "true" : undefined}
        onClick={() => {
          if (!disabled) say(state);
        }}
      >
        {working === state ? o.saving : label}
      </button>
    );
  };

  return (
    <div class="stack office-declare">
      <TextField
        label={o.note}
        value={note}
        wrong={wrong}
        hint={length > MOST - 50 ? o.noteHint(MOST - length) : undefined}
        onText={(text) => {
          setNote(text);
          setNoteRefused(false);
        }}
      />
      <div class="office-says">
        {button("present")}
        {button("break")}
        {button("done")}
      </div>
      {!possible && said === undefined && <p class="quiet">{o.presentFirst}</p>}
      {unsent && (
        <FormNotice kind="error" of={unsent}>
          <p>
            <strong>{o.notSaved(unsent.note ? `${o.say[unsent.state]}, ${unsent.note}` : o.say[unsent.state])}</strong>
          </p>
          <p>{o.notSavedText}</p>
          <p class="row">
            <button type="button" class="button" aria-disabled={working !== null} onClick={() => void send(unsent)}>
              {working ? o.saving : o.sendAgain}
            </button>
            <button type="button" class="button plain" onClick={() => keep(null)}>
              {o.discard}
            </button>
          </p>
        </FormNotice>
      )}
      {failed && <FailureNotice of={failed} />}
      {saved && !unsent && !failed && (
        <Notice kind="good">
          <p>{saved}</p>
        </Notice>
      )}
      <p class="quiet office-recorded">{o.recorded}</p>
    </div>
  );
}

/** What they said last that they are working on. */
function lastWork(own: OwnDay): string {
  return [...own.day.declarations].reverse().find((one) => one.state === "present")?.note ?? "";
}
