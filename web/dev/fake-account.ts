// Who is signed in, without servers.
import { signal } from "@preact/signals-core";
import type { FailureError } from "../src/client/contract";
import type { Account, AccountSession } from "../src/client/host-contract";
import { refuseOrHang } from "./refusing";

export const ACCOUNT: Account = {
  id: "a1",
  user: "andi.baso",
  name: "Drs. H. Andi Baso Mappatoba, M.Si",
  role: "host",
  tenantName: "Kabupaten Luwu",
};

type Method = "restore" | "signIn" | "accessToken";

export class FakeAccount implements AccountSession {
  readonly account = signal<Account | null | undefined>(undefined);
  /** Whether the refresh cookie still holds. */
  signedIn = true;
  /** What the next call of each method is refused with. */
  readonly refusals: Partial<Record<Method, FailureError>> = {};
  /** Calls of these never come to an end. */
  readonly hanging = new Set<Method>();

  /** Whoever signs in is this one. */
  constructor(readonly as: Account = ACCOUNT) {}

  async restore(): Promise<void> {
    await refuseOrHang(this, "restore");
    this.account.value = this.signedIn ? this.as : null;
  }

  async signIn(user: string, _password: string): Promise<Account> {
    await refuseOrHang(this, "signIn");
    const account = { ...this.as, user };
    this.account.value = account;
    return account;
  }

  async signOut(): Promise<void> {
    this.account.value = null;
  }

  async accessToken(): Promise<string> {
    await refuseOrHang(this, "accessToken");
    return "access-token";
  }
}
