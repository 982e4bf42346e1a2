import { describe, expect, it } from "vitest";
import type { OfficeChange, OfficeHours } from "../../client/admin-api";
import {
  dayAfter,
  differing,
  displaced,
  heldOn,
  heldSpans,
  LAST_DAY,
  over,
  withBeginning,
  withoutChange,
  withSpan,
} from "./office-changes";

const week = (minutes: number) => ({ days: [{ weekday: 1, from: 420 + minutes, to: 960 }], toleranceMinutes: 0 });
const change = (from: string, minutes: number): OfficeChange => ({ from, ...week(minutes) });
const hoursOf = (minutes: number, ...changes: readonly OfficeChange[]): OfficeHours => ({
  ...week(minutes),
  holidays: [{ date: "2027-08-17", name: "Hari Proklamasi" }],
  changes,
});
const on = (hours: OfficeHours, day: string) => (heldOn(hours, day).days[0]?.from ?? 0) - 420;
const told = ({ changes }: OfficeHours) => changes.map(({ from, days }) => [from, (days[0]?.from ?? 0) - 420]);
const RAMADAN = hoursOf(0, change("2027-02-08", 60), change("2027-03-10", 0));

describe("a span of other office hours", () => {
  it("brings back what held before, and ends with what began it", () => {
    const hours = withSpan(hoursOf(0), change("2027-02-08", 60), "2027-03-09");
    expect(hours).toEqual(RAMADAN);
    expect(withoutChange(hours, "2027-02-08")).toEqual(hoursOf(0));
    expect(told(withoutChange(hours, "2027-03-10"))).toEqual([["2027-02-08", 60]]);
    expect(withoutChange(hours, "2026-01-01")).toEqual(hours);
  });

  it("holds for good without a last day, or with the last of all", () => {
    expect(told(withSpan(RAMADAN, change("2027-01-04", 30), ""))).toEqual([["2027-01-04", 30]]);
    expect(told(withSpan(RAMADAN, change("2027-03-01", 30), LAST_DAY))).toEqual([
      ["2027-02-08", 60],
      ["2027-03-01", 30],
    ]);
    expect(withSpan(hoursOf(0), change("2027-01-04", 0), "").changes).toEqual([]);
  });

  it("is within its dates and nowhere else, whatever held there", () => {
    // A generator of its own, so that a failure can be seen again.
    let state = 20_270_208;
    const random = (below: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((state / 2_147_483_648) * below);
    };
    for (let round = 0; round < 400; round++) {
      const dates = new Set(Array.from({ length: random(6) }, () => dayAfter("2027-01-01", random(30))));
      const hours = hoursOf(random(3), ...[...dates].sort().map((from) => change(from, random(3))));
      const from = dayAfter("2027-01-01", random(30));
      const until = random(3) === 0 ? "" : dayAfter(from, random(20));
      const minutes = random(3);
      const merged = withSpan(hours, change(from, minutes), until);
      for (let number = -2; number < 55; number++) {
        const day = dayAfter("2027-01-01", number);
        const inside = day >= from && (!until || day <= until);
        expect(on(merged, day), `${day} ${JSON.stringify([hours, from, until, minutes])}`).toBe(
          inside ? minutes : on(hours, day),
        );
        const differs = differing(hours, merged).some(
          (span) => span.from <= day && (span.until === "" || day <= span.until),
        );
        expect(differs).toBe(on(merged, day) !== on(hours, day));
      }
    }
  });

  it("says which changes are there no more", () => {
    expect(displaced(RAMADAN, { from: "2026-11-30", until: "" }).map((one) => one.from)).toEqual([
      "2027-02-08",
      "2027-03-10",
    ]);
    expect(displaced(RAMADAN, { from: "2027-02-08", until: "2027-03-09" })).toEqual([]);
  });
});

it("others from the beginning hold up to the first change", () => {
  expect(told(withBeginning(RAMADAN, week(30)))).toEqual([
    ["2027-02-08", 60],
    ["2027-03-10", 0],
  ]);
  expect(told(withBeginning(RAMADAN, week(60)))).toEqual([["2027-03-10", 0]]);
});

it("tolerance is part of the hours", () => {
  const hours = withSpan(hoursOf(0), { ...change("2027-02-08", 0), toleranceMinutes: 15 }, "2027-02-08");
  expect(hours.changes.map((one) => one.toleranceMinutes)).toEqual([15, 0]);
});

it("each holds until the day before the next", () => {
  expect(heldSpans(RAMADAN).map(({ from, until }) => [from, until])).toEqual([
    ["", "2027-02-07"],
    ["2027-02-08", "2027-03-09"],
    ["2027-03-10", ""],
  ]);
});

it("days that are counted anew are those that are over and have other hours then", () => {
  const later = withSpan(RAMADAN, change("2027-02-20", 30), "");
  expect(differing(RAMADAN, later)).toEqual([{ from: "2027-02-20", until: "" }]);
  expect(over(differing(RAMADAN, later), "2027-03-15")).toEqual([{ from: "2027-02-20", until: "2027-03-14" }]);
  expect(over(differing(RAMADAN, later), "2027-02-20")).toEqual([]);
  expect(over(differing(hoursOf(0), RAMADAN), "2027-12-31")).toEqual([{ from: "2027-02-08", until: "2027-03-09" }]);
  expect(over(differing(RAMADAN, withBeginning(RAMADAN, week(30))), "2027-01-01")).toEqual([
    { from: "", until: "2026-12-31" },
  ]);
});
