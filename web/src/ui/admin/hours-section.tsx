// When people are expected at work: each day of the week, and how late is late.
import type { OfficeDay } from "../../client/admin-api";
import { dayOfWeek } from "../i18n/format";
import { TextField } from "../parts/field";
import { Icon, WARNING } from "../parts/icon";
import { Notice } from "../parts/notice";
import { PartForm, type PartProps, useTenantPart, type Wrong } from "./tenant-part";
import { adminWords } from "./words";

const WEEK = [1, 2, 3, 4, 5, 6, 7] as const;
/** What a day begins with when it is ticked: 07.30 to 16.00. */
const USUAL = { from: "07:30", to: "16:00" };

interface Day {
  readonly weekday: number;
  readonly on: boolean;
  /** As the field has it: "07:30". */
  readonly from: string;
  readonly to: string;
}

const clockOf = (minute: number) =>
  `${String(Math.floor(minute / 60) % 24).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

/** Minutes after midnight; NaN for what is no time. */
const minuteOf = (clock: string) => {
  const found = /^([0-9]{2}):([0-9]{2})/.exec(clock);
  return found ? Number(found[1]) * 60 + Number(found[2]) : Number.NaN;
};

function dayOf(day: Day): OfficeDay {
  const to = minuteOf(day.to);
  // Midnight at the end of a day.
  return { weekday: day.weekday, from: minuteOf(day.from), to: to === 0 ? 1440 : to };
}

export function HoursSection(props: PartProps) {
  const w = adminWords.value.hours;
  const part = useTenantPart({
    ...props,
    read: ({ officeHours }) => ({
      days: WEEK.map((weekday): Day => {
        const found = officeHours.days.find((day) => day.weekday === weekday);
        return found
          ? { weekday, on: true, from: clockOf(found.from), to: clockOf(found.to) }
          : { weekday, on: false, ...USUAL };
      }),
      tolerance: String(officeHours.toleranceMinutes),
    }),
    write: (draft, tenant) => ({
      officeHours: {
        ...tenant.officeHours,
        days: draft.days.filter((day) => day.on).map(dayOf),
        toleranceMinutes: Number(draft.tolerance),
      },
    }),
    check: (draft): Wrong => ({
      ...Object.fromEntries(
        draft.days
          .filter((day) => day.on && !(dayOf(day).to > dayOf(day).from))
          .map((day) => [day.weekday, w.wrong.day]),
      ),
      ...(/^[0-9]{1,3}$/.test(draft.tolerance) && Number(draft.tolerance) <= 240
        ? {}
        : { tolerance: w.wrong.tolerance }),
    }),
    refused: (field, draft) => {
      if (field.includes("tolerance")) return ["tolerance", w.wrong.tolerance];
      const index = /days\[([0-9]+)\]/.exec(field)?.[1];
      const day = draft.days.filter((one) => one.on)[Number(index)];
      return day ? [String(day.weekday), w.wrong.day] : null;
    },
  });
  const set = (weekday: number, change: Partial<Day>) =>
    part.change({ days: part.draft.days.map((day) => (day.weekday === weekday ? { ...day, ...change } : day)) });
  return (
    <PartForm of={part}>
      <p class="quiet">{w.intro}</p>
      <Notice kind="warning">
        <p>{w.past}</p>
      </Notice>
      <fieldset class="office-days">
        <legend>{w.days}</legend>
        {part.draft.days.map((day) => {
          const name = dayOfWeek(day.weekday);
          const wrong = part.wrong[day.weekday];
          const invalid = wrong ? ({ "aria-invalid": "true", "aria-describedby": `hari-${day.weekday}` } as const) : {};
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
              {wrong && (
                <span class="wrong" id={`hari-${day.weekday}`}>
                  <Icon of={WARNING} />
                  {wrong}
                </span>
              )}
            </div>
          );
        })}
      </fieldset>
      <TextField
        label={w.tolerance}
        hint={w.toleranceHint}
        inputmode="numeric"
        autocomplete="off"
        fieldClass="short"
        value={part.draft.tolerance}
        wrong={part.wrong.tolerance}
        onText={(tolerance) => part.change({ tolerance: tolerance.trim() })}
      />
    </PartForm>
  );
}
