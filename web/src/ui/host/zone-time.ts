// Wall times of the tenant's zone.
import { offsetMinutes } from "../i18n/format";

/** The moment of "2026-11-23" "07:45" in that zone, or NaN for what is no day or time. */
export function momentOf(date: string, time: string, timeZone: string): number {
  const asUtc = Date.parse(`${date}T${time}:00Z`);
  if (Number.isNaN(asUtc)) return Number.NaN;
  // The offset at the moment itself; near a change of daylight saving the first guess may be of the other side.
  const guess = asUtc - offsetMinutes(timeZone, asUtc) * 60_000;
  return asUtc - offsetMinutes(timeZone, guess) * 60_000;
}

/** "2026-11-23" and "07:45" of that zone. */
export function wallTime(epochMs: number, timeZone: string): { readonly date: string; readonly time: string } {
  const shifted = new Date(epochMs + offsetMinutes(timeZone, epochMs) * 60_000).toISOString();
  return { date: shifted.slice(0, 10), time: shifted.slice(11, 16) };
}

/** The device's own. */
export function ownTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
