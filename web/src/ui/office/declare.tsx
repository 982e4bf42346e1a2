// The three buttons. What could not be sent says so, is kept, and can be sent again.
import { useState } from "preact/hooks";
import type { Account } from "../../client/host-contract";
import type { DatedDay, OfficeApi, OfficeState, OwnDay } from "../../client/office-api";
import { Unsaved } from "../account/unsaved";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { TextField } from "../parts/field";
import { Notice } from "../parts/notice";
import { timeIn } from "./times";
import { keepUnsent, newClientId, type Unsent, unsentOf } from "./unsent";
import { UnsentNotice } from "./unsent-notice";
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
  readonly onSaid: (said: DatedDay) => void;
  /** What was shown was old, and this is newer. */
  readonly onNewer: (own: OwnDay) => void;
}

export function Declare({ api, account, own, onSaid, onNewer }: DeclareProps) {
  const o = officeWords.value;
  const said = own.day.declarations.at(-1);
  const [note, setNote] = useState(lastWork(own));
  /** The sentence as it was when it was last recorded, kept, or not yet touched. */
  const [safe, setSafe] = useState(note);
  const [working, setWorking] = useState<OfficeState | null>(null);
  const [unsent, setUnsent] = useState<Unsent | null>(() => unsentOf(account.id, own.asOf));
  /** Whether what could not be sent is only on this page. */
  const [loose, setLoose] = useState(false);
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const [noteRefused, setNoteRefused] = useState(false);
  const [saved, setSaved] = useState("");
  const length = [...note.trim()].length;
  const wrong = length > MOST ? o.noteTooLong(length - MOST) : noteRefused ? o.noteWrong : undefined;
  const possible = said !== undefined && said.state !== "done";
  const otherWork = said?.state === "present" && note.trim().replace(/\s+/g, " ") !== said.note;

  const keep = (what: Unsent | null) => {
    setLoose(!keepUnsent(account.id, what));
    setUnsent(what);
  };
  const send = async ({ day, ...what }: Unsent) => {
    if (working) return;
    setWorking(what.state);
    setFailed(null);
    setSaved("");
    setNoteRefused(false);
    try {
      const answer = await api.declare({ ...what, date: what.state === "done" ? day : "" });
      keep(null);
      if (what.state === "present") setSafe(what.note);
      const last = answer.day.declarations.at(-1);
      setSaved(o.saved(o.say[what.state], timeIn(last?.at ?? 0, own.timeZone)));
      onSaid(answer);
    } catch (thrown) {
      const refusal = met(thrown);
      const { code, field } = refusal.failure;
      if (!FINAL.includes(code)) {
        keep({ ...what, day });
        if (what.state === "present") setSafe(what.note);
        return;
      }
      if (code === "INVALID_FIELD" && field === "note") setNoteRefused(true);
      else if (code !== "WRONG_STATE" && field !== "date") setFailed(refusal);
      // What is shown was old: something was said elsewhere, or the day has ended meanwhile.
      const newer = await api.ownDay().catch(() => null);
      const old = code === "WRONG_STATE" || field === "date";
      const over = old && newer !== null && newer.date.date !== day;
      keep(over ? { ...what, day } : null);
      setSafe(lastWork(newer ?? own));
      if (old && !over) setFailed(refusal);
      if (newer) onNewer(newer);
    } finally {
      setWorking(null);
    }
  };
  const say = (state: OfficeState) => {
    if (wrong || (state !== "present" && !possible)) return;
    void send({ state, note: state === "present" ? note.trim() : "", clientId: newClientId(), day: own.date.date });
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
        <UnsentNotice
          of={unsent}
          over={unsent.day !== own.date.date && !(unsent.state === "done" && unsent.day === own.open?.date.date)}
          working={working !== null}
          onSend={() => void send(unsent)}
          loose={loose}
          onDiscard={() => {
            keep(null);
            setSafe(lastWork(own));
          }}
        />
      )}
      <Unsaved dirty={note.trim() !== safe.trim() || (unsent !== null && loose)} />
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

/** What they said last that they are working on; nothing once they were done. */
function lastWork(own: OwnDay): string {
  if (own.day.declarations.at(-1)?.state === "done") return "";
  return [...own.day.declarations].reverse().find((one) => one.state === "present")?.note ?? "";
}
