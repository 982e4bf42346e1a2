// Signing in, and what is there for whom.
import { failure } from "./fake-session";
import { click, found, type Scene, signedOut, type, wait, withAccount } from "./stands";

export const ACCOUNT_SCENES: Readonly<Record<string, Scene>> = {
  "account-restoring": withAccount(
    "/host",
    "host",
    (account) => account.hanging.add("restore"),
    () => wait(1200),
  ),
  "account-restore-failed": withAccount("/host", "host", (account) => {
    account.refusals.restore = failure("OFFLINE");
  }),
  "account-sign-in": withAccount("/masuk", "host", signedOut),
  "account-sign-in-wrong": withAccount(
    "/masuk",
    "host",
    (account) => {
      signedOut(account);
      account.refusals.signIn = failure("WRONG_USER_OR_PASSWORD");
    },
    async () => {
      await type("input[name=username]", "197804122005011003");
      await type("input[name=password]", "salah");
      await click("button[type=submit]");
    },
  ),
  "account-sign-in-disabled": withAccount(
    "/masuk",
    "host",
    (account) => {
      signedOut(account);
      account.refusals.signIn = failure("ACCOUNT_DISABLED");
    },
    async () => {
      await type("input[name=username]", "hj.rosmini");
      await type("input[name=password]", "padi-hijau-77");
      await click("button[type=submit]");
    },
  ),
  "account-session-ended": withAccount("/host", "host", undefined, async (account) => {
    await found(".host");
    account.account.value = null;
    await wait(60);
  }),
  "account-start": withAccount("/masuk", "participant"),
  "account-refused": withAccount("/host", "participant"),
  "account-menu": withAccount("/host", "tenant-admin", undefined, async () => {
    const menu = await found(".menu-button");
    if (menu.checkVisibility()) menu.click();
    await wait(60);
  }),
};
