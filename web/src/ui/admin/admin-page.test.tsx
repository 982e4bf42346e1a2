import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ACCOUNT, FakeAccount } from "../../../dev/fake-account";
import { FakeAdmin, UNITS } from "../../../dev/fake-admin";
import { failure } from "../../../dev/fake-session";
import { type ShownPage, showPage } from "../../../dev/shown-page";
import { id as unsaved } from "../account/i18n/id";
import { id as app } from "../i18n/id";
import { navigate } from "../route";
import { AdminPage } from "./admin-page";
import { id } from "./i18n/id";
import { LetterheadSection } from "./letterhead-section";

let admin: FakeAdmin;
let page: ShownPage;

beforeEach(() => {
  admin = new FakeAdmin();
  history.replaceState(null, "", "/admin");
});

afterEach(() => page.close());

async function show(rest = ""): Promise<void> {
  const account = { ...ACCOUNT, role: "tenant-admin" } as const;
  page = await showPage(<AdminPage session={new FakeAccount(account)} account={account} rest={rest} />, {
    loadAdminApi: async () => admin,
  });
}

const text = () => page.root.textContent ?? "";
const rows = () => [...page.root.querySelectorAll<HTMLElement>("[role=treeitem]")];
const focused = () => document.activeElement?.querySelector(".unit-name")?.textContent ?? "";
const dialog = () => page.root.querySelector("dialog");
const choose = (label: string, value: string) =>
  page.settle(() => {
    const select = page.field(label);
    select.value = value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
const submit = () =>
  page.settle(() =>
    (dialog() ?? page.root)
      .querySelector("form")
      ?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })),
  );

it("says when it cannot be loaded, and tries again", async () => {
  admin.refusals.tenant = failure("UNAVAILABLE");
  await show();
  expect(text()).toContain(app.errors.UNAVAILABLE);
  await page.press(app.app.tryAgain);
  expect(rows()).toHaveLength(UNITS.length);
});

describe("units", () => {
  it("are walked through, closed and opened by keyboard", async () => {
    await show();
    rows()[0]?.focus();
    await page.key("ArrowDown");
    expect(focused()).toBe("Bidang Informasi dan Komunikasi Publik");
    await page.key("ArrowLeft");
    expect(focused()).toBe(UNITS[1]?.name);
    await page.key("ArrowLeft");
    expect(rows()).toHaveLength(3);
    expect(rows()[0]?.getAttribute("aria-expanded")).toBe("false");
    await page.key("ArrowRight");
    expect(rows()).toHaveLength(6);
    await page.key("End");
    expect(focused()).toBe("Sekretariat Daerah");
    await page.key("Home");
    await page.key("Enter");
    expect(page.field(id.units.name).value).toBe(UNITS[1]?.name);
  });

  it("are made below another one, and say what is wrong at the field", async () => {
    await show();
    await page.press(id.units.add);
    await submit();
    expect(text()).toContain(id.units.wrong.name);
    await page.type(id.units.name, "Bidang Persandian");
    await choose(id.units.parent, "u2");
    admin.refusals.createUnit = failure("CONFLICT", { field: "name" });
    await submit();
    expect(text()).toContain(id.units.wrong.taken);
    expect(page.field(id.units.name).getAttribute("aria-invalid")).toBe("true");
    await submit();
    expect(dialog()).toBeNull();
    expect(admin.all.at(-1)).toMatchObject({ name: "Bidang Persandian", parentId: "u2" });
    expect(rows()).toHaveLength(7);
  });

  it("are not moved below themselves", async () => {
    await show();
    await page.settle(() => rows()[0]?.click());
    const options = [...(page.root.querySelector("select")?.options ?? [])].map((one) => one.value);
    expect(options).toEqual(["", "u6", "u1"]);
  });

  it("keep what was typed when somebody else was first", async () => {
    await show();
    await page.settle(() => rows()[0]?.click());
    await page.type(id.units.name, "Dinas Kominfo");
    admin.refusals.updateUnit = failure("CONFLICT", { field: "revision" });
    admin.all = admin.all.map((one) => (one.id === "u2" ? { ...one, name: "Diskominfo", revision: 5 } : one));
    await submit();
    expect(text()).toContain(id.conflict.text);
    expect(page.field(id.units.name).value).toBe("Dinas Kominfo");
    await page.press(id.conflict.newest);
    expect(page.field(id.units.name).value).toBe("Diskominfo");
  });

  it("are deleted after a question, unless they are not empty", async () => {
    await show();
    await page.settle(() => rows()[5]?.click());
    await page.press(id.remove);
    admin.refusals.deleteUnit = failure("WRONG_STATE");
    await page.press(id.remove);
    expect(text()).toContain(id.units.notEmpty);
    await page.press(id.remove);
    expect(admin.all.some((one) => one.id === "u1")).toBe(false);
    expect(rows()).toHaveLength(5);
  });

  it("ask before a dialog with something typed is closed", async () => {
    await show();
    await page.press(id.units.add);
    await page.type(id.units.name, "Dinas");
    await page.press(app.app.cancel);
    expect(text()).toContain(id.unsaved);
    await page.press(unsaved.keepTyping);
    expect(page.field(id.units.name).value).toBe("Dinas");
    await page.press(app.app.cancel);
    await page.press(unsaved.discard);
    expect(dialog()).toBeNull();
  });
});

describe("what somebody else has changed meanwhile", () => {
  const conflict = () => failure("CONFLICT", { field: "revision" });
  const told = () => document.activeElement?.textContent ?? "";

  it.each([
    ["jam-kerja", () => page.type(id.hours.tolerance, "45")],
    ["hari-libur", () => page.press(page.root.querySelector(".holidays button")?.getAttribute("aria-label") ?? "")],
    ["kop-surat", () => page.type(id.letterhead.place, "Belopa")],
    ["instansi", () => page.type(id.tenant.name, "Kabupaten Luwu Raya")],
  ])("is said in the form of %s, in view and with the focus", async (section, change) => {
    const seen = vi.spyOn(HTMLElement.prototype, "scrollIntoView");
    await show(section);
    admin.refusals.updateTenant = conflict();
    await change();
    await submit();
    expect(told()).toContain(id.conflict.text);
    expect(seen).toHaveBeenCalled();
    await page.press(id.conflict.mine);
    expect(document.activeElement).toBe(page.button(id.save));
    expect(text()).toContain(id.saved);
  });

  it("is said in the dialog of an account, and the focus goes on to saving", async () => {
    await show("akun");
    await page.press(id.accounts.editNamed("Budi Santoso, S.STP"));
    admin.refusals.updateAccount = conflict();
    await page.type(id.accounts.name, "Budi Santoso, M.Si");
    await submit();
    expect(told()).toContain(id.conflict.text);
    page.button(id.conflict.newest).focus();
    await page.press(id.conflict.newest);
    expect(document.activeElement).toBe(page.button(id.save));
    expect(page.field(id.accounts.name).value).toBe("Budi Santoso, S.STP");
  });

  it("is said in the dialog of a unit, also when it was to be deleted", async () => {
    await show();
    await page.settle(() => rows()[5]?.click());
    admin.refusals.deleteUnit = conflict();
    await page.press(id.remove);
    await page.press(id.remove);
    expect(told()).toContain(id.conflict.text);
    expect(admin.all).toHaveLength(UNITS.length);
  });

  it("is a question with the focus when a dialog is closed with something typed", async () => {
    await show();
    await page.press(id.units.add);
    await page.type(id.units.name, "Dinas");
    await page.press(app.app.cancel);
    expect(told()).toContain(id.unsaved);
    page.button(unsaved.keepTyping).focus();
    await page.press(unsaved.keepTyping);
    expect(document.activeElement).toBe(page.button(id.save));
  });
});

describe("accounts", () => {
  it("are searched, and shown page by page", async () => {
    vi.useFakeTimers();
    admin.pageSize = 3;
    await show("akun");
    expect(page.root.querySelectorAll(".account-card")).toHaveLength(3);
    await page.press(id.accounts.more);
    expect(page.root.querySelectorAll(".account-card")).toHaveLength(4);
    await page.type(id.accounts.search, "santoso");
    await page.settle(() => vi.advanceTimersByTime(400));
    expect(page.root.querySelectorAll(".account-card")).toHaveLength(1);
    await page.type(id.accounts.search, "zulkifli");
    await page.settle(() => vi.advanceTimersByTime(400));
    expect(text()).toContain(id.accounts.none("zulkifli"));
    vi.useRealTimers();
  });

  it("are made with a password that is shown once", async () => {
    await show("akun");
    await page.press(id.accounts.add);
    await submit();
    expect(text()).toContain(id.accounts.wrong.user);
    expect(text()).toContain(id.accounts.wrong.name);
    await page.type(id.accounts.name, "Siti Aminah");
    await page.type(id.accounts.user, "Siti.Aminah");
    await page.type(id.accounts.nip, "19780412 200501 1 003");
    await choose(id.accounts.role, "host");
    await choose(id.accounts.unit, "u3");
    admin.refusals.createAccount = failure("CONFLICT", { field: "account.nip" });
    await submit();
    expect(text()).toContain(id.accounts.wrong.nipTaken);
    await submit();
    expect(text()).toContain("siti.aminah@luwu");
    expect(text()).toContain("padi-hijau-77-sirih");
    expect(admin.people.at(-1)).toMatchObject({ role: "host", unitId: "u3", nip: "197804122005011003" });
    await page.press(id.accounts.done);
    expect(text()).not.toContain("padi-hijau-77-sirih");
    expect(text()).toContain("Siti Aminah");
  });

  it("are disabled after a question and enabled again; one's own is not", async () => {
    await show("akun");
    await page.press(id.accounts.editNamed("Budi Santoso, S.STP"));
    await page.press(id.accounts.disable);
    await page.press(id.accounts.disable);
    expect(admin.people[2]?.disabled).toBe(true);
    await page.press(id.accounts.editNamed("Budi Santoso, S.STP"));
    await page.press(id.accounts.enable);
    expect(admin.people[2]?.disabled).toBe(false);
    await page.press(id.accounts.editNamed(ACCOUNT.name));
    expect(text()).toContain(id.accounts.own);
    expect(page.has(id.accounts.disable)).toBe(false);
  });

  it("get a new password", async () => {
    await show("akun");
    await page.press(id.accounts.editNamed("Budi Santoso, S.STP"));
    await page.press(id.accounts.reset);
    await page.press(id.accounts.reset);
    expect(text()).toContain("kopi-toraja-42-pinang");
  });
});

describe("settings of the tenant", () => {
  it("are saved, and only the part that is shown", async () => {
    const update = vi.spyOn(admin, "updateTenant");
    await show("jam-kerja");
    await page.type(id.hours.tolerance, "241");
    await submit();
    expect(text()).toContain(id.hours.wrong.tolerance);
    await page.type(id.hours.tolerance, "30");
    await page.type(id.hours.fromOf("Senin"), "17:00");
    await submit();
    expect(text()).toContain(id.hours.wrong.day);
    await page.type(id.hours.fromOf("Senin"), "08:00");
    await submit();
    expect(text()).toContain(id.saved);
    const [revision, change] = update.mock.calls[0] ?? [];
    expect(revision).toBe(1);
    expect(Object.keys(change ?? {})).toEqual(["officeHours"]);
    expect(admin.current.officeHours.holidays).toHaveLength(3);
    const [changed] = admin.current.officeHours.changes;
    expect(changed).toMatchObject({ toleranceMinutes: 30 });
    expect(changed?.days[0]).toEqual({ weekday: 1, from: 480, to: 960 });
  });

  it("keep what was typed when somebody else was first, and save it on top of the newest", async () => {
    await show("jam-kerja");
    admin.refusals.updateTenant = failure("CONFLICT", { field: "revision" });
    admin.current = { ...admin.current, name: "Kabupaten lain", revision: 7 };
    await page.type(id.hours.tolerance, "45");
    await submit();
    expect(text()).toContain(id.conflict.text);
    expect(page.field(id.hours.tolerance).value).toBe("45");
    await page.press(id.conflict.mine);
    expect(admin.current).toMatchObject({ name: "Kabupaten lain", revision: 8 });
    expect(admin.current.officeHours.changes.map((one) => one.toleranceMinutes)).toEqual([45]);
  });

  it("show what the server refuses at its field", async () => {
    await show("kop-surat");
    admin.refusals.updateTenant = failure("INVALID_FIELD", { field: "letterhead.titles[1]" });
    await page.type(id.letterhead.title(1), "PEMERINTAH");
    await submit();
    expect(page.field(id.letterhead.title(2)).getAttribute("aria-invalid")).toBe("true");
    expect(text()).toContain(id.letterhead.wrong.titles);
  });

  it("are not left by accident", async () => {
    await show("instansi");
    await page.type(id.tenant.name, "Kabupaten Luwu Raya");
    await page.settle(() => navigate("/"));
    expect(location.pathname).toBe("/admin");
    expect(text()).toContain(unsaved.text);
    await page.press(unsaved.stay);
    await page.settle(() => navigate("/"));
    await page.press(unsaved.discard);
    expect(location.pathname).toBe("/");
  });

  it("ask before attendance is kept for a shorter time", async () => {
    await show("instansi");
    await page.type(id.tenant.days, "0");
    await submit();
    expect(text()).toContain(id.tenant.wrong.days);
    await page.type(id.tenant.days, "90");
    await submit();
    expect(text()).toContain(id.tenant.shorterText(90));
    expect(admin.current.retention.days).toBe(0);
    await page.settle(() => dialog()?.querySelector<HTMLElement>(".danger")?.click());
    expect(admin.current.retention.days).toBe(90);
    expect(admin.current.retention.auditDays).toBe(0);
  });

  it("ask before the audit log is kept for a shorter time, which is 30 days at least", async () => {
    await show("instansi");
    await page.type(id.tenant.auditDays, "29");
    await submit();
    expect(text()).toContain(id.tenant.wrong.auditDays);
    await page.type(id.tenant.auditDays, "365");
    await submit();
    expect(text()).toContain(id.tenant.shorterAuditText(365));
    expect(text()).not.toContain(id.tenant.shorterText(730));
    await page.settle(() => dialog()?.querySelector<HTMLElement>(".danger")?.click());
    expect(admin.current.retention).toMatchObject({ days: 0, auditDays: 365 });
    // A longer time takes nothing away.
    await page.type(id.tenant.auditDays, "3650");
    await submit();
    expect(admin.current.retention.auditDays).toBe(3650);
  });
});

describe("holidays", () => {
  it("are added, pasted and removed, and saved together", async () => {
    await show("hari-libur");
    await page.press(id.holidays.add);
    expect(text()).toContain(id.holidays.wrong.date);
    await page.type(id.holidays.date, "2026-05-01");
    await page.type(id.holidays.name, "Hari Buruh");
    await page.press(id.holidays.add);
    await page.settle(() => {
      const area = page.root.querySelector("textarea");
      if (!area) throw new Error("there is no place to paste into");
      area.value = "2026-06-01 Hari Lahir Pancasila\n2026-08-17 HUT RI";
      area.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await page.press(id.holidays.pasteAdd);
    expect(text()).toContain(id.holidays.pasted(2));
    await page.press(id.removeNamed("Jumat, 25 Desember 2026 Hari Raya Natal"));
    await submit();
    expect(admin.current.officeHours.holidays).toEqual([
      { date: "2026-05-01", name: "Hari Buruh" },
      { date: "2026-06-01", name: "Hari Lahir Pancasila" },
      { date: "2026-08-17", name: "HUT RI" },
      { date: "2027-01-01", name: "Tahun Baru" },
    ]);
    expect(admin.current.officeHours.days).toHaveLength(5);
  });
});

describe("the letterhead", () => {
  it("is seen as it will be printed, with its logo", async () => {
    let outcome: { png: string } | "unreadable" = "unreadable";
    page = await showPage(
      <LetterheadSection
        api={admin}
        tenant={admin.current}
        onTenant={() => undefined}
        convert={() => Promise.resolve(outcome)}
      />,
    );
    const paper = () => page.root.querySelector(".paper")?.textContent ?? "";
    await page.type(id.letterhead.title(1), "<b>PEMERINTAH</b>");
    expect(paper()).toContain("<b>PEMERINTAH</b>");
    const pick = () =>
      page.settle(() => {
        const input = page.root.querySelector<HTMLInputElement>("input[type=file]");
        Object.defineProperty(input, "files", { value: [new Blob(["x"])], configurable: true });
        input?.dispatchEvent(new Event("change", { bubbles: true }));
      });
    await pick();
    expect(text()).toContain(id.letterhead.wrong.logo);
    outcome = { png: "aWs=" };
    await pick();
    expect(page.root.querySelector(".paper img")?.getAttribute("src")).toBe("data:image/png;base64,aWs=");
    await submit();
    expect(admin.current.letterhead).toMatchObject({
      logo: "aWs=",
      titles: ["<b>PEMERINTAH</b>", "DINAS KOMUNIKASI DAN INFORMATIKA"],
    });
  });
});
