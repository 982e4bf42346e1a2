// When a meeting takes place: native date and time fields, in the tenant's zone.
import { useId, useState } from "preact/hooks";
import { dateTimeOf, dayOfWeek, offsetMinutes, wholeDay, zoneName } from "../i18n/format";
import { Field } from "../parts/field";
import { Icon, WARNING } from "../parts/icon";
import { SelectField } from "../parts/select-field";
import { type Typed, toCome, type WrongField } from "./schedule-draft";
import { hostWords } from "./words";
import { momentOf, ownTimeZone } from "./zone-time";

const DURATIONS = [15, 30, 45, 60, 90, 120, 180, 240, 360, 480] as const;
const OPENINGS = [0, 5, 10, 15, 30, 60] as const;
const WEEK = [1, 2, 3, 4, 5, 6, 7] as const;

export interface ScheduleFieldsProps {
  readonly typed: Typed;
  /** The tenant's; "": not known. */
  readonly timeZone: string;
  readonly wrong: ReadonlySet<WrongField>;
  readonly onChange: (change: Partial<Typed>) => void;
}

export function ScheduleFields({ typed, timeZone, wrong, onChange }: ScheduleFieldsProps) {
  const w = hostWords.value.form;
  const lengths = (own: number, usual: readonly number[]) =>
    [...new Set([...usual, own])]
      .sort((a, b) => a - b)
      .map((minutes) => [String(minutes), lengthWords(minutes)] as const);
  return (
    <>
      <div class="pair">
        <Field label={typed.kind === "series" ? w.from : w.date} wrong={wrong.has("date") ? w.wrong.date : undefined}>
          {(attributes) => (
            <input
              type="date"
              {...attributes}
              value={typed.date}
              onInput={(event) => onChange({ date: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label={w.time} wrong={wrong.has("time") ? w.wrong.time : undefined}>
          {(attributes) => (
            <input
              type="time"
              {...attributes}
              value={typed.time}
              onInput={(event) => onChange({ time: event.currentTarget.value.slice(0, 5) })}
            />
          )}
        </Field>
      </div>
      <p class="quiet zone-hint">{zoneHint(typed, timeZone)}</p>
      <div class="pair">
        <SelectField
          label={w.duration}
          value={String(typed.duration)}
          options={lengths(typed.duration, DURATIONS)}
          onValue={(value) => onChange({ duration: Number(value) })}
        />
        <SelectField
          label={w.openBefore}
          value={String(typed.openBefore)}
          options={lengths(typed.openBefore, OPENINGS)}
          onValue={(value) => onChange({ openBefore: Number(value) })}
        />
      </div>
      {typed.kind === "series" && (
        <>
          <RecurrenceFields typed={typed} wrong={wrong} onChange={onChange} />
          <CalledOffDays typed={typed} timeZone={timeZone} wrong={wrong} onChange={onChange} />
        </>
      )}
    </>
  );
}

function lengthWords(minutes: number): string {
  const w = hostWords.value.form;
  if (minutes === 0) return w.onTime;
  return minutes % 60 === 0 ? w.hours(minutes / 60) : w.minutes(minutes);
}

function zoneHint({ date, time }: Typed, timeZone: string): string {
  const w = hostWords.value.form;
  if (!timeZone) return w.zoneUnknown;
  const starts = momentOf(date, time, timeZone);
  const at = Number.isNaN(starts) ? Date.now() : starts;
  const own = ownTimeZone();
  const zone = zoneName(timeZone, at);
  if (Number.isNaN(starts) || offsetMinutes(own, at) === offsetMinutes(timeZone, at)) return w.zone(zone);
  return w.here(zone, dateTimeOf(starts, own));
}

type RecurrenceProps = Pick<ScheduleFieldsProps, "typed" | "wrong" | "onChange">;

function RecurrenceFields({ typed, wrong, onChange }: RecurrenceProps) {
  const w = hostWords.value.form;
  const choice = useId();
  const toggle = (day: number, on: boolean) =>
    onChange({ weekdays: on ? [...typed.weekdays, day].sort() : typed.weekdays.filter((one) => one !== day) });
  return (
    <>
      <fieldset class="choices" aria-describedby={wrong.has("days") ? `${choice}-wrong` : undefined}>
        <legend>{w.days}</legend>
        <label class="choice">
          <input type="radio" name={choice} checked={typed.workdays} onChange={() => onChange({ workdays: true })} />
          <span>
            {w.workdays} <span class="quiet">{w.workdaysHint}</span>
          </span>
        </label>
        <label class="choice">
          <input type="radio" name={choice} checked={!typed.workdays} onChange={() => onChange({ workdays: false })} />
          <span>{w.someDays}</span>
        </label>
        {!typed.workdays && (
          <div class="week-days">
            {WEEK.map((day) => (
              <label key={day} class="choice">
                <input
                  type="checkbox"
                  checked={typed.weekdays.includes(day)}
                  onChange={(event) => toggle(day, event.currentTarget.checked)}
                />
                <span>{dayOfWeek(day)}</span>
              </label>
            ))}
          </div>
        )}
        {wrong.has("days") && <GroupWrong id={`${choice}-wrong`} text={w.wrong.days} />}
      </fieldset>
      <label class="choice">
        <input
          type="checkbox"
          checked={typed.skipHolidays}
          onChange={(event) => onChange({ skipHolidays: event.currentTarget.checked })}
        />
        <span>{w.skipHolidays}</span>
      </label>
      <div class="pair">
        <SelectField
          label={w.weeks}
          value={String(typed.everyWeeks)}
          options={[...new Set([1, 2, 3, 4, typed.everyWeeks])].map((weeks) => [
            String(weeks),
            weeks === 1 ? w.everyWeek : w.everyWeeks(weeks),
          ])}
          onValue={(value) => onChange({ everyWeeks: Number(value) })}
        />
        <Field label={w.until} hint={w.untilHint} wrong={wrong.has("until") ? w.wrong.until : undefined}>
          {(attributes) => (
            <input
              type="date"
              {...attributes}
              min={typed.date}
              value={typed.until}
              onInput={(event) => onChange({ until: event.currentTarget.value })}
            />
          )}
        </Field>
      </div>
    </>
  );
}

/** The days that were called off one by one. What is held after all can be called off again, until it is saved. */
function CalledOffDays({ typed, timeZone, wrong, onChange }: ScheduleFieldsProps) {
  const w = hostWords.value.form;
  const choice = useId();
  const [known, setKnown] = useState<readonly string[]>([]);
  const days = toCome([...new Set([...known, ...typed.calledOff])], timeZone || ownTimeZone(), Date.now());
  const toggle = (day: string, off: boolean) => {
    setKnown(days);
    onChange({ calledOff: off ? [...typed.calledOff, day].sort() : typed.calledOff.filter((one) => one !== day) });
  };
  if (days.length === 0) return null;
  return (
    <fieldset class="choices" aria-describedby={wrong.has("calledOff") ? `${choice}-wrong` : undefined}>
      <legend>{w.calledOff}</legend>
      {days.map((day) => (
        <label key={day} class="choice">
          <input
            type="checkbox"
            checked={typed.calledOff.includes(day)}
            onChange={(event) => toggle(day, event.currentTarget.checked)}
          />
          <span>{wholeDay(day)}</span>
        </label>
      ))}
      {wrong.has("calledOff") && <GroupWrong id={`${choice}-wrong`} text={w.wrong.calledOff} />}
    </fieldset>
  );
}

/** What is wrong with a group of choices: no input of it has the sentence for itself, so it is told at once. */
function GroupWrong({ id, text }: { id: string; text: string }) {
  return (
    <div class="field">
      <span class="wrong" id={id} role="alert">
        <Icon of={WARNING} />
        {text}
      </span>
    </div>
  );
}
