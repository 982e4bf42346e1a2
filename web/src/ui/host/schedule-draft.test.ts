import { describe, expect, it } from "vitest";
import { hostMeeting, ROLL_CALL } from "../../../dev/fake-host";
import { draftOf, newTyped, rebased, refusedField, type Typed, toCome, typedOf, wrongFields } from "./schedule-draft";
import { everySentence, invitedWhen } from "./schedule-words";
import { momentOf, wallTime } from "./zone-time";

const WITA = "Asia/Makassar";
const NOW = Date.parse("2026-11-23T01:10:00Z");

describe("wall times", () => {
  it("are of the zone that is named, across daylight saving too", () => {
    expect(momentOf("2026-11-23", "07:45", WITA)).toBe(Date.parse("2026-11-22T23:45:00Z"));
    expect(momentOf("2026-07-01", "09:00", "Europe/Amsterdam")).toBe(Date.parse("2026-07-01T07:00:00Z"));
    expect(momentOf("2026-03-29", "03:00", "Europe/Amsterdam")).toBe(Date.parse("2026-03-29T01:00:00Z"));
    expect(momentOf("", "07:45", WITA)).toBeNaN();
    expect(wallTime(Date.parse("2026-11-22T23:45:00Z"), WITA)).toEqual({ date: "2026-11-23", time: "07:45" });
  });
});

describe("the form of a meeting", () => {
  it("begins with the next half hour of the tenant's zone", () => {
    expect(newTyped(WITA, NOW)).toMatchObject({ kind: "now", date: "2026-11-23", time: "09:30" });
    expect(draftOf({ ...newTyped(WITA, NOW), title: " Rapat " }, WITA)).toEqual({
      title: "Rapat",
      capacity: 100,
      lobby: false,
      schedule: null,
    });
  });

  it("gives back what it was filled with", () => {
    const meeting = hostMeeting("8123456789", "Apel pagi", { schedule: ROLL_CALL, lobby: true, capacity: 300 });
    const typed = typedOf(meeting, WITA, NOW);
    expect(draftOf(typed, WITA)).toEqual({ title: "Apel pagi", capacity: 300, lobby: true, schedule: ROLL_CALL });
    expect(wrongFields(typed, WITA, NOW).size).toBe(0);
  });

  it("keeps all days that were called off, and shows those to come", () => {
    const rule = ROLL_CALL.recurrence;
    if (!rule) throw new Error("it recurs");
    const calledOff = ["2026-11-22", "2026-12-01", "2026-11-23"];
    const schedule = { ...ROLL_CALL, recurrence: { ...rule, calledOff } };
    const typed = typedOf(hostMeeting("8123456789", "Apel pagi", { schedule }), WITA, NOW);
    expect(draftOf(typed, WITA).schedule?.recurrence?.calledOff).toEqual(calledOff);
    expect(toCome(calledOff, WITA, NOW)).toEqual(["2026-11-23", "2026-12-01"]);
    expect(refusedField("schedule.recurrence.called_off_dates")).toBe("calledOff");
  });

  it("holds after all what was touched, and leaves off what somebody else called off", () => {
    const off = (...calledOff: string[]) => ({ ...newTyped(WITA, NOW), calledOff });
    const merged = rebased(
      off("2026-11-25", "2026-11-30"),
      off("2026-11-23", "2026-11-25"),
      off("2026-11-23", "2026-11-24"),
    );
    expect(merged.calledOff).toEqual(["2026-11-24", "2026-11-30"]);
  });

  it("keeps what was touched on top of what somebody else saved", () => {
    const before = typedOf(hostMeeting("8123456789", "Apel pagi", { schedule: ROLL_CALL }), WITA, NOW);
    const typed = { ...before, title: "Apel", weekdays: [1, 3], workdays: false };
    const newest = { ...before, title: "Apel siang", time: "12:45", weekdays: [2], lobby: true };
    expect(rebased(typed, before, newest)).toEqual({ ...typed, time: "12:45", lobby: true });
  });

  it("knows what is not right", () => {
    const typed = { ...newTyped(WITA, NOW), title: "Rapat", kind: "once" as const };
    const wrong = (part: object) => [...wrongFields({ ...typed, ...part }, WITA, NOW)];
    expect(wrong({})).toEqual([]);
    expect(wrong({ title: " " })).toEqual(["title"]);
    expect(wrong({ title: "a".repeat(121) })).toEqual(["title"]);
    expect(wrong({ date: "2026-11-22" })).toEqual(["date"]);
    expect(wrong({ date: "" })).toEqual(["date"]);
    expect(wrong({ time: "" })).toEqual(["time"]);
    expect(wrong({ capacity: "1001" })).toEqual(["capacity"]);
    const series = { kind: "series" as const, workdays: false };
    expect(wrong({ ...series, date: "2026-01-05", weekdays: [1] })).toEqual([]);
    expect(wrong({ ...series, weekdays: [] })).toEqual(["days"]);
    expect(wrong({ ...series, weekdays: [1], until: "2026-11-22" })).toEqual(["until"]);
    expect(wrong({ kind: "now", date: "" })).toEqual([]);
  });

  it("lets a meeting that is on, or runs over, keep its time", () => {
    const begun: Typed = { ...newTyped(WITA, NOW), title: "Rapat", kind: "once", date: "2020-01-06" };
    const found = (typed: Typed, before: Typed | null) => [...wrongFields(typed, WITA, NOW, before)];
    expect(found({ ...begun, capacity: "200" }, begun)).toEqual([]);
    expect(found({ ...begun, time: "08:00" }, begun)).toEqual(["date"]);
    expect(found(begun, null)).toEqual(["date"]);
  });

  it("finds the field that the server speaks of", () => {
    expect(
      ["title", "capacity", "schedule.date", "schedule.time", "schedule.recurrence.weekdays[0]", "schedule", "x"].map(
        refusedField,
      ),
    ).toEqual(["title", "capacity", "date", "time", "days", "date", null]);
    expect(refusedField("schedule.recurrence.until_date")).toBe("until");
  });
});

describe("a series in words", () => {
  it("says the days, the time and the zone", () => {
    expect(everySentence(ROLL_CALL)).toBe("Setiap hari kerja pukul 07.45 WITA, kecuali hari libur");
    const rule = {
      workdays: false,
      weekdays: [1, 3],
      skipHolidays: false,
      everyWeeks: 2,
      untilDate: "2026-12-31",
      calledOff: [],
    };
    expect(everySentence({ ...ROLL_CALL, recurrence: rule })).toBe(
      "Setiap Senin dan Rabu pukul 07.45 WITA, setiap 2 minggu, sampai Kamis, 31 Desember 2026",
    );
    expect(everySentence({ ...ROLL_CALL, recurrence: null })).toBe("");
  });
});

describe("the time in an invitation", () => {
  const rule = { workdays: false, weekdays: [1], skipHolidays: false, everyWeeks: 2, untilDate: "", calledOff: [] };
  const NEXT = Date.parse("2026-12-07T09:00:00+08:00");
  const when = (from: string, calledOff: readonly string[] = [], more = {}) => {
    const schedule = { ...ROLL_CALL, date: from, time: "09:00", recurrence: { ...rule, calledOff } };
    const series = { state: "not-open", schedule, nextStartsAt: NEXT, ...more } as const;
    return invitedWhen(hostMeeting("8123456789", "Rapat", series), NOW);
  };
  const every = "Setiap Senin pukul 09.00 WITA, setiap 2 minggu";
  const next = "Senin, 7 Desember 2026 pukul 09.00 WITA";

  it("says when a series begins, which one comes next, or which one is open", () => {
    expect(when("2026-12-07")).toBe(`${every}; mulai ${next}`);
    // From a day on which it does not take place, and nothing has.
    expect(when("2026-12-01")).toBe(`${every}; mulai ${next}`);
    expect(when("2026-11-09")).toBe(`${every}; berikutnya ${next}`);
    expect(when("2026-11-09", [], { state: "open" })).toBe(`${every}; kali ini ${next}`);
    expect(when("2026-11-09", [], { nextStartsAt: 0 })).toBe(every);
  });

  it("names the days that were called off, while they are few and to come", () => {
    expect(when("2026-11-09", ["2026-11-09", "2026-12-21"])).toBe(
      `${every}; berikutnya ${next}; tidak diadakan pada Senin, 21 Desember 2026`,
    );
    const many = ["2026-12-21", "2027-01-04", "2027-01-18", "2027-02-01"];
    expect(when("2026-11-09", many)).toBe(`${every}; berikutnya ${next}`);
  });

  it("is its day and time where it takes place once, and nothing without a plan", () => {
    const once = { schedule: { ...ROLL_CALL, recurrence: null }, nextStartsAt: NEXT };
    expect(invitedWhen(hostMeeting("8123456789", "Rapat", once), NOW)).toBe(next);
    expect(invitedWhen(hostMeeting("8123456789", "Rapat"), NOW)).toBe("");
  });
});
