// The months that somebody can choose from.
import { words } from "../i18n/language";
import { ownTimeZone, wallTime } from "./zone-time";

/** As far back as one can choose: more than attendance is kept by default. */
const MONTHS = 36;

/** This month there ("": on the device), "2026-11", and those before it, newest first. */
export function lastMonths(timeZone: string): readonly string[] {
  const [year = 0, month = 1] = wallTime(Date.now(), timeZone || ownTimeZone())
    .date.split("-")
    .map(Number);
  return Array.from({ length: MONTHS }, (_, back) =>
    new Date(Date.UTC(year, month - 1 - back, 1)).toISOString().slice(0, 7),
  );
}

/** "November 2026" */
export function monthName(month: string): string {
  const how: Intl.DateTimeFormatOptions = { month: "long", year: "numeric", timeZone: "UTC" };
  return new Intl.DateTimeFormat(words.value.locale, how).format(new Date(`${month}-01T00:00:00Z`));
}
