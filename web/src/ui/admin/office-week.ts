// The hours of a week: as fields have them, and in words.
import type { OfficeDay, OfficeWeek } from "../../client/admin-api";
import { dayOfWeek } from "../i18n/format";
import { words } from "../i18n/language";
import { adminWords } from "./words";

const WEEK = [1, 2, 3, 4, 5, 6, 7] as const;
/** What a day begins with when it is ticked: 07.30 to 16.00. */
const USUAL = { from: "07:30", to: "16:00" };

/** A day as its fields have it. */
export interface TypedDay {
  readonly weekday: number;
  readonly on: boolean;
  /** "07:30" */
  readonly from: string;
  readonly to: string;
}

export function typedDays(days: readonly OfficeDay[]): readonly TypedDay[] {
  return WEEK.map((weekday) => {
    const found = days.find((day) => day.weekday === weekday);
    return found
      ? { weekday, on: true, from: fieldOf(found.from), to: fieldOf(found.to) }
      : { weekday, on: false, ...USUAL };
  });
}

/** Those that are ticked. */
export function daysOf(typed: readonly TypedDay[]): readonly OfficeDay[] {
  return typed.filter((day) => day.on).map(dayOf);
}

/** The days of the week that are ticked and whose end does not lie after their beginning. */
export function wrongDays(typed: readonly TypedDay[]): readonly number[] {
  return daysOf(typed)
    .filter((day) => !(day.to > day.from))
    .map((day) => day.weekday);
}

/** "Senin–Kamis 08.00–15.00, Jumat 08.00–15.30": days of equal hours that follow each other as one. */
export function weekText({ days }: OfficeWeek): string {
  const runs: { first: OfficeDay; last: OfficeDay }[] = [];
  for (const day of days) {
    const run = runs.at(-1);
    const goesOn = run && run.last.weekday + 1 === day.weekday && run.last.from === day.from && run.last.to === day.to;
    if (goesOn) run.last = day;
    else runs.push({ first: day, last: day });
  }
  const texts = runs.map(({ first, last }) => {
    const names = [dayOfWeek(first.weekday), ...(last === first ? [] : [dayOfWeek(last.weekday)])];
    // A word joiner: the times of a day are not torn apart at the end of a line.
    return `${names.join("–")} ${clockOf(first.from)}–\u2060${clockOf(first.to)}`;
  });
  return texts.join(", ") || adminWords.value.hours.noDays;
}

const fieldOf = (minute: number) =>
  `${String(Math.floor(minute / 60) % 24).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

/** "08.00"; "24.00" at the end of a day. */
function clockOf(minute: number): string {
  const text = new Intl.DateTimeFormat(words.value.locale, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: "UTC",
  }).format(minute * 60_000);
  return minute === 1440 ? text.replace(/^00/, "24") : text;
}

/** Minutes after midnight; NaN for what is no time. */
function minuteOf(clock: string): number {
  const found = /^([0-9]{2}):([0-9]{2})/.exec(clock);
  return found ? Number(found[1]) * 60 + Number(found[2]) : Number.NaN;
}

function dayOf(day: TypedDay): OfficeDay {
  const to = minuteOf(day.to);
  // Midnight at the end of a day.
  return { weekday: day.weekday, from: minuteOf(day.from), to: to === 0 ? 1440 : to };
}
