// A new meeting (now, scheduled or recurring), or changes of one that exists.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { HostApi, HostMeeting } from "../../client/host-contract";
import { Unsaved } from "../account/unsaved";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { PasswordField, TextField } from "../parts/field";
import { FormNotice } from "../parts/form-notice";
import { useLasting } from "../parts/time";
import {
  draftOf,
  type Kind,
  newTyped,
  rebased,
  refusedField,
  type Typed,
  typedOf,
  type WrongField,
  wrongFields,
} from "./schedule-draft";
import { ScheduleFields } from "./schedule-fields";
import { useTenantZone } from "./use-tenant-zone";
import { hostPageWords, hostWords } from "./words";
import { ownTimeZone } from "./zone-time";

const PASSWORD = { shortest: 6, longest: 64 } as const;
/** How somebody else's changes are told: refused, merged into what was typed, or the meeting is over. */
const OTHERS = { met: "error", taken: "good", over: "error" } as const;
const NONE: ReadonlySet<WrongField> = new Set();

export interface MeetingFormProps {
  readonly api: HostApi;
  /** null: a new one. */
  readonly meeting: HostMeeting | null;
  /** The tenant's; "": not known yet. */
  readonly timeZone: string;
  readonly onCancel: () => void;
  /** The password is "" for one that existed. */
  readonly onSaved: (meeting: HostMeeting, password: string) => void;
}

export function MeetingForm({ api, meeting, timeZone, onCancel, onSaved }: MeetingFormProps) {
  const w = hostPageWords.value;
  const h = hostWords.value.form;
  // "" until it is known: the server takes what is typed in the tenant's zone, and the device's own may be another one.
  const tenantZone = useTenantZone(api, timeZone, meeting === null);
  const zone = meeting?.schedule?.timeZone || tenantZone;
  // For suggestions only.
  const nearZone = zone || ownTimeZone();
  const [typed, setTyped] = useState<Typed>(() =>
    meeting ? typedOf(meeting, nearZone, Date.now()) : newTyped(nearZone, Date.now()),
  );
  /** Which one the changes are for, and how somebody else's changes of it were met. */
  const [base, setBase] = useState({ meeting, typed });
  const [other, setOther] = useState<"" | "met" | "taken" | "over">("");
  const [own, setOwn] = useState(false);
  const [password, setPassword] = useState("");
  const [passwordWrong, setPasswordWrong] = useState(false);
  const [wrong, setWrong] = useState(NONE);
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const [working, setWorking] = useState(false);
  const slow = useLasting(working, 1000);
  const form = useRef<HTMLFormElement>(null);
  const titleInput = useRef<HTMLInputElement>(null);
  const choice = useId();
  const dirty = password !== "" || JSON.stringify(typed) !== JSON.stringify(base.typed);
  // What was scheduled stays scheduled, and what was made without a schedule gets one only before it began.
  const kinds: readonly Kind[] = meeting ? (meeting.schedule ? ["once", "series"] : []) : ["now", "once", "series"];
  useEffect(() => titleInput.current?.focus(), []);
  const suggestedFor = useRef(zone);
  useEffect(() => {
    if (meeting || suggestedFor.current === zone) return;
    suggestedFor.current = zone;
    const { date, time } = newTyped(zone, Date.now());
    const before = base.typed;
    // What was typed stays as it reads; a suggestion becomes the tenant's.
    setTyped((now) => (now.date === before.date && now.time === before.time ? { ...now, date, time } : now));
    setBase({ meeting, typed: { ...before, date, time } });
  }, [zone]);
  useEffect(() => {
    if (wrong.size > 0 || passwordWrong) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [wrong, passwordWrong]);

  const change = (part: Partial<Typed>) => {
    setTyped({ ...typed, ...part });
    setWrong(NONE);
  };
  const submit = async () => {
    if (working) return;
    const found = wrongFields(typed, zone, Date.now(), base.meeting && base.typed);
    const characters = [...password].length;
    const badPassword = own && (characters < PASSWORD.shortest || characters > PASSWORD.longest);
    setWrong(found);
    setPasswordWrong(badPassword);
    setFailed(null);
    if (other === "taken") setOther("");
    if (found.size > 0 || badPassword) return;
    setWorking(true);
    try {
      const draft = draftOf(typed, zone);
      if (base.meeting) onSaved(await api.updateMeeting(base.meeting, draft), "");
      else {
        const made = await api.createMeeting(draft, own ? password : "");
        onSaved(made.meeting, made.password);
      }
    } catch (thrown) {
      const failure = met(thrown);
      const field = failure.failure.code === "INVALID_FIELD" ? refusedField(failure.failure.field) : null;
      if (field) setWrong(new Set([field]));
      else if (failure.failure.code === "CONFLICT") setOther("met");
      else setFailed(failure);
      setWorking(false);
    }
  };
  const takeNewest = async () => {
    if (working) return;
    setWorking(true);
    setFailed(null);
    try {
      const newest = (await api.listMeetings("own")).meetings.find(({ id }) => id === base.meeting?.id);
      if (newest) {
        const found = typedOf(newest, nearZone, Date.now());
        setTyped(rebased(typed, base.typed, found));
        setBase({ meeting: newest, typed: found });
      }
      setOther(newest ? "taken" : "over");
    } catch (thrown) {
      setFailed(met(thrown));
    }
    setWorking(false);
  };

  return (
    <form
      ref={form}
      class="stack host-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <h1>{meeting ? h.edit : w.host.newMeeting}</h1>
      <TextField
        label={w.host.title}
        autocomplete="off"
        enterkeyhint="done"
        value={typed.title}
        wrong={wrong.has("title") ? (typed.title.trim() ? w.host.titleTooLong : w.host.titleMissing) : undefined}
        hint={w.host.titleHint}
        inputRef={titleInput}
        onText={(title) => change({ title })}
      />
      {kinds.length > 0 && (
        <fieldset class="choices">
          <legend>{h.kind}</legend>
          {kinds.map((kind) => (
            <label key={kind} class="choice">
              <input type="radio" name={choice} checked={typed.kind === kind} onChange={() => change({ kind })} />
              <span>
                {h.kinds[kind]} <span class="quiet">{h.kindHints[kind]}</span>
              </span>
            </label>
          ))}
        </fieldset>
      )}
      {typed.kind !== "now" && <ScheduleFields typed={typed} timeZone={zone} wrong={wrong} onChange={change} />}
      <TextField
        label={h.capacity}
        inputmode="numeric"
        autocomplete="off"
        fieldClass="short"
        value={typed.capacity}
        wrong={wrong.has("capacity") ? h.wrong.capacity : undefined}
        onText={(capacity) => change({ capacity: capacity.trim() })}
      />
      <label class="choice">
        <input
          type="checkbox"
          checked={typed.lobby}
          onChange={(event) => change({ lobby: event.currentTarget.checked })}
        />
        <span>
          {h.lobby} <span class="quiet">{h.lobbyHint}</span>
        </span>
      </label>
      {!meeting && (
        <fieldset class="choices">
          <legend>{w.host.passwordChoice}</legend>
          <label class="choice">
            <input type="radio" name={`${choice}-p`} checked={!own} onChange={() => setOwn(false)} />
            <span>{w.host.generated}</span>
          </label>
          <label class="choice">
            <input type="radio" name={`${choice}-p`} checked={own} onChange={() => setOwn(true)} />
            <span>{w.host.own}</span>
          </label>
        </fieldset>
      )}
      {own && (
        <PasswordField
          label={w.host.password}
          autocomplete="new-password"
          value={password}
          wrong={passwordWrong ? w.host.passwordShort : undefined}
          hint={w.host.passwordShort}
          onText={(text) => {
            setPassword(text);
            setPasswordWrong(false);
          }}
        />
      )}
      {other && (
        <FormNotice kind={OTHERS[other]} of={other} choice={other === "met"}>
          <p>{h.others[other]}</p>
          {other === "met" && (
            <button
              type="button"
              class="button"
              aria-disabled={working ? "true" : undefined}
              onClick={() => void takeNewest()}
            >
              {h.newest}
            </button>
          )}
        </FormNotice>
      )}
      {failed && <FailureNotice of={failed} />}
      <button type="submit" class="button main" aria-disabled={working ? "true" : undefined}>
        {slow ? <span class="waiting">{meeting ? h.saving : w.host.creating}</span> : meeting ? h.save : w.host.create}
      </button>
      <button type="button" class="button plain" onClick={onCancel}>
        {w.app.cancel}
      </button>
      <Unsaved dirty={dirty} />
    </form>
  );
}
