// A schedule as a sentence.
import type { HostMeeting, MeetingSchedule } from "../../client/host-contract";
import { dateTimeOf, dayOfWeek, wholeDay, zoneName } from "../i18n/format";
import { toCome } from "./schedule-draft";
import { hostPageWords, hostWords } from "./words";
import { momentOf, wallTime } from "./zone-time";

/** With more of them, an invitation would be about the days on which nobody comes. */
const MOST_CALLED_OFF = 3;

/** "Setiap hari kerja pukul 07.45 WITA, kecuali hari libur"; "" for one that does not recur. */
export function everySentence(schedule: MeetingSchedule): string {
  const rule = schedule.recurrence;
  if (!rule) return "";
  const w = hostWords.value.every;
  const separator = hostPageWords.value.locale.startsWith("id") ? "." : ":";
  const zone = zoneName(schedule.timeZone, momentOf(schedule.date, schedule.time, schedule.timeZone));
  const clock = `${schedule.time.replace(":", separator)} ${zone}`;
  const days = listOf(rule.weekdays.map(dayOfWeek));
  let text = rule.workdays ? w.workday(clock) : w.days(days, clock);
  if (rule.everyWeeks > 1) text = w.weeks(rule.everyWeeks, text);
  if (rule.skipHolidays) text = w.noHolidays(text);
  return rule.untilDate ? w.until(text, wholeDay(rule.untilDate)) : text;
}

/** What an invitation says of the time; "" for a meeting that is open without a plan. */
export function invitedWhen(meeting: HostMeeting, nowMs: number): string {
  const { schedule, nextStartsAt, state } = meeting;
  if (!schedule) return "";
  const next = nextStartsAt > 0 ? dateTimeOf(nextStartsAt, schedule.timeZone) : "";
  const every = everySentence(schedule);
  if (!every) return next;
  const w = hostWords.value.every;
  // Every second week, or one that begins next month: the days alone would bring people at the wrong time.
  const anchor = !next
    ? every
    : state === "open"
      ? w.open(every, next)
      : hasBegun(meeting, nowMs)
        ? w.next(every, next)
        : w.first(every, next);
  const off = toCome(schedule.recurrence?.calledOff ?? [], schedule.timeZone, nowMs);
  return off.length === 0 || off.length > MOST_CALLED_OFF
    ? anchor
    : w.notOn(anchor, listOf(off.map((day) => wholeDay(day))));
}

/** Whether what comes next may be another than the first. */
function hasBegun({ schedule, nextStartsAt }: HostMeeting, nowMs: number): boolean {
  if (!schedule) return false;
  const { date } = schedule;
  return wallTime(nextStartsAt, schedule.timeZone).date > date && wallTime(nowMs, schedule.timeZone).date >= date;
}

function listOf(items: readonly string[]): string {
  return new Intl.ListFormat(hostPageWords.value.locale).format(items);
}
