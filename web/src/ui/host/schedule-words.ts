// A schedule as a sentence.
import type { MeetingSchedule } from "../../client/host-contract";
import { dayOfWeek, wholeDay, zoneName } from "../i18n/format";
import { hostPageWords, hostWords } from "./words";
import { momentOf } from "./zone-time";

/** "Setiap hari kerja pukul 07.45 WITA, kecuali hari libur"; "" for one that does not recur. */
export function everySentence(schedule: MeetingSchedule): string {
  const rule = schedule.recurrence;
  if (!rule) return "";
  const w = hostWords.value.every;
  const separator = hostPageWords.value.locale.startsWith("id") ? "." : ":";
  const zone = zoneName(schedule.timeZone, momentOf(schedule.date, schedule.time, schedule.timeZone));
  const clock = `${schedule.time.replace(":", separator)} ${zone}`;
  const days = new Intl.ListFormat(hostPageWords.value.locale).format(rule.weekdays.map(dayOfWeek));
  let text = rule.workdays ? w.workday(clock) : w.days(days, clock);
  if (rule.everyWeeks > 1) text = w.weeks(rule.everyWeeks, text);
  if (rule.skipHolidays) text = w.noHolidays(text);
  return rule.untilDate ? w.until(text, wholeDay(rule.untilDate)) : text;
}
