import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ACCOUNT, FakeAccount } from "../../../dev/fake-account";
import { at, FakeOffice, officeDate, officeDay, PEOPLE } from "../../../dev/fake-office";
import { failure } from "../../../dev/fake-session";
import { type ShownPage, showPage } from "../../../dev/shown-page";
import type { Account } from "../../client/host-contract";
import type { OfficeDay, OfficePersonDay } from "../../client/office-api";
import { id as app } from "../i18n/id";
import { id } from "./i18n/id";
import { OfficePage } from "./office-page";

let office: FakeOffice;
let page: ShownPage;

beforeEach(() => {
  office = new FakeOffice();
  localStorage.clear();
});

afterEach(() => {
  page.close();
  vi.useRealTimers();
});

async function show(role: Account["role"] = "participant", rest = "", accountId = ACCOUNT.id): Promise<void> {
  const account = { ...ACCOUNT, id: accountId, role };
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

const DAY_MS = 86_400_000;
const leavingAsks = () => !dispatchEvent(new Event("beforeunload", { cancelable: true }));
const clocks = () => vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout"] });
const pass = (ms: number) => page.settle(() => vi.advanceTimersByTime(ms));
const names = () => PEOPLE.map((one) => one.name).filter((name) => text().includes(name));

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

it("keeps it for this account, on this device, while its day lasts", async () => {
  await show();
  office.refusals.declare = failure("OFFLINE");
  await page.type(id.note, "surat");
  await page.press(id.say.present);
  sessionStorage.clear();
  page.close();
  await show("participant", "", "somebody-else");
  expect(text()).not.toContain(id.notSavedText);
  page.close();
  office.today = "2026-11-25";
  office.now = at("07:30") + DAY_MS;
  await show();
  // Sent now, it would say that they are present today.
  expect(text()).toContain(id.notRecorded("Hadir, surat", "Selasa, 24 November 2026"));
  expect(text()).toContain(id.dayOver);
  expect(page.has(id.sendAgain)).toBe(false);
  await page.press(id.understood);
  expect(localStorage).toHaveLength(0);
});

it("does not keep what is too old, of whomever it is", async () => {
  await show();
  office.refusals.declare = failure("OFFLINE");
  await page.press(id.say.present);
  expect(localStorage).toHaveLength(1);
  page.close();
  office.now += 9 * DAY_MS;
  await show("participant", "", "somebody-else");
  expect(localStorage).toHaveLength(0);
});

it("says that the day is over when it cannot be sent for that", async () => {
  await show();
  await page.press(id.say.present);
  office.refusals.declare = failure("OFFLINE");
  await page.press(id.say.done);
  office.today = "2026-11-25";
  office.day = officeDay();
  office.now = at("00:05") + DAY_MS;
  office.refusals.declare = failure("WRONG_STATE");
  await page.press(id.sendAgain);
  expect(text()).toContain(id.notRecorded("Selesai", "Selasa, 24 November 2026"));
  expect(text()).toContain(id.dayOver);
  expect(text()).not.toContain(app.errors.WRONG_STATE);
  expect(text()).toContain("Rabu, 25 November 2026");
});

const MONDAY = "Senin, 23 November 2026";
const overnight = (more: Partial<OfficeDay> = {}) => {
  office.now = at("02:10");
  office.open = {
    date: officeDate("2026-11-23"),
    day: officeDay({
      notClosed: true,
      declarations: [{ state: "present", at: at("22:05") - DAY_MS, note: "posko" }],
      ...more,
    }),
  };
};

it("ends the day before for whoever worked past midnight", async () => {
  overnight();
  await show();
  expect(text()).toContain(id.stillOpen(MONDAY));
  expect(text()).toContain(id.stillOpenText(id.say.present, "22.05"));
  expect(text()).toContain(id.sentences.none());
  office.refusals.declare = failure("OFFLINE");
  await page.press(id.endNow(MONDAY));
  expect(text()).toContain(app.errors.OFFLINE);
  await page.press(id.endNow(MONDAY));
  expect(office.declared.map(({ state, date }) => [state, date])).toEqual([["done", "2026-11-23"]]);
  expect(text()).toContain(id.ended(MONDAY, "02.10"));
  expect(text()).not.toContain(id.stillOpen(MONDAY));
  expect(office.asked.filter((one) => one.startsWith("ownWeek"))).toHaveLength(2);
});

it("says what became of the day before when it cannot be ended any more", async () => {
  overnight();
  await show();
  office.open = null;
  office.refusals.declare = failure("WRONG_STATE");
  await page.press(id.endNow(MONDAY));
  expect(text()).toContain(app.errors.WRONG_STATE);
  expect(page.has(id.endNow(MONDAY))).toBe(false);
});

it("ends the day that it shows, also after midnight", async () => {
  await show();
  await page.press(id.say.present);
  await page.press(id.say.done);
  expect(office.declared.map(({ date }) => date)).toEqual(["", "2026-11-24"]);
});

it("still sends the end of the day before that could not be sent", async () => {
  overnight();
  const kept = { state: "done", note: "", clientId: "0a1b2c", day: "2026-11-23" };
  localStorage.setItem(`sipulung.office.unsent.${ACCOUNT.id}`, JSON.stringify(kept));
  await show();
  await page.press(id.sendAgain);
  expect(office.declared.map(({ clientId, date }) => [clientId, date])).toEqual([["0a1b2c", "2026-11-23"]]);
});

it("tells times after midnight as such", async () => {
  const done = at("02:10") + DAY_MS;
  office.now = done + DAY_MS;
  const declarations = [
    { state: "present", at: at("22:00"), note: "" },
    { state: "done", at: done, note: "" },
  ] as const;
  office.day = officeDay({ status: "done", first: at("22:00"), done, present: 15_000, outside: 15_000, declarations });
  await show();
  expect(text()).toContain(`${id.nextDay("02.10")} ${id.say.done}`);
  expect(page.root.querySelector(".office-week")?.textContent).toContain(id.nextDay("02.10"));
});

it("says when the device cannot keep it", async () => {
  await show();
  vi.stubGlobal("localStorage", {
    getItem: () => null,
    removeItem: () => undefined,
    setItem: () => {
      throw new Error("full");
    },
  });
  office.refusals.declare = failure("OFFLINE");
  await page.press(id.say.present);
  vi.unstubAllGlobals();
  expect(text()).toContain(id.notKeptText);
  expect(leavingAsks()).toBe(true);
});

it("asks before a typed sentence is left, until it is recorded or kept", async () => {
  await show();
  expect(leavingAsks()).toBe(false);
  await page.type(id.note, "surat");
  expect(leavingAsks()).toBe(true);
  office.refusals.declare = failure("OFFLINE");
  await page.press(id.say.present);
  expect(leavingAsks()).toBe(false);
  await page.press(id.discard);
  expect(leavingAsks()).toBe(true);
  office.refusals.declare = failure("THROTTLED");
  await page.press(id.say.present);
  expect(leavingAsks()).toBe(true);
  await page.press(id.say.present);
  expect(leavingAsks()).toBe(false);
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

it("says that it is old while an answer does not come, and takes one that comes late", async () => {
  clocks();
  await show("tenant-admin", "unit");
  let answer = (): void => undefined;
  const asked = vi.spyOn(office, "unitDay").mockImplementation(
    () =>
      new Promise((take) => {
        answer = () => take(new FakeOffice().unitDay("", "").then((told) => ({ ...told, asOf: at("10:22") })));
      }),
  );
  await pass(15_000);
  expect(text()).toContain(id.asOf("10.20 WITA"));
  await pass(10_000);
  expect(text()).toContain(id.stale("10.20"));
  await pass(8_000);
  // The next look is due, and waits for the one under way.
  expect(asked).toHaveBeenCalledTimes(1);
  await page.settle(answer);
  expect(text()).toContain(id.asOf("10.22 WITA"));
});

it("goes on saying that it is old while it tries again", async () => {
  clocks();
  await show("tenant-admin", "unit");
  office.refusals.unitDay = failure("DEADLINE_EXCEEDED");
  await pass(15_000);
  expect(text()).toContain(id.stale("10.20"));
  office.hanging.add("unitDay");
  await pass(15_000);
  expect(text()).toContain(id.stale("10.20"));
});

it("says at night who has not ended the day before", async () => {
  office.now = at("01:30");
  office.people = [{ ...(PEOPLE[3] as OfficePersonDay), openSince: at("22:05") - DAY_MS }];
  await show("head-of-unit", "unit");
  expect(text()).toContain(id.openSince("22.05"));
  page.close();
  // In the morning it only tells that they forgot.
  office.now = at("07:00");
  await show("head-of-unit", "unit");
  expect(text()).not.toContain(id.openSince("22.05"));
});

it("shows nobody under the name of another unit", async () => {
  await show("head-of-unit", "unit");
  for (const span of [id.now, id.byDay, id.byWeek]) {
    await choose(id.whichUnit, "");
    await page.press(span);
    expect(names()).toHaveLength(PEOPLE.length);
    const method = span === id.byWeek ? "unitWeek" : "unitDay";
    office.hanging.add(method);
    await choose(id.whichUnit, "u3");
    expect(names()).toEqual([]);
    expect(text()).toContain(id.loading);
    office.hanging.delete(method);
    office.refusals[method] = failure("OFFLINE");
    await choose(id.whichUnit, "u2");
    expect(names()).toEqual([]);
    expect(text()).toContain(app.errors.OFFLINE);
    await page.press(app.app.tryAgain);
    expect(names()).toHaveLength(2);
  }
});

it("has the date of the latest answer, also when it was left open over midnight", async () => {
  clocks();
  await show("head-of-unit", "unit");
  expect(page.root.querySelector(".on-paper")?.textContent).toContain("Selasa, 24 November 2026");
  office.today = "2026-11-25";
  office.now = at("00:00") + DAY_MS;
  await pass(15_000);
  expect(page.root.querySelector(".on-paper")?.textContent).toContain("Rabu, 25 November 2026");
  await page.press(id.byDay);
  await page.press(id.earlierDay);
  expect(office.asked.at(-1)).toBe("unitDay 2026-11-24 ");
});

it("counts the own week with the own day", async () => {
  clocks();
  await show();
  const weeks = () => office.asked.filter((one) => one.startsWith("ownWeek")).length;
  expect(weeks()).toBe(1);
  await pass(60_000);
  expect(weeks()).toBe(2);
  // Once the answer is of another week than it shows, that week stands still.
  office.now += 7 * DAY_MS;
  await pass(60_000);
  await pass(60_000);
  expect(weeks()).toBe(3);
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
  expect(office.asked.at(-1)).toBe("file day pdf  ");
  expect(text()).toContain(id.downloaded);
  await page.press(id.byWeek);
  await choose(id.whichUnit, "u3");
  office.refusals.file = failure("UNAVAILABLE");
  await page.press(id.downloadAs("XLSX"));
  expect(text()).toContain(app.errors.UNAVAILABLE);
  await page.press(id.downloadAs("XLSX"));
  expect(office.asked.at(-1)).toBe("file week xlsx 2026-11-24 u3");
});
