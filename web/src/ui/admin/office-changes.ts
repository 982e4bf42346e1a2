// Which office hours hold on a date, and what becomes of them when others are to hold for a while.
// services/common/office_changes.py does the same for the command line; tests/common/office_changes_cases.json holds both
// to the same.
import type { OfficeChange, OfficeHours, OfficeWeek } from "../../client/admin-api";

export const FIRST_DAY = "2020-01-01";
export const LAST_DAY = "2099-12-31";

/** From a day up to and including another one. "": since ever, or for good. */
export interface Span {
  readonly from: string;
  readonly until: string;
}

/** What holds in a span. */
export interface Held extends OfficeChange, Span {}

/** What holds before the first change. */
export function beginningOf({ days, toleranceMinutes }: OfficeHours): OfficeChange {
  return { from: "", days, toleranceMinutes };
}

/** On that day; on "" what holds before the first change. */
export function heldOn(hours: OfficeHours, day: string): OfficeChange {
  return hours.changes.filter((change) => change.from <= day).at(-1) ?? beginningOf(hours);
}

/** All, in order. */
export function heldSpans(hours: OfficeHours): readonly Held[] {
  return [beginningOf(hours), ...hours.changes].map((change, index) => {
    const next = hours.changes[index];
    return { ...change, until: next ? dayAfter(next.from, -1) : "" };
  });
}

export function withBeginning(hours: OfficeHours, week: OfficeWeek): OfficeHours {
  return built({ ...hours, days: week.days, toleranceMinutes: week.toleranceMinutes }, hours.changes);
}

/** The new ones from their date up to and including `until` ("": for good). Before and after it holds what held before. */
export function withSpan(hours: OfficeHours, change: OfficeChange, until: string): OfficeHours {
  const before = hours.changes.filter((one) => one.from < change.from);
  if (!until || until >= LAST_DAY) return built(hours, [...before, change]);
  const back = { ...heldOn(hours, dayAfter(until)), from: dayAfter(until) };
  return built(hours, [...before, change, back, ...hours.changes.filter((one) => one.from > back.from)]);
}

/** What held before it goes on until the next one. */
export function withoutChange(hours: OfficeHours, from: string): OfficeHours {
  return built(
    hours,
    hours.changes.filter((one) => one.from !== from),
  );
}

/** The days on which other hours hold after a change than before. */
export function differing(before: OfficeHours, after: OfficeHours): readonly Span[] {
  const dates = [...new Set(["", ...before.changes.map(({ from }) => from), ...after.changes.map(({ from }) => from)])];
  const spans: Span[] = [];
  dates.sort().forEach((from, index) => {
    if (isSame(heldOn(before, from), heldOn(after, from))) return;
    const next = dates[index + 1];
    const until = next ? dayAfter(next, -1) : "";
    const last = spans.at(-1);
    if (last && dayAfter(last.until) === from) spans[spans.length - 1] = { from: last.from, until };
    else spans.push({ from, until });
  });
  return spans;
}

/** What of them is over today. */
export function over(spans: readonly Span[], today: string): readonly Span[] {
  const yesterday = dayAfter(today, -1);
  return spans
    .filter(({ from }) => from < today)
    .map(({ from, until }) => ({ from, until: until && until < yesterday ? until : yesterday }));
}

/** The changes that are there no more when the span holds. One of the same day is replaced, which nobody wonders at. */
export function displaced(hours: OfficeHours, { from, until }: Span): readonly OfficeChange[] {
  return hours.changes.filter((one) => one.from > from && (!until || one.from <= until));
}

export function isSame(one: OfficeWeek, other: OfficeWeek): boolean {
  const text = ({ days, toleranceMinutes }: OfficeWeek) =>
    JSON.stringify([toleranceMinutes, days.map((day) => [day.weekday, day.from, day.to])]);
  return text(one) === text(other);
}

/** "2027-02-09" for "2027-02-08". */
export function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Changes that change nothing are none: with what began a span goes what ended it. */
function built(hours: OfficeHours, changes: readonly OfficeChange[]): OfficeHours {
  const told: OfficeChange[] = [];
  for (const change of changes) {
    if (!isSame(change, told.at(-1) ?? hours)) told.push(change);
  }
  return { ...hours, changes: told };
}
