// Times and dates of an office as people read them.
import type { OfficeClock, OfficeDate } from "../../client/office-api";
import { words } from "../i18n/language";
import { officeWords } from "./words";

/** "07.42" in the office's zone; a dash for none. */
export function timeIn(at: number, timeZone: string): string {
  if (!at) return "–";
  const how = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone } as const;
  return new Intl.DateTimeFormat(words.value.locale, how).format(at);
}

/** The same of something that is recorded on that day, and may have been after midnight. */
export function timeOn(at: number, date: OfficeDate, timeZone: string): string {
  const time = timeIn(at, timeZone);
  return at > date.end ? officeWords.value.nextDay(time) : time;
}

/** Who works on after midnight ends the day before; who comes in the morning only forgot to, and begins the new one. */
const NIGHT_MS = 5 * 3_600_000;

/** Whether what was said of the day before may still hold. */
export function atNight(now: OfficeClock & { readonly date: OfficeDate }): boolean {
  return now.asOf < now.date.start + NIGHT_MS;
}

/** "7 jam 35 menit": whole minutes, nothing rounded up. */
export function lasting(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return officeWords.value.duration(Math.floor(minutes / 60), minutes % 60);
}

/** "7 j 35 mnt", for a column of a table that has many. */
export function briefly(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return officeWords.value.briefly(Math.floor(minutes / 60), minutes % 60);
}

/** "Selasa, 24 November 2026" of an ISO date, whatever zone the device is in. */
export function dayName(date: string, short = false): string {
  const how: Intl.DateTimeFormatOptions = short
    ? { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" }
    : { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
  return new Intl.DateTimeFormat(words.value.locale, how).format(new Date(`${date}T00:00:00Z`));
}

/** The ISO date so many days later. */
export function daysLater(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
