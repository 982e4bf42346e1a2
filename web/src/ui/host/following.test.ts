import { expect, it } from "vitest";
import { hostMeeting, ROLL_CALL } from "../../../dev/fake-host";
import type { MeetingRecurrence } from "../../client/host-contract";
import { followingStart } from "./following";

const RULE: MeetingRecurrence = {
  workdays: false,
  weekdays: [1, 2, 3, 4, 5],
  skipHolidays: true,
  everyWeeks: 1,
  untilDate: "",
  calledOff: [],
};
// 20 November 2026 is a Friday; at 07:45 in Makassar it is the day before in UTC.
const FRIDAY = Date.parse("2026-11-20T07:45:00+08:00");

function following(
  rule: Partial<MeetingRecurrence>,
  freeDates: readonly string[] = [],
  date = "2026-11-02",
  extraDates: readonly string[] = [],
): string {
  const recurrence = { ...RULE, ...rule };
  const schedule = { ...ROLL_CALL, date, recurrence };
  const meeting = hostMeeting("7391048265", "Apel pagi", { schedule, nextStartsAt: FRIDAY });
  const found = followingStart({ meeting, weekdays: recurrence.weekdays, freeDates, extraDates });
  return found ? new Date(found).toISOString() : "";
}

it("is on the next of its days, at its time of the tenant's zone", () => {
  expect(following({})).toBe("2026-11-22T23:45:00.000Z");
  expect(following({ weekdays: [5, 6] })).toBe("2026-11-20T23:45:00.000Z");
});

it("leaves out holidays and what was called off", () => {
  expect(following({}, ["2026-11-23", "2026-11-24"])).toBe("2026-11-24T23:45:00.000Z");
});

it("is on an office day that will be none later", () => {
  expect(following({}, [], "2026-11-02", ["2026-11-21"])).toBe("2026-11-20T23:45:00.000Z");
});

it("counts weeks from that of the first day, whichever day of it that was", () => {
  expect(following({ everyWeeks: 2 }, [], "2026-11-02")).toBe("2026-11-29T23:45:00.000Z");
  expect(following({ everyWeeks: 2 }, [], "2026-11-08")).toBe("2026-11-29T23:45:00.000Z");
  expect(following({ everyWeeks: 2 }, [], "2026-11-09")).toBe("2026-11-22T23:45:00.000Z");
});

it("is none after the last day, and none where no day is left", () => {
  expect(following({ untilDate: "2026-11-23" })).toBe("2026-11-22T23:45:00.000Z");
  expect(following({ untilDate: "2026-11-22" })).toBe("");
  expect(following({ weekdays: [] })).toBe("");
  const once = hostMeeting("7391048265", "Rapat", { schedule: { ...ROLL_CALL, recurrence: null }, nextStartsAt: 1 });
  expect(followingStart({ meeting: once, weekdays: [], freeDates: [], extraDates: [] })).toBe(0);
});
