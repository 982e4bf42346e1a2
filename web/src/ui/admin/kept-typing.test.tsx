// Nothing that was typed on the admin page is lost, and nothing is called saved that is not.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ACCOUNT, FakeAccount } from "../../../dev/fake-account";
import { FakeAdmin, managed, UNITS } from "../../../dev/fake-admin";
import { failure } from "../../../dev/fake-session";
import { type ShownPage, showPage } from "../../../dev/shown-page";
import { id as unsaved } from "../account/i18n/id";
import { id as app } from "../i18n/id";
import { navigate } from "../route";
import { AdminPage } from "./admin-page";
import { MOST_PAGES } from "./find-account";
import { id } from "./i18n/id";

const BUDI = "Budi Santoso, S.STP";
const ROSMINI = "Hj. Rosmini Daeng Tayang";

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

const conflict = () => failure("CONFLICT", { field: "revision" });
const text = () => page.root.textContent ?? "";
const dialog = () => page.root.querySelector("dialog");
const submit = () =>
  page.settle(() =>
    (dialog() ?? page.root)
      .querySelector("form")
      ?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })),
  );
const paste = (lines: string) =>
  page.settle(() => {
    const area = page.root.querySelector("textarea");
    if (!area) throw new Error("there is no place to paste into");
    area.value = lines;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
const person = (user: string) => admin.people.find((one) => one.user === user);

describe("a refused act on an account", () => {
  beforeEach(async () => {
    await show("akun");
  });

  const enableRefused = async () => {
    await page.press(id.accounts.editNamed(ROSMINI));
    admin.refusals.enableAccount = conflict();
    await page.press(id.accounts.enable);
    expect(text()).toContain(id.conflict.text);
  };

  it("is the one that is repeated: an account that was to be enabled is enabled", async () => {
    await enableRefused();
    admin.people = admin.people.map((one) =>
      one.name === ROSMINI ? { ...one, nip: "1".repeat(18), revision: 4 } : one,
    );
    await page.press(id.conflict.mine);
    expect(dialog()).toBeNull();
    expect(person("hj.rosmini.daeng.tayang")).toMatchObject({ disabled: false, nip: "1".repeat(18), revision: 4 });
  });

  it("keeps what was typed after the conflict when it is repeated", async () => {
    await enableRefused();
    await page.type(id.accounts.name, "Hj. Rosmini");
    await page.press(id.conflict.mine);
    expect(person("hj.rosmini.daeng.tayang")?.disabled).toBe(false);
    expect(page.field(id.accounts.name).value).toBe("Hj. Rosmini");
    await submit();
    expect(person("hj.rosmini.daeng.tayang")).toMatchObject({ disabled: false, name: "Hj. Rosmini" });
  });

  it("is not repeated when somebody else was first with the very same", async () => {
    await enableRefused();
    admin.people = admin.people.map((one) => (one.name === ROSMINI ? { ...one, disabled: false, revision: 4 } : one));
    admin.refusals.enableAccount = failure("UNAVAILABLE");
    await page.press(id.conflict.mine);
    expect(dialog()).toBeNull();
  });

  it("is repeated when it was to save, also what is again as it was at first", async () => {
    await page.press(id.accounts.editNamed(BUDI));
    await page.type(id.accounts.name, "Budi");
    admin.refusals.updateAccount = conflict();
    admin.people = admin.people.map((one) => (one.user === "budi" ? { ...one, name: "Budiman", revision: 4 } : one));
    await submit();
    await page.type(id.accounts.name, BUDI);
    await page.press(id.conflict.mine);
    expect(person("budi")).toMatchObject({ name: BUDI, revision: 5 });
  });
});

describe("an account that is looked up after a conflict", () => {
  beforeEach(async () => {
    await show("akun");
    await page.press(id.accounts.editNamed(BUDI));
    await page.type(id.accounts.name, "Budi Santoso, M.Si");
    admin.refusals.updateAccount = conflict();
    await submit();
  });

  it("is found on a later page of those whose names contain its own", async () => {
    const others = [1, 2, 3, 4, 5].map((number) => managed(`b${number}`, `Abudi ${"x".repeat(number)}`));
    admin.people = [...others, ...admin.people.map((one) => ({ ...one, revision: 4 }))];
    admin.pageSize = 2;
    await page.press(id.conflict.mine);
    expect(dialog()).toBeNull();
    expect(person("budi")).toMatchObject({ name: "Budi Santoso, M.Si", revision: 5 });
  });

  it.each([id.conflict.mine, id.conflict.newest])(
    "is said not to be there, and the draft stays (%s)",
    async (choice) => {
      admin.people = admin.people.filter((one) => one.user !== "budi");
      await page.press(choice);
      expect(text()).toContain(app.errors.NOT_FOUND);
      expect(page.field(id.accounts.name).value).toBe("Budi Santoso, M.Si");
    },
  );

  it("is not looked for without end", async () => {
    let asked = 0;
    admin.accounts = async () => ({ accounts: [], nextPage: String(++asked) });
    await page.settle(async () => {
      page.button(id.conflict.mine).click();
      for (let turn = 0; turn < 4 * MOST_PAGES; turn++) await Promise.resolve();
    });
    expect(text()).toContain(app.errors.NOT_FOUND);
    // One more is the list behind the dialog.
    expect(asked).toBe(MOST_PAGES + 1);
  });

  it("can be looked up again when that failed", async () => {
    admin.refusals.accounts = failure("UNAVAILABLE");
    await page.press(id.conflict.mine);
    expect(text()).toContain(app.errors.UNAVAILABLE);
    await page.press(id.conflict.mine);
    expect(person("budi")?.name).toBe("Budi Santoso, M.Si");
  });
});

describe("what an admin may not do any more", () => {
  it("is said for one's own account, whose role is no field", async () => {
    await show("akun");
    await page.press(id.accounts.editNamed(ACCOUNT.name));
    await page.type(id.accounts.name, "Andi Baso");
    admin.refusals.updateAccount = failure("PERMISSION_DENIED");
    await submit();
    expect(text()).toContain(app.errors.PERMISSION_DENIED);
    expect(page.field(id.accounts.name).value).toBe("Andi Baso");
  });

  it("is said at the role of another account only where that was changed", async () => {
    await show("akun");
    await page.press(id.accounts.editNamed(BUDI));
    await page.type(id.accounts.name, "Budi");
    admin.refusals.updateAccount = failure("PERMISSION_DENIED");
    await submit();
    expect(text()).toContain(app.errors.PERMISSION_DENIED);
    await page.settle(() => {
      const select = page.field(id.accounts.role);
      select.value = "tenant-admin";
      select.dispatchEvent(new Event("change", { bubbles: true }));
    });
    admin.refusals.updateAccount = failure("PERMISSION_DENIED");
    await submit();
    expect(text()).toContain(id.accounts.wrong.role);
    expect(text()).not.toContain(app.errors.PERMISSION_DENIED);
  });
});

describe("what is typed while something is being saved", () => {
  it("stays, on top of what was saved, and is saved next", async () => {
    await show("instansi");
    const save = admin.updateTenant.bind(admin);
    let answer: () => void = () => undefined;
    vi.spyOn(admin, "updateTenant").mockImplementationOnce(async (...change) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return save(...change);
    });
    await page.type(id.tenant.name, "Kabupaten Luwu Raya");
    await submit();
    await page.type(id.tenant.days, "90");
    await page.settle(() => answer());
    expect(admin.current.name).toBe("Kabupaten Luwu Raya");
    expect(page.field(id.tenant.days).value).toBe("90");
    expect(text()).toContain(id.unsaved);
  });
});

describe("a holiday that is typed, but not added", () => {
  const MAY_DAY = { date: "2026-05-01", name: "Hari Buruh" };

  beforeEach(async () => {
    await show("hari-libur");
  });

  it("is saved with the others", async () => {
    await page.type(id.holidays.date, MAY_DAY.date);
    await page.type(id.holidays.name, MAY_DAY.name);
    expect(text()).toContain(id.unsaved);
    await submit();
    expect(text()).toContain(id.saved);
    expect(admin.current.officeHours.holidays).toHaveLength(4);
    expect(admin.current.officeHours.holidays).toContainEqual(MAY_DAY);
    expect(page.field(id.holidays.name).value).toBe("");
  });

  it("is saved from pasted lines, together with a single one", async () => {
    await page.type(id.holidays.date, MAY_DAY.date);
    await page.type(id.holidays.name, MAY_DAY.name);
    await paste("2026-06-01 Hari Lahir Pancasila\n");
    await submit();
    expect(text()).toContain(id.saved);
    expect(admin.current.officeHours.holidays).toHaveLength(5);
    expect(page.root.querySelector("textarea")?.value).toBe("");
  });

  it("is refused at its field, which has the focus, and nothing is saved", async () => {
    await page.type(id.holidays.date, MAY_DAY.date);
    await submit();
    expect(text()).toContain(id.holidays.wrong.name);
    expect(document.activeElement).toBe(page.field(id.holidays.name));
    await page.type(id.holidays.date, "");
    await page.type(id.holidays.name, MAY_DAY.name);
    await submit();
    expect(text()).toContain(id.holidays.wrong.date);
    expect(document.activeElement).toBe(page.field(id.holidays.date));
    expect(text()).not.toContain(id.saved);
    expect(admin.current.revision).toBe(1);
  });

  it("is refused in the part for pasting, which opens", async () => {
    await paste("besok Hari Buruh");
    expect(page.root.querySelector("details")?.open).toBe(false);
    await submit();
    expect(text()).toContain(id.holidays.wrong.line(1, "besok Hari Buruh"));
    expect(page.root.querySelector("details")?.open).toBe(true);
    expect(document.activeElement).toBe(page.root.querySelector("textarea"));
    expect(admin.current.revision).toBe(1);
  });

  it("is kept through a conflict, also when it is typed after it", async () => {
    admin.refusals.updateTenant = conflict();
    await page.type(id.holidays.date, MAY_DAY.date);
    await page.type(id.holidays.name, MAY_DAY.name);
    await submit();
    await page.type(id.holidays.date, "2026-06-01");
    await page.type(id.holidays.name, "Hari Lahir Pancasila");
    await page.press(id.conflict.mine);
    expect(text()).toContain(id.saved);
    expect(admin.current.officeHours.holidays).toHaveLength(5);
  });

  it.each(["a name", "lines"])("asks before the page is left (%s)", async (what) => {
    if (what === "lines") await paste("2026-06-01 Hari Lahir Pancasila");
    else await page.type(id.holidays.name, MAY_DAY.name);
    await page.settle(() => navigate("/"));
    expect(location.pathname).toBe("/admin");
    expect(text()).toContain(unsaved.text);
  });
});

describe("something else in a dialog with something typed", () => {
  it.each([
    ["disable", BUDI, id.accounts.disable, id.accounts.disableText],
    ["reset", BUDI, id.accounts.reset, id.accounts.resetText],
  ])("asks before %s drops it", async (_, name, act, question) => {
    await show("akun");
    await page.press(id.accounts.editNamed(name));
    await page.type(id.accounts.name, "Budi");
    await page.press(act);
    expect(text()).toContain(id.unsaved);
    expect(text()).not.toContain(question);
    await page.press(unsaved.keepTyping);
    expect(page.field(id.accounts.name).value).toBe("Budi");
    await page.press(act);
    await page.press(unsaved.discard);
    expect(text()).toContain(question);
    await page.press(app.app.cancel);
    expect(page.field(id.accounts.name).value).toBe(name);
  });

  it("asks before an account is enabled", async () => {
    await show("akun");
    await page.press(id.accounts.editNamed(ROSMINI));
    await page.type(id.accounts.name, "Rosmini");
    await page.press(id.accounts.enable);
    expect(person("hj.rosmini.daeng.tayang")?.disabled).toBe(true);
    expect(text()).toContain(id.unsaved);
    // To close the dialog is another question than the one that was asked.
    await page.press(unsaved.keepTyping);
    await page.press(id.accounts.enable);
    await page.press(unsaved.discard);
    expect(dialog()).toBeNull();
    expect(person("hj.rosmini.daeng.tayang")).toMatchObject({ disabled: false, name: ROSMINI });
  });

  it("asks before the tab is closed", async () => {
    const closing = () => {
      const event = new Event("beforeunload", { cancelable: true });
      dispatchEvent(event);
      return !event.defaultPrevented;
    };
    await show("akun");
    await page.press(id.accounts.editNamed(BUDI));
    expect(closing()).toBe(true);
    await page.type(id.accounts.name, "Budi");
    expect(closing()).toBe(false);
  });

  it("does not close when Escape answers the question about another act", async () => {
    await show("akun");
    await page.press(id.accounts.editNamed(BUDI));
    await page.type(id.accounts.name, "Budi");
    await page.press(id.accounts.disable);
    await page.settle(() => dialog()?.dispatchEvent(new Event("cancel", { cancelable: true })));
    expect(page.field(id.accounts.name).value).toBe("Budi");
    expect(text()).toContain(id.unsaved);
  });

  it("asks before a unit is made below another one", async () => {
    await show();
    await page.settle(() => page.root.querySelector<HTMLElement>("[role=treeitem]")?.click());
    await page.type(id.units.name, "Diskominfo");
    await page.press(id.units.addBelow);
    expect(text()).toContain(id.unsaved);
    expect(page.field(id.units.name).value).toBe("Diskominfo");
    await page.press(unsaved.discard);
    expect(text()).toContain(id.units.newTitle);
    expect(page.field(id.units.name).value).toBe("");
  });
});

describe("a unit after a conflict", () => {
  const open = async (index: number) => {
    await show();
    await page.settle(() => page.root.querySelectorAll<HTMLElement>("[role=treeitem]")[index]?.click());
  };

  it("that was to be deleted is asked about again, and deleted", async () => {
    await open(5);
    admin.refusals.deleteUnit = conflict();
    await page.press(id.remove);
    await page.press(id.remove);
    admin.all = admin.all.map((one) => (one.id === "u1" ? { ...one, name: "Setda", revision: 4 } : one));
    await page.press(id.conflict.mine);
    expect(text()).toContain(id.units.deleteTitle("Setda"));
    await page.press(id.remove);
    expect(admin.all).toHaveLength(UNITS.length - 1);
  });

  it("that somebody has deleted is said not to be there, and what was typed stays", async () => {
    await open(5);
    await page.type(id.units.name, "Setda");
    admin.refusals.updateUnit = conflict();
    await submit();
    admin.all = admin.all.filter((one) => one.id !== "u1");
    await page.press(id.conflict.mine);
    expect(text()).toContain(app.errors.NOT_FOUND);
    expect(page.field(id.units.name).value).toBe("Setda");
  });
});
