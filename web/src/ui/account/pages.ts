// The pages that need an account, in the order in which the navigation lists them. A page is one line here, its name and what it
// is for in the catalogue (`account.pages`, `account.pageTexts`), and a component that takes AccountPageProps. Its path is
// also one of the client's routes in services/signaling/core/page.py.
import type { ComponentType } from "preact";
import type { Account, AccountSession } from "../../client/host-contract";

export interface AccountPageProps {
  readonly session: AccountSession;
  readonly account: Account;
  /** What follows the page's path in the address: "akun" of /admin/akun. */
  readonly rest: string;
}

export interface AccountPage {
  readonly key: "host" | "office" | "me" | "admin" | "verify";
  readonly path: string;
  /** The least role that may see it. */
  readonly least: Account["role"];
  readonly load: () => Promise<ComponentType<AccountPageProps>>;
}

export const SIGN_IN_PATH = "/masuk";

export const ACCOUNT_PAGES: readonly AccountPage[] = [
  { key: "host", path: "/host", least: "host", load: async () => (await import("../host/host-page")).HostPage },
  { key: "me", path: "/saya", least: "participant", load: async () => (await import("../me/me-page")).MePage },
  {
    key: "office",
    path: "/kantor",
    least: "participant",
    load: async () => (await import("../office/office-page")).OfficePage,
  },
  {
    key: "admin",
    path: "/admin",
    least: "tenant-admin",
    load: async () => (await import("../admin/admin-page")).AdminPage,
  },
  {
    key: "verify",
    path: "/periksa",
    least: "host",
    load: async () => (await import("../verify/verify-page")).VerifyPage,
  },
];

const RANKS = ["participant", "host", "head-of-unit", "tenant-admin", "province-operator"] as const;

export function maySee(role: Account["role"], page: AccountPage): boolean {
  return RANKS.indexOf(role) >= RANKS.indexOf(page.least);
}

/** Which page of an account the address names; null: none. `of` is null where one only signs in. */
export function accountPageAt(pathname: string): { readonly of: AccountPage | null; readonly rest: string } | null {
  const path = pathname.replace(/\/+$/, "");
  if (path === SIGN_IN_PATH) return { of: null, rest: "" };
  const page = ACCOUNT_PAGES.find((one) => path === one.path || path.startsWith(`${one.path}/`));
  return page ? { of: page, rest: path.slice(page.path.length + 1) } : null;
}

/** Where somebody of this role begins; null: on the page that says what they can do. */
export function homeOf(role: Account["role"], pages: readonly AccountPage[] = ACCOUNT_PAGES): AccountPage | null {
  const first = role === "participant" ? "office" : "host";
  return pages.find((page) => page.key === first && maySee(role, page)) ?? null;
}
