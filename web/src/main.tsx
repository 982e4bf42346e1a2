// The browser's entry: the pages with the real client behind them, each part fetched when it is needed.
import { render } from "preact";
import type { accountSession } from "./client/account-session";
import { App } from "./ui/app";
import { restoreLanguage } from "./ui/i18n/language";
import { readAddress } from "./ui/route";
import type { Services } from "./ui/services";
import { applyTheme } from "./ui/theme";
import "./ui/styles/tokens.css";
import "./ui/styles/base.css";
import "./ui/styles/join.css";

/** One for the whole page: a refresh token works once. */
let account: Promise<ReturnType<typeof accountSession>> | null = null;
const loadAccount = () => {
  account ??= import("./client/account-session").then(
    (part) => part.accountSession(),
    (error: unknown) => {
      // The next try fetches it again.
      account = null;
      throw error;
    },
  );
  return account;
};

const services: Services = {
  loadAccount,
  loadOpenSession: async () => (await import("./client/open-session")).openSession,
  loadAdminApi: async () => (await import("./client/admin-api")).adminApi(await loadAccount()),
  loadOfficeApi: async () => (await import("./client/office-api")).officeApi(await loadAccount()),
  loadWhetherOpen: async () => (await import("./client/opening")).whetherOpen,
  loadCalendar: async () => (await import("./client/invitation-calendar")).invitationCalendar,
  loadHostApi: async () => (await import("./client/host-api")).hostApi(await loadAccount()),
  loadReportsApi: async () => (await import("./client/reports-api")).reportsApi(await loadAccount()),
  loadOwnDataApi: async () => (await import("./client/own-data-api")).ownDataApi(await loadAccount()),
};

const root = document.getElementById("app");
if (!root) throw new Error("index.html has no #app");
applyTheme()();
readAddress();
await restoreLanguage();
render(<App services={services} />, root);
