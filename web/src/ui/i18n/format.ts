// Dates and numbers as the language writes them.
import { words } from "./language";

/** "Kamis, 19 Maret 2020 pukul 09.00 WITA", in the device's own time zone. Outside Indonesia the zone is named by its offset. */
function dateTime(epochMs: number): string {
  const w = words.value;
  const when = new Date(epochMs);
  const day = new Intl.DateTimeFormat(w.locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
  }).format(when);
  const hours = -when.getTimezoneOffset() / 60;
  const zone = w.time.zones[String(hours)] ?? `UTC${hours < 0 ? "−" : "+"}${Math.abs(hours)}`;
  return w.time.at(day, clock(epochMs), zone);
}

/** "09.00" */
export function clock(epochMs: number): string {
  return new Intl.DateTimeFormat(words.value.locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(
    epochMs,
  );
}

/** "Kamis, 19 Maret 2020 pukul 09.00 WITA" in a given time zone, which people call `zone`. */
export function dateTimeIn(epochMs: number, timeZone: string, zone: string): string {
  const w = words.value;
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(w.locale, { ...options, timeZone }).format(epochMs);
  const day = part({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
  return w.time.at(day, part({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }), zone);
}

/** "WITA" for "Asia/Makassar"; outside Indonesia the offset: "UTC+9:30". */
export function zoneName(timeZone: string, epochMs: number): string {
  const minutes = offsetMinutes(timeZone, epochMs);
  const hours = minutes / 60;
  const short = `${Math.floor(Math.abs(hours))}${minutes % 60 ? `:${String(Math.abs(minutes % 60)).padStart(2, "0")}` : ""}`;
  return words.value.time.zones[String(hours)] ?? `UTC${hours < 0 ? "−" : "+"}${short}`;
}

/** How far a time zone is ahead of UTC at that moment. */
export function offsetMinutes(timeZone: string, epochMs: number): number {
  const found = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" })
    .formatToParts(epochMs)
    .find((part) => part.type === "timeZoneName");
  const [, sign, hours, minutes] = /GMT([+-])([0-9]{2}):([0-9]{2})/.exec(found?.value ?? "") ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
}

/** "Kamis, 19 Maret 2020 pukul 09.00 WITA" in that zone; in the device's own where none is known. */
export function dateTimeOf(epochMs: number, timeZone: string): string {
  return timeZone ? dateTimeIn(epochMs, timeZone, zoneName(timeZone, epochMs)) : dateTime(epochMs);
}

/** "19 Mar, 09.00.00" in a given time zone. */
export function momentIn(epochMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat(words.value.locale, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZone,
  }).format(epochMs);
}

/** "1:02:03": hours, minutes and seconds; hours may be more than a day's. */
export function duration(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(Math.floor(seconds) % 60)}`;
}

/** Megabytes (10^6 bytes, as operators bill them): one decimal below 10. */
export function megabytes(count: number): string {
  const digits = count < 10 ? 1 : 0;
  return decimal(count, digits);
}

export function decimal(value: number, digits: number): string {
  return new Intl.NumberFormat(words.value.locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

/** "90 kbit/d" ("detik") or "1,5 Mbit/d"; in English "/s". */
export function rate(kbps: number): string {
  const per = words.value.locale.startsWith("id") ? "d" : "s";
  return kbps < 1000 ? `${decimal(kbps, 0)} kbit/${per}` : `${decimal(kbps / 1000, 1)} Mbit/${per}`;
}

/** "Senin" for 1 (ISO 8601), … "Minggu" for 7. */
export function dayOfWeek(weekday: number): string {
  // 1 January 2024 was a Monday.
  return new Intl.DateTimeFormat(words.value.locale, { weekday: "long", timeZone: "UTC" }).format(
    Date.UTC(2024, 0, weekday),
  );
}

/** "Kamis, 19 Maret 2020" for "2020-03-19", or without the day of the week. */
export function wholeDay(date: string, named = true): string {
  return new Intl.DateTimeFormat(words.value.locale, {
    ...(named && { weekday: "long" }),
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  }).format(new Date(`${date}T00:00:00Z`));
}

/** "19 Maret 2020" in a given time zone. */
export function dayIn(epochMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat(words.value.locale, {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone,
  }).format(epochMs);
}

/** "19 Mar 2020, 09.00" in a given time zone. */
export function whenIn(epochMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat(words.value.locale, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone,
  }).format(epochMs);
}
