// Office hours as the form has them: from a date on, until another one or for good; new ones, or others in place of a change.
import type { OfficeChange, OfficeHours } from "../../client/admin-api";
import { isDay } from "./holidays";
import {
  dayAfter,
  displaced,
  FIRST_DAY,
  heldOn,
  heldSpans,
  LAST_DAY,
  withBeginning,
  withoutChange,
  withSpan,
} from "./office-changes";
import { daysOf, type TypedDay, typedDays, wrongDays } from "./office-week";
import type { Wrong } from "./tenant-part";
import { adminWords } from "./words";

export interface HoursDraft {
  /** The date of the change that is corrected, "" for what holds before the first one; null: new hours. */
  readonly editing: string | null;
  readonly from: string;
  /** They end on a day. */
  readonly ends: boolean;
  readonly until: string;
  readonly days: readonly TypedDay[];
  readonly tolerance: string;
}

/** New ones from that day on, as they are on it. */
export function newDraft(hours: OfficeHours, today: string): HoursDraft {
  return { editing: null, from: today, ends: false, until: "", ...typedWeek(heldOn(hours, today)) };
}

/** To correct the one of that date; new ones where it is there no more. */
export function draftOf(hours: OfficeHours, from: string | null, today: string): HoursDraft {
  const found = heldSpans(hours).find((one) => one.from === from);
  if (!found) return newDraft(hours, today);
  return { editing: from, from: found.from, ends: found.until !== "", until: found.until, ...typedWeek(found) };
}

/** What is to hold by it; the dates and times are right. */
export function hoursWith(hours: OfficeHours, draft: HoursDraft): OfficeHours {
  const change = changeOf(draft);
  if (draft.editing === "") return withBeginning(hours, change);
  return withSpan(withoutEdited(hours, draft), change, untilOf(draft));
}

/** What was to hold later and does not by it. */
export function displacedBy(hours: OfficeHours, draft: HoursDraft): readonly OfficeChange[] {
  if (draft.editing === "") return [];
  return displaced(withoutEdited(hours, draft), { from: draft.from, until: untilOf(draft) });
}

/** What holds again after its last day; null: nothing, or nobody can say yet. */
export function heldAfter(hours: OfficeHours, draft: HoursDraft): OfficeChange | null {
  const until = untilOf(draft);
  if (draft.editing === "" || !isRight(draft)) return null;
  return hoursWith(hours, draft).changes.find((one) => until !== "" && one.from === dayAfter(until)) ?? null;
}

/** A sentence for each field that is wrong: "from", "until", "tolerance", or the number of a day. */
export function wrongIn(draft: HoursDraft): Wrong {
  const w = adminWords.value.hours.wrong;
  const dated = draft.editing !== "";
  return {
    ...(dated && !isOfficeDay(draft.from) && { from: w.from }),
    ...(dated && draft.ends && !(isOfficeDay(draft.until) && draft.until >= draft.from) && { until: w.until }),
    ...Object.fromEntries(wrongDays(draft.days).map((weekday) => [weekday, w.day])),
    ...(!(/^[0-9]{1,3}$/.test(draft.tolerance) && Number(draft.tolerance) <= 240) && { tolerance: w.tolerance }),
  };
}

export function isRight(draft: HoursDraft): boolean {
  return Object.keys(wrongIn(draft)).length === 0;
}

const isOfficeDay = (day: string) => isDay(day) && day >= FIRST_DAY && day <= LAST_DAY;

const untilOf = ({ ends, until }: HoursDraft) => (ends ? until : "");

const withoutEdited = (hours: OfficeHours, { editing }: HoursDraft) =>
  editing === null ? hours : withoutChange(hours, editing);

function changeOf({ from, days, tolerance }: HoursDraft): OfficeChange {
  return { from, days: daysOf(days), toleranceMinutes: Number(tolerance) };
}

function typedWeek({ days, toleranceMinutes }: OfficeChange) {
  return { days: typedDays(days), tolerance: String(toleranceMinutes) };
}
