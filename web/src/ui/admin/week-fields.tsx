// The days of the week with their hours, each with a tick.
import { dayOfWeek } from "../i18n/format";
import { Icon, WARNING } from "../parts/icon";
import type { TypedDay } from "./office-week";
import type { Wrong } from "./tenant-part";
import { adminWords } from "./words";

export interface WeekFieldsProps {
  readonly days: readonly TypedDay[];
  /** By the number of the day. */
  readonly wrong: Wrong;
  readonly onDays: (days: readonly TypedDay[]) => void;
}

export function WeekFields({ days, wrong, onDays }: WeekFieldsProps) {
  const w = adminWords.value.hours;
  const set = (weekday: number, change: Partial<TypedDay>) =>
    onDays(days.map((day) => (day.weekday === weekday ? { ...day, ...change } : day)));
  return (
    <fieldset class="office-days">
      <legend>{w.days}</legend>
      {days.map((day) => {
        const name = dayOfWeek(day.weekday);
        const sentence = wrong[day.weekday];
        const invalid = sentence
          ? ({ "aria-invalid": "true", "aria-describedby": `hari-${day.weekday}` } as const)
          : {};
        return (
          <div key={day.weekday} class="field office-day">
            <label class="choice">
              <input
                type="checkbox"
                checked={day.on}
                onChange={(event) => set(day.weekday, { on: event.currentTarget.checked })}
              />
              <span>{name}</span>
            </label>
            {day.on ? (
              <>
                <input
                  type="time"
                  aria-label={w.fromOf(name)}
                  value={day.from}
                  {...invalid}
                  onInput={(event) => set(day.weekday, { from: event.currentTarget.value })}
                />
                <span aria-hidden="true">–</span>
                <input
                  type="time"
                  aria-label={w.toOf(name)}
                  value={day.to}
                  {...invalid}
                  onInput={(event) => set(day.weekday, { to: event.currentTarget.value })}
                />
              </>
            ) : (
              <span class="quiet free">{w.free}</span>
            )}
            {sentence && (
              <span class="wrong" id={`hari-${day.weekday}`}>
                <Icon of={WARNING} />
                {sentence}
              </span>
            )}
          </div>
        );
      })}
    </fieldset>
  );
}
