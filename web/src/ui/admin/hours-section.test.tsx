// Office hours by date, as an admin sets them. Today is Monday, 30 November 2026.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ACCOUNT, FakeAccount } from "../../../dev/fake-account";
import { FakeAdmin } from "../../../dev/fake-admin";
import { failure } from "../../../dev/fake-session";
import { type ShownPage, showPage } from "../../../dev/shown-page";
import { withRamadan } from "../../../dev/stands";
import { id as unsaved } from "../account/i18n/id";
import { id as app } from "../i18n/id";
import { AdminPage } from "./admin-page";
import { id } from "./i18n/id";

const w = id.hours;
const RAMADAN = "8 Februari 2027 sampai 9 Maret 2027";

let admin: FakeAdmin;
let page: ShownPage;

beforeEach(() => {
  // 23.00 in UTC is the next morning in Makassar.
  vi.useFakeTimers({ now: Date.parse("2026-11-29T23:00:00Z"), toFake: ["Date"] });
  admin = new FakeAdmin();
  history.replaceState(null, "", "/admin");
});

afterEach(() => {
  page.close();
  vi.useRealTimers();
});

async function show(prepare: (admin: FakeAdmin) => void = () => undefined): Promise<void> {
  prepare(admin);
  const account = { ...ACCOUNT, role: "tenant-admin" } as const;
  page = await showPage(<AdminPage session={new FakeAccount(account)} account={account} rest="jam-kerja" />, {
    loadAdminApi: async () => admin,
  });
}

const text = () => (page.root.textContent ?? "").replaceAll("\u2060", "");
const dialog = () => page.root.querySelector("dialog");
const changes = () => admin.current.officeHours.changes.map((one) => [one.from, one.toleranceMinutes]);
const tick = (label: string) =>
  page.settle(() => {
    const box = page.field(label);
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });
const inDialog = (selector: string) => page.settle(() => dialog()?.querySelector<HTMLElement>(selector)?.click());

describe("new office hours", () => {
  it("hold from today on, and days that are over keep theirs", async () => {
    await show();
    expect(page.field(w.first).value).toBe("2026-11-30");
    await page.type(w.tolerance, "5");
    expect(text()).not.toContain("dihitung ulang");
    await page.submit();
    expect(dialog()).toBeNull();
    expect(text()).toContain(id.saved);
    expect(admin.current.officeHours.toleranceMinutes).toBe(15);
    expect(changes()).toEqual([["2026-11-30", 5]]);
    expect(text()).toContain("Mulai 30 November 2026");
    expect(text()).toContain(w.history(1));
  });

  it("end on a day, after which it says what holds again", async () => {
    await show();
    await page.type(w.first, "2027-02-08");
    await tick(w.ends);
    await page.submit();
    expect(text()).toContain(w.wrong.until);
    expect(document.activeElement).toBe(page.field(w.last));
    await page.type(w.last, "2027-02-07");
    await page.submit();
    expect(page.field(w.last).getAttribute("aria-invalid")).toBe("true");
    await page.type(w.last, "2027-03-09");
    await page.type(w.toOf("Senin"), "15:00");
    expect(text()).toContain(w.after("10 Maret 2027", "Senin–Kamis 07.30–16.00, Jumat 07.00–16.00"));
    await page.submit();
    expect(changes()).toEqual([
      ["2027-02-08", 15],
      ["2027-03-10", 15],
    ]);
    expect(text()).toContain(RAMADAN);
    expect(text()).toContain("Senin 07.30–15.00, Selasa–Kamis 07.30–16.00, Jumat 07.00–16.00");
    expect(text()).toContain(id.saved);
    // The next ones are new again.
    expect(page.field(w.first).value).toBe("2026-11-30");
  });

  it.each(["", "2026-02-30", "2019-12-31", "2100-01-01"])("do not begin on %s", async (from) => {
    await show();
    // A browser gives a date of its field or nothing; this stands for one that has no such field.
    page.field(w.first).type = "text";
    await page.type(w.first, from);
    await page.type(w.tolerance, "241");
    await page.submit();
    expect(text()).toContain(w.wrong.from);
    expect(text()).toContain(w.wrong.tolerance);
    expect(document.activeElement).toBe(page.field(w.first));
    expect(admin.current.revision).toBe(1);
  });

  it("of days that are over ask first, and say which are counted anew", async () => {
    await show();
    await page.type(w.first, "2026-11-02");
    await page.type(w.tolerance, "5");
    const sentence = w.recounted("2 November 2026 sampai 29 November 2026");
    expect(text()).toContain(sentence);
    await page.submit();
    expect(dialog()?.textContent).toContain(sentence);
    expect(document.activeElement?.textContent).toBe(app.app.cancel);
    await page.press(app.app.cancel);
    expect(admin.current.revision).toBe(1);
    await page.submit();
    await inDialog(".danger");
    expect(changes()).toEqual([["2026-11-02", 5]]);
  });

  it("for good take the place of what was planned, which is asked about", async () => {
    await show(withRamadan);
    await page.type(w.tolerance, "5");
    await page.submit();
    expect(dialog()?.textContent).toContain(w.displaced("8 Februari 2027, 10 Maret 2027"));
    await inDialog(".danger");
    expect(changes().slice(-2)).toEqual([
      ["2026-08-03", 10],
      ["2026-11-30", 5],
    ]);
  });

  it("are saved on top of what somebody else has planned meanwhile", async () => {
    await show();
    admin.refusals.updateTenant = failure("CONFLICT", { field: "revision" });
    await tick(w.ends);
    await page.type(w.last, "2026-12-04");
    await page.type(w.tolerance, "5");
    withRamadan(admin);
    await page.submit();
    expect(text()).toContain(id.conflict.text);
    await page.press(id.conflict.mine);
    expect(changes().slice(2)).toEqual([
      ["2026-08-03", 10],
      ["2026-11-30", 5],
      ["2026-12-05", 10],
      ["2027-02-08", 15],
      ["2027-03-10", 10],
    ]);
  });

  it("that are typed while others are saved stay whole", async () => {
    await show();
    const save = admin.updateTenant.bind(admin);
    let answer: () => void = () => undefined;
    vi.spyOn(admin, "updateTenant").mockImplementationOnce(async (...change) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return save(...change);
    });
    await page.type(w.first, "2027-02-08");
    await page.type(w.tolerance, "5");
    await page.submit();
    await page.type(w.tolerance, "6");
    await page.settle(() => answer());
    expect([page.field(w.first).value, page.field(w.tolerance).value]).toEqual(["2027-02-08", "6"]);
    expect(text()).toContain(id.unsaved);
    await page.submit();
    expect(changes()).toEqual([["2027-02-08", 6]]);
  });

  it.each([
    ["office_hours.changes[0].from_date", w.wrong.from],
    ["office_hours.changes", w.wrong.many],
    ["office_hours.changes[0].days[1].to_minute", w.wrong.day],
    ["office_hours.changes[0].tolerance_minutes", w.wrong.tolerance],
  ])("say what the server refuses (%s)", async (field, sentence) => {
    await show();
    admin.refusals.updateTenant = failure("INVALID_FIELD", { field });
    await page.type(w.tolerance, "5");
    await page.submit();
    expect(text()).toContain(sentence);
    expect(document.activeElement?.getAttribute("aria-invalid")).toBe("true");
  });
});

describe("office hours that are there", () => {
  it("are shown as they hold now, come and held", async () => {
    await show(withRamadan);
    const parts = [...page.root.querySelectorAll(".hours-part")].map((part) => [
      part.querySelector("h3, summary")?.textContent,
      ...[...part.querySelectorAll(".hours-span")].map((span) => span.textContent),
    ]);
    expect(parts).toEqual([
      [w.now, "3 Agustus 2026 sampai 7 Februari 2027"],
      [w.coming, RAMADAN, "Mulai 10 Maret 2027"],
      [
        w.history(3),
        "20 Maret 2026 sampai 2 Agustus 2026",
        "19 Februari 2026 sampai 19 Maret 2026",
        "Sampai 18 Februari 2026",
      ],
    ]);
  });

  it("are corrected: Ramadan begins a day later", async () => {
    await show(withRamadan);
    await page.press(w.editNamed(RAMADAN));
    expect(document.activeElement?.textContent).toBe(w.editTitle(RAMADAN));
    expect(page.field(w.last).value).toBe("2027-03-09");
    expect(text()).not.toContain(id.unsaved);
    await page.type(w.first, "2027-02-09");
    await page.submit();
    expect(text()).toContain(id.saved);
    expect(changes().slice(3)).toEqual([
      ["2027-02-09", 15],
      ["2027-03-10", 10],
    ]);
    expect(text()).toContain(w.newTitle);
  });

  it("are corrected from the beginning, which counts those days anew", async () => {
    await show();
    await page.press(w.editNamed(w.always));
    expect(text()).not.toContain(w.first);
    await page.type(w.tolerance, "20");
    await page.submit();
    expect(dialog()?.textContent).toContain(w.recounted("Sampai 29 November 2026"));
    await inDialog(".danger");
    expect([admin.current.officeHours.toleranceMinutes, changes()]).toEqual([20, []]);
  });

  it("do not take away what is typed without a question", async () => {
    await show(withRamadan);
    await page.type(w.tolerance, "5");
    await page.press(w.editNamed(RAMADAN));
    expect(dialog()?.textContent).toContain(id.unsaved);
    await page.press(unsaved.keepTyping);
    expect(page.field(w.tolerance).value).toBe("5");
    await page.press(w.editNamed(RAMADAN));
    await page.press(unsaved.discard);
    expect(page.field(w.tolerance).value).toBe("15");
    expect(page.field(w.first).value).toBe("2027-02-08");
    await page.press(w.keep);
    expect(page.field(w.first).value).toBe("2026-11-30");
    expect(document.activeElement?.textContent).toBe(w.newTitle);
  });

  it("are removed after a question, and what is typed stays", async () => {
    await show(withRamadan);
    await page.type(w.tolerance, "5");
    await page.press(w.removeNamed(RAMADAN));
    expect(dialog()?.textContent).toContain("Mulai 8 Februari 2027 tetap berlaku jam kerja sebelumnya");
    expect(dialog()?.textContent).not.toContain("dihitung ulang");
    await page.press(id.remove);
    expect(dialog()).toBeNull();
    expect(changes().at(-1)).toEqual(["2026-08-03", 10]);
    expect(document.activeElement?.textContent).toBe(w.now);
    expect(page.field(w.tolerance).value).toBe("5");
    expect(text()).toContain(id.unsaved);
  });

  it("that are removed are not edited any more", async () => {
    await show(withRamadan);
    await page.press(w.editNamed(RAMADAN));
    await page.press(w.removeNamed(RAMADAN));
    await page.press(id.remove);
    expect(page.field(w.first).value).toBe("2026-11-30");
    expect(text()).toContain(w.newTitle);
    expect(text()).not.toContain(id.unsaved);
  });

  it("that held are removed only after it is said which days are counted anew", async () => {
    await show(withRamadan);
    await page.press(w.removeNamed("19 Februari 2026 sampai 19 Maret 2026"));
    expect(dialog()?.textContent).toContain(w.recounted("19 Februari 2026 sampai 19 Maret 2026"));
    await page.press(app.app.cancel);
    expect(admin.current.revision).toBe(1);
  });

  it("that somebody else has changed are read again before they are removed", async () => {
    await show(withRamadan);
    await page.press(w.removeNamed(RAMADAN));
    admin.refusals.updateTenant = failure("CONFLICT", { field: "revision" });
    admin.current = { ...admin.current, name: "Kabupaten lain", revision: 7 };
    await page.press(id.remove);
    expect(dialog()?.textContent).toContain(w.changed);
    expect(changes()).toHaveLength(5);
    await page.press(id.remove);
    expect(dialog()).toBeNull();
    expect(admin.current).toMatchObject({ name: "Kabupaten lain", revision: 8 });
    expect(changes()).toHaveLength(3);
  });
});
