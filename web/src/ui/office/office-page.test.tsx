import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ACCOUNT, FakeAccount } from "../../../dev/fake-account";
import { at, FakeOffice, officeDay, PEOPLE } from "../../../dev/fake-office";
import { failure } from "../../../dev/fake-session";
import { type ShownPage, showPage } from "../../../dev/shown-page";
import type { Account } from "../../client/host-contract";
import { id as app } from "../i18n/id";
import { id } from "./i18n/id";
import { OfficePage } from "./office-page";

let office: FakeOffice;
let page: ShownPage;

beforeEach(() => {
  office = new FakeOffice();
  sessionStorage.clear();
});

afterEach(() => {
  page.close();
  vi.useRealTimers();
});

async function show(role: Account["role"] = "participant", rest = ""): Promise<void> {
  const account = { ...ACCOUNT, role };
  page = await showPage(<OfficePage session={new FakeAccount(account)} account={account} rest={rest} />, {
    loadOfficeApi: async () => office,
  });
}

const text = () => page.root.textContent ?? "";
const pressed = () =>
  [...page.root.querySelectorAll(".office-say[aria-pressed=true]")].map((one) => one.textContent ?? "");
const choose = (label: string, value: string) =>
  page.settle(() => {
    const field = page.field(label);
    field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });

it("says what is recorded, and begins with being present", async () => {
  await show();
  expect(text()).toContain(id.recorded);
  expect(text()).toContain(id.sentences.none());
  expect(text()).toContain(id.hours("07.30", "16.00", "WITA"));
  await page.press(id.say.break);
  expect(office.declared).toEqual([]);
  await page.type(id.note, "  surat masuk ");
  await page.press(id.say.present);
  expect(office.declared.map(({ state, note }) => [state, note])).toEqual([["present", "surat masuk"]]);
  expect(text()).toContain(id.saved(id.say.present, "10.20"));
  expect(text()).toContain(id.sentences.present("10.20"));
  expect(text()).toContain("Hadir: surat masuk");
  expect(pressed()).toEqual([id.say.present]);
});

it("tells of other work, of a break and of the end", async () => {
  await show();
  await page.type(id.note, "surat");
  await page.press(id.say.present);
  await page.type(id.note, "laporan");
  await page.press(id.saveWork);
  await page.press(id.say.break);
  expect(pressed()).toEqual([id.say.break]);
  await page.press(id.say.done);
  expect(office.declared.map(({ state, note }) => `${state} ${note}`)).toEqual([
    "present surat",
    "present laporan",
    "break ",
    "done ",
  ]);
  expect(new Set(office.declared.map((one) => one.clientId)).size).toBe(4);
  expect(text()).toContain(id.sentences.done("10.20"));
});

it("keeps what could not be sent, also over a reload, and sends it again as the same", async () => {
  await show();
  office.refusals.declare = failure("OFFLINE");
  await page.type(id.note, "surat");
  await page.press(id.say.present);
  expect(text()).toContain(id.notSaved("Hadir, surat"));
  expect(text()).toContain(id.sentences.none());
  page.close();
  await show();
  expect(text()).toContain(id.notSaved("Hadir, surat"));
  office.refusals.declare = failure("UNAVAILABLE");
  await page.press(id.sendAgain);
  expect(text()).toContain(id.notSavedText);
  await page.press(id.sendAgain);
  expect(text()).not.toContain(id.notSavedText);
  expect(office.declared).toHaveLength(1);
  page.close();
  await show();
  expect(text()).not.toContain(id.notSavedText);
});

it("can let go of what could not be sent", async () => {
  await show();
  office.refusals.declare = failure("OFFLINE");
  await page.press(id.say.present);
  await page.press(id.discard);
  expect(text()).not.toContain(id.notSavedText);
  expect(office.declared).toEqual([]);
});

it("says at the field what is wrong with the sentence", async () => {
  await show();
  await page.type(id.note, "a".repeat(201));
  expect(text()).toContain(id.noteTooLong(1));
  await page.press(id.say.present);
  expect(office.declared).toEqual([]);
  await page.type(id.note, "a".repeat(180));
  expect(text()).toContain(id.noteHint(20));
  office.refusals.declare = failure("INVALID_FIELD", { field: "note" });
  await page.press(id.say.present);
  expect(page.field(id.note).getAttribute("aria-invalid")).toBe("true");
  expect(text()).toContain(id.noteWrong);
});

it("looks again when something else was said elsewhere", async () => {
  await show();
  office.refusals.declare = failure("WRONG_STATE");
  office.day = officeDay({
    status: "done",
    since: at("10:00"),
    first: at("08:00"),
    declarations: [{ state: "done", at: at("10:00"), note: "" }],
  });
  await page.press(id.say.present);
  expect(text()).toContain(app.errors.WRONG_STATE);
  expect(text()).toContain(id.sentences.done("10.00"));
});

it("shows the own week with sums, and goes to others", async () => {
  await show();
  expect(text()).toContain(id.notClosedText);
  expect(text()).toContain("Hari Guru Nasional");
  expect(text()).toContain(id.daysCount(1));
  await page.press(id.earlierWeek);
  await page.press(id.laterWeek);
  expect(office.asked.filter((one) => one.startsWith("ownWeek"))).toEqual([
    "ownWeek ",
    "ownWeek 2026-11-16",
    "ownWeek 2026-11-30",
  ]);
});

it("says when it cannot be loaded, and tries again", async () => {
  office.refusals.ownDay = failure("UNAVAILABLE");
  await show();
  expect(text()).toContain(app.errors.UNAVAILABLE);
  await page.press(app.app.tryAgain);
  expect(text()).toContain(id.sentences.none());
});

it("shows a unit to whoever heads one only", async () => {
  await show("host", "unit");
  expect(page.has(id.unit)).toBe(false);
  expect(text()).toContain(id.recorded);
});

it("says who is present now, and on what", async () => {
  await show("head-of-unit", "unit");
  expect(text()).toContain(id.count(id.statuses.present, 1));
  expect(text()).toContain("Menyusun laporan triwulan");
  expect(text()).toContain(id.otherMeeting);
  expect(text()).toContain(id.lateBy("42 menit"));
  expect(text()).toContain(id.people(PEOPLE.length));
  await page.type(id.search, "triwulan RAHMAN");
  expect(text()).toContain(id.found(1, PEOPLE.length));
  expect(page.root.querySelectorAll(".office-person")).toHaveLength(1);
  await page.type(id.search, "tidak ada");
  expect(text()).toContain(id.noneFound);
});

it("looks again by itself, and says how old it is when it cannot", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  await show("tenant-admin", "unit");
  office.now = at("10:21");
  await page.settle(() => vi.advanceTimersByTime(15_000));
  expect(text()).toContain(id.asOf("10.21 WITA"));
  office.refusals.unitDay = failure("OFFLINE");
  await page.settle(() => vi.advanceTimersByTime(15_000));
  expect(text()).toContain(id.stale("10.21"));
  expect(text()).toContain("Muh. Ilham");
});

it("shows a unit by day and by week", async () => {
  await show("head-of-unit", "unit");
  await page.press(id.byDay);
  expect(page.root.querySelectorAll("tbody tr")).toHaveLength(PEOPLE.length);
  await page.press(id.earlierDay);
  await choose(id.whichUnit, "u3");
  expect(office.asked.at(-1)).toBe("unitDay 2026-11-23 u3");
  expect(page.root.querySelectorAll("tbody tr")).toHaveLength(2);
  await page.press(id.byWeek);
  expect(office.asked.at(-1)).toBe("unitWeek 2026-11-23 u3");
  await choose(id.date, "2026-11-12");
  await page.press(id.laterWeek);
  expect(office.asked.at(-1)).toBe("unitWeek 2026-11-19 u3");
  expect(text()).toContain(id.lateBy("32 mnt"));
});

it("says that a unit is empty", async () => {
  office.people = [];
  await show("head-of-unit", "unit");
  expect(text()).toContain(id.empty);
  await page.press(id.byWeek);
  expect(text()).toContain(id.empty);
});

it("gives files of what is shown, and says when it cannot", async () => {
  await show("head-of-unit", "unit");
  await page.press(id.downloadAs("PDF"));
  expect(office.asked.at(-1)).toBe("file day pdf   id");
  expect(text()).toContain(id.downloaded);
  await page.press(id.byWeek);
  await choose(id.whichUnit, "u3");
  office.refusals.file = failure("UNAVAILABLE");
  await page.press(id.downloadAs("XLSX"));
  expect(text()).toContain(app.errors.UNAVAILABLE);
  await page.press(id.downloadAs("XLSX"));
  expect(office.asked.at(-1)).toBe("file week xlsx  u3 id");
});
