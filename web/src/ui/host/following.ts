// The occurrence of a series that comes after the one that is on, by its rule and on the days that the server names.
import type { PlannedDays } from "../../client/host-contract";
import { momentOf, wallTime } from "./zone-time";

const DAY_MS = 86_400_000;
/** Where holidays leave no day for ten years, nobody plans further. */
const LONGEST_DAYS = 3660;

/** When it begins; 0: there is none. */
export function followingStart({ meeting, weekdays, freeDates, extraDates }: PlannedDays): number {
  const schedule = meeting.schedule;
  const rule = schedule?.recurrence;
  if (!schedule || !rule || meeting.nextStartsAt === 0) return 0;
  const first = numberOfDay(schedule.date);
  // Weeks count from that of the first day. Day 0, 1 January 1970, was a Thursday.
  const monday = first - ((first + 3) % 7);
  // A day has one occurrence at most.
  const after = numberOfDay(wallTime(meeting.nextStartsAt, schedule.timeZone).date) + 1;
  for (let day = Math.max(first, after); day < after + LONGEST_DAYS; day++) {
    const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
    if (rule.untilDate && date > rule.untilDate) return 0;
    const isItsWeek = Math.floor((day - monday) / 7) % rule.everyWeeks === 0;
    const isItsDay = weekdays.includes(((day - monday) % 7) + 1) && !freeDates.includes(date);
    if (isItsWeek && (isItsDay || extraDates.includes(date))) return momentOf(date, schedule.time, schedule.timeZone);
  }
  return 0;
}

/** Of "2026-11-23", since 1970. */
function numberOfDay(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}
