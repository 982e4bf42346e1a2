import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { OfficeChange, OfficeHours } from "../../client/admin-api";
import {
  dayAfter,
  differing,
  displaced,
  heldOn,
  heldSpans,
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
const RAMADAN = hoursOf(0, change("2027-02-08", 60), change("2027-03-10", 0));

type Act = { span: [string, string, string] } | { beginning: string } | { without: string };

/** What tests/common/test_office_changes.py holds the command line to. */
interface Shared {
  readonly weeks: Readonly<Record<string, { from: number; tolerance: number }>>;
  readonly cases: readonly {
    readonly name: string;
    readonly given: Readonly<Record<string, string>>;
    readonly acts: readonly Act[];
    readonly hours: Readonly<Record<string, string>>;
    readonly recounted: Readonly<Record<string, readonly [string, string][]>>;
  }[];
}

const SHARED: Shared = JSON.parse(readFileSync("../tests/common/office_changes_cases.json", "utf8"));

describe("what the command line does too", () => {
  const of = (name: string, from = ""): OfficeChange => {
    const week = SHARED.weeks[name];
    if (!week) throw new Error(`no week ${name}`);
    return { from, days: [{ weekday: 1, from: week.from, to: 960 }], toleranceMinutes: week.tolerance };
  };
  const made = (told: Readonly<Record<string, string>>): OfficeHours => {
    const { days, toleranceMinutes } = of(told[""] ?? "");
    const changes = Object.entries(told).flatMap(([from, name]) => (from ? [of(name, from)] : []));
    return { days, toleranceMinutes, holidays: [{ date: "2027-08-17", name: "Hari Proklamasi" }], changes };
  };
  const after = (hours: OfficeHours, act: Act): OfficeHours => {
    if ("span" in act) return withSpan(hours, of(act.span[2], act.span[0]), act.span[1]);
    return "beginning" in act ? withBeginning(hours, of(act.beginning)) : withoutChange(hours, act.without);
  };

  it.each(SHARED.cases)("$name", ({ given, acts, hours, recounted }) => {
    const became = acts.reduce(after, made(given));
    expect(became).toEqual(made(hours));
    for (const [today, spans] of Object.entries(recounted)) {
      const days = over(differing(made(given), became), today).map(({ from, until }) => [from, until]);
      expect([today, days]).toEqual([today, spans]);
    }
  });
});

describe("a span of other office hours", () => {
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

it("each holds until the day before the next", () => {
  expect(heldSpans(RAMADAN).map(({ from, until }) => [from, until])).toEqual([
    ["", "2027-02-07"],
    ["2027-02-08", "2027-03-09"],
    ["2027-03-10", ""],
  ]);
});
