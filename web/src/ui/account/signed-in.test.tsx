import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ACCOUNT, FakeAccount } from "../../../dev/fake-account";
import { failure } from "../../../dev/fake-session";
import { type ShownPage, showPage } from "../../../dev/shown-page";
import { id } from "../i18n/id";
import { guardLeaving, readAddress, route } from "../route";
import type { AccountPage, AccountPageProps } from "./pages";
import { SignedIn } from "./signed-in";

function Part({ account, rest }: AccountPageProps) {
  return (
    <label>
      {account.name} {rest}
      <input aria-label="isian" />
    </label>
  );
}

const PAGE: AccountPage = { key: "host", path: "/host", least: "host", load: async () => Part };

let account: FakeAccount;
let page: ShownPage;

beforeEach(() => {
  account = new FakeAccount();
  history.replaceState(null, "", "/host");
});

afterEach(() => page.close());

async function show(of: AccountPage | null = PAGE): Promise<void> {
  page = await showPage(<SignedIn page={of} rest="sisa" />, { loadAccount: async () => account });
}

const alert = () => page.root.querySelector("[role=alert]")?.textContent ?? "";
const signIn = async () => {
  await page.type(id.account.user, " andi.baso ");
  await page.type(id.account.password, "rahasia");
  await page.submit();
};

describe("signing in", () => {
  beforeEach(() => {
    account.signedIn = false;
  });

  it("names what is missing", async () => {
    await show();
    await page.submit();
    expect(page.root.textContent).toContain(id.account.userMissing);
    expect(page.root.textContent).toContain(id.account.passwordMissing);
    expect(document.activeElement).toBe(page.field(id.account.user));
  });

  it("says what was wrong, then shows the page", async () => {
    account.refusals.signIn = failure("WRONG_USER_OR_PASSWORD");
    await show();
    await signIn();
    expect(alert()).toContain(id.errors.WRONG_USER_OR_PASSWORD);
    await page.submit();
    expect(account.account.value?.user).toBe("andi.baso");
    expect(page.root.textContent).toContain(`${ACCOUNT.name} sisa`);
  });

  it("counts down after too many tries and sends nothing meanwhile", async () => {
    const asked = vi.spyOn(account, "signIn");
    account.refusals.signIn = failure("THROTTLED", { retryAfterMs: 20_000 });
    await show();
    await signIn();
    expect(alert()).toContain(id.join.waitSeconds(20));
    await page.submit();
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it("leads a host from the page of the sign-in to their meetings", async () => {
    history.replaceState(null, "", "/masuk");
    await show(null);
    await signIn();
    expect(location.pathname).toBe("/host");
  });
});

describe("a page of an account", () => {
  it("offers to try again when the account could not be looked up", async () => {
    account.refusals.restore = failure("OFFLINE");
    await show();
    expect(alert()).toContain(id.errors.OFFLINE);
    await page.press(id.app.tryAgain);
    expect(page.root.textContent).toContain(ACCOUNT.name);
  });

  it("says where one is, who one is, and is left by signing out", async () => {
    await show();
    expect(document.title).toBe(id.account.pageTitle(id.account.pages.host));
    const who = page.root.querySelector(".account-who")?.textContent ?? "";
    expect(who).toContain(ACCOUNT.name);
    expect(who).toContain(ACCOUNT.tenantName);
    expect(page.button(id.account.pages.host)).toBeTruthy();
    await page.press(id.account.signOut);
    expect(page.root.querySelector("h1")?.textContent).toBe(id.account.signInTitle);
    expect(page.root.querySelector("[aria-label=isian]")).toBeNull();
  });

  it("leaves nothing of the account on the device once signed out", async () => {
    localStorage.setItem(`sipulung.office.unsent.${ACCOUNT.id}`, "{}");
    localStorage.setItem("sipulung.office.unsent.other", "{}");
    localStorage.setItem("sipulung.theme", "dark");
    await show();
    await page.press(id.account.signOut);
    expect(Object.keys(localStorage).sort()).toEqual(["sipulung.office.unsent.other", "sipulung.theme"]);
    localStorage.clear();
  });

  it("opens and closes the menu of a phone, by keyboard too", async () => {
    await show();
    const menu = page.button(id.account.menu);
    expect(menu.getAttribute("aria-expanded")).toBe("false");
    await page.press(id.account.menu);
    expect(menu.getAttribute("aria-expanded")).toBe("true");
    menu.focus();
    await page.key("Escape");
    expect(menu.getAttribute("aria-expanded")).toBe("false");
  });

  it("tells somebody whose role is too small, and what they can do", async () => {
    account = new FakeAccount({ ...ACCOUNT, role: "participant" });
    await show();
    expect(page.root.textContent).toContain(id.account.refused(id.account.pages.host));
    expect(page.has(id.join.title)).toBe(true);
    expect(page.root.querySelector("[aria-label=isian]")).toBeNull();
  });

  it("keeps what was typed when the session ends, until the same person is back", async () => {
    await show();
    await page.type("isian", "belum disimpan");
    await page.settle(() => {
      account.account.value = null;
    });
    expect(page.root.textContent).toContain(id.account.sessionEnded);
    expect(page.field("isian").closest("[hidden]")).not.toBeNull();
    await signIn();
    expect(page.field("isian").value).toBe("belum disimpan");
    expect(page.field("isian").closest("[hidden]")).toBeNull();
  });

  it("shows nobody what somebody else typed", async () => {
    await show();
    await page.type("isian", "rahasia");
    await page.settle(() => {
      account.account.value = { ...ACCOUNT, id: "a2" };
    });
    expect(page.field("isian").value).toBe("");
  });
});

describe("leaving a page", () => {
  it("waits for its guard, also for the browser's back button", async () => {
    await show();
    readAddress();
    const asked: (() => void)[] = [];
    const stop = guardLeaving((leave) => asked.push(leave));
    await page.press(id.app.name);
    expect(location.pathname).toBe("/host");
    expect(route.value.page).toBe("account");
    asked[0]?.();
    expect(location.pathname).toBe("/");
    expect(route.value.page).toBe("join");
    stop();
  });
});
