// What is typed into the form of a meeting, before it is one.
import type { HostMeeting, MeetingDraft, MeetingSchedule } from "../../client/host-contract";
import { momentOf, wallTime } from "./zone-time";

export type Kind = "now" | "once" | "series";

/** Fields as they stand in their inputs. */
export interface Typed {
  readonly title: string;
  readonly kind: Kind;
  readonly date: string;
  readonly time: string;
  readonly duration: number;
  readonly openBefore: number;
  readonly workdays: boolean;
  readonly weekdays: readonly number[];
  readonly skipHolidays: boolean;
  readonly everyWeeks: number;
  readonly until: string;
  /** All of them: which ones are over is not for this device's clock to say. */
  readonly calledOff: readonly string[];
  readonly capacity: string;
  readonly lobby: boolean;
}

export type WrongField = "title" | "date" | "time" | "days" | "until" | "calledOff" | "capacity";

const DEFAULT_CAPACITY = "100";
const HALF_HOUR_MS = 30 * 60_000;

/** A new meeting begins at the next half hour, in the tenant's zone. */
export function newTyped(timeZone: string, nowMs: number): Typed {
  const { date, time } = wallTime(Math.ceil((nowMs + 1) / HALF_HOUR_MS) * HALF_HOUR_MS, timeZone);
  return {
    title: "",
    kind: "now",
    date,
    time,
    duration: 60,
    openBefore: 15,
    workdays: true,
    weekdays: [],
    skipHolidays: true,
    everyWeeks: 1,
    until: "",
    calledOff: [],
    capacity: DEFAULT_CAPACITY,
    lobby: false,
  };
}

export function typedOf(meeting: HostMeeting, timeZone: string, nowMs: number): Typed {
  const typed = {
    ...newTyped(timeZone, nowMs),
    title: meeting.title,
    lobby: meeting.lobby,
    capacity: String(meeting.capacity),
  };
  const schedule = meeting.schedule;
  if (!schedule) return typed;
  const rule = schedule.recurrence;
  return {
    ...typed,
    kind: rule ? "series" : "once",
    date: schedule.date,
    time: schedule.time,
    duration: schedule.durationMinutes,
    openBefore: schedule.openBeforeMinutes,
    ...(rule && {
      workdays: rule.workdays,
      weekdays: rule.weekdays,
      skipHolidays: rule.skipHolidays,
      everyWeeks: rule.everyWeeks,
      until: rule.untilDate,
      calledOff: rule.calledOff,
    }),
  };
}

/** Those of the days that were called off which are worth showing: today and later. */
export function toCome(days: readonly string[], timeZone: string, nowMs: number): readonly string[] {
  const today = wallTime(nowMs, timeZone).date;
  return days.filter((day) => day >= today).sort();
}

/** What is typed, on what somebody else saved meanwhile: what was not touched here follows theirs, each day by itself. */
export function rebased(typed: Typed, before: Typed, newest: Typed): Typed {
  const touched = Object.entries(typed).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(before[field as keyof Typed]),
  );
  const theirs = newest.calledOff.filter((day) => typed.calledOff.includes(day) || !before.calledOff.includes(day));
  const own = typed.calledOff.filter((day) => !before.calledOff.includes(day));
  return { ...newest, ...Object.fromEntries(touched), calledOff: [...new Set([...theirs, ...own])].sort() };
}

export function draftOf(typed: Typed, timeZone: string): MeetingDraft {
  return {
    title: typed.title.trim(),
    capacity: Number(typed.capacity),
    lobby: typed.lobby,
    schedule: typed.kind === "now" ? null : scheduleOf(typed, timeZone),
  };
}

function scheduleOf(typed: Typed, timeZone: string): MeetingSchedule {
  return {
    date: typed.date,
    time: typed.time,
    durationMinutes: typed.duration,
    openBeforeMinutes: typed.openBefore,
    timeZone,
    recurrence:
      typed.kind === "once"
        ? null
        : {
            workdays: typed.workdays,
            weekdays: typed.workdays ? [] : typed.weekdays,
            skipHolidays: typed.skipHolidays,
            everyWeeks: typed.everyWeeks,
            untilDate: typed.until,
            calledOff: typed.calledOff,
          },
  };
}

/**
 * What is not right yet, in the order of the form. `timeZone`: "" where it is not known; then the server says whether a date is over.
 * `before`: what a meeting that exists was loaded with; one that is on, or runs over, keeps its time, which has begun.
 */
export function wrongFields(
  typed: Typed,
  timeZone: string,
  nowMs: number,
  before: Typed | null = null,
): ReadonlySet<WrongField> {
  const wrong = new Set<WrongField>();
  const letters = [...typed.title.trim()].length;
  if (letters === 0 || letters > 120) wrong.add("title");
  if (typed.kind !== "now") {
    if (!/^[0-9]{2}:[0-9]{2}$/.test(typed.time)) wrong.add("time");
    if (!/^20[0-9]{2}-[0-9]{2}-[0-9]{2}$/.test(typed.date)) wrong.add("date");
    else if (timeZone && typed.kind === "once" && !isSameTime(typed, before)) {
      const starts = momentOf(typed.date, typed.time, timeZone);
      if (starts + typed.duration * 60_000 <= nowMs) wrong.add("date");
    }
    if (typed.kind === "series") {
      if (!typed.workdays && typed.weekdays.length === 0) wrong.add("days");
      if (typed.until && typed.until < typed.date) wrong.add("until");
    }
  }
  const capacity = Number(typed.capacity);
  if (!/^[0-9]{1,4}$/.test(typed.capacity) || capacity < 2 || capacity > 1000) wrong.add("capacity");
  return wrong;
}

const isSameTime = (one: Typed, other: Typed | null) =>
  one.kind === other?.kind && one.date === other.date && one.time === other.time && one.duration === other.duration;

/** Which field the server's answer is about. */
export function refusedField(path: string): WrongField | null {
  if (path.startsWith("title")) return "title";
  if (path.startsWith("capacity")) return "capacity";
  if (path.includes("until_date")) return "until";
  if (path.includes("weekdays")) return "days";
  if (path.includes("called_off")) return "calledOff";
  if (path.includes("schedule.time")) return "time";
  return path.startsWith("schedule") ? "date" : null;
}
