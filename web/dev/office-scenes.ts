// Office hours: a person's own day, and a unit's now, by day and by week.
import type { OfficeDay } from "../src/client/office-api";
import { remember } from "../src/ui/remembered";
import { ACCOUNT } from "./fake-account";
import { at, type FakeOffice, officeDate, officeDay } from "./fake-office";
import { failure } from "./fake-session";
import { atTheOffice, atWork, click, type Scene, type } from "./stands";

/** The day with one more declaration, of now. */
function said(office: FakeOffice, state: "break" | "done", more: Partial<OfficeDay> = {}): OfficeDay {
  const declarations = [...office.day.declarations, { state, at: office.now, note: "" }];
  return { ...office.day, status: state, since: office.now, note: "", declarations, ...more };
}

export const OFFICE_SCENES: Readonly<Record<string, Scene>> = {
  "office-own": atTheOffice("participant"),
  "office-own-work": atTheOffice("participant", "", atWork),
  "office-own-done": atTheOffice("participant", "", (office) => {
    atWork(office);
    office.now += 6 * 3_600_000;
    office.day = said(office, "done", { done: office.now });
  }),
  "office-own-break": atTheOffice("participant", "", (office) => {
    atWork(office);
    office.now += 6 * 3_600_000;
    office.day = said(office, "break");
  }),
  "office-own-loading": atTheOffice("participant", "", (office) => office.hanging.add("ownDay")),
  "office-own-failed": atTheOffice("participant", "", (office) => {
    office.refusals.ownDay = failure("UNAVAILABLE");
  }),
  "office-own-unsent": atTheOffice(
    "participant",
    "",
    (office) => {
      office.refusals.declare = failure("OFFLINE");
    },
    () => click(".office-say"),
  ),
  "office-own-unsent-over": atTheOffice("participant", "", () => {
    const kept = { state: "done", note: "", clientId: "0a1b2c", day: "2026-11-23" };
    remember("device", `office.unsent.${ACCOUNT.id}`, JSON.stringify(kept));
  }),
  "office-own-night": atTheOffice("participant", "", (office) => {
    office.now = at("02:10");
    const declarations = [{ state: "present", at: at("22:05") - 86_400_000, note: "Posko banjir" }] as const;
    office.open = { date: officeDate("2026-11-23"), day: officeDay({ notClosed: true, declarations }) };
  }),
  "office-own-said": atTheOffice("participant", "", undefined, () => click(".office-say")),
  "office-unit-now": atTheOffice("head-of-unit", "/unit"),
  "office-unit-day": atTheOffice("head-of-unit", "/unit", undefined, () => click(".office-span", 1)),
  "office-unit-week": atTheOffice("head-of-unit", "/unit", undefined, () => click(".office-span", 2)),
  "office-unit-none-found": atTheOffice("head-of-unit", "/unit", undefined, () =>
    type(".office-controls input", "zulkifli"),
  ),
  "office-unit-empty": atTheOffice("tenant-admin", "/unit", (office) => {
    office.people = [];
  }),
  "office-unit-failed": atTheOffice("head-of-unit", "/unit", (office) => {
    office.hanging.add("unitWeek");
    office.refusals.unitDay = failure("OFFLINE");
  }),
};
