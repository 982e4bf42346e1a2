// Who is signed in: the holder of the access token, and every call that carries it. Small: no protobuf, no socket.
import { type ReadonlySignal, signal } from "@preact/signals-core";
import { SessionFailure } from "../protocol/failure";
import { callHttp, fetchFile, type Method, numberOf, objectOf, stringOf } from "../protocol/http-api";
import type { Account, AccountSession } from "./host-contract";
import { rememberSignedIn } from "./this-device";

export type Json = Record<string, unknown>;

/** What the clients of the account's JSON API (`host-api.ts` and its like) call with. Rejects with SessionFailure. */
export interface AuthorisedCalls {
  /** Aborted by `signal`, it rejects with its reason. */
  call(method: Method, path: string, body?: Json | Blob, signal?: AbortSignal): Promise<Json>;
  /** A file; one that takes long to make is given a deadline of its own. */
  /** `body`: it is made by a POST. */
  file(path: string, deadlineMs?: number, body?: Json): Promise<Blob>;
  /** Whatever else carries the access token: once more with a new one where the old one has expired. */
  authorised<T>(send: (bearer: string) => Promise<T>): Promise<T>;
}

/** An access token with less than this left is refreshed first, so that it does not expire on its way. */
const REFRESH_BEFORE_MS = 30_000;
const ROLES: Readonly<Record<string, Account["role"]>> = {
  HOST: "host",
  HEAD_OF_UNIT: "head-of-unit",
  TENANT_ADMIN: "tenant-admin",
  PROVINCE_OPERATOR: "province-operator",
};

class SignedInAccount implements AccountSession, AuthorisedCalls {
  readonly #account = signal<Account | null | undefined>(undefined);
  readonly account: ReadonlySignal<Account | null | undefined> = this.#account;
  #token = "";
  #expiresAt = 0;
  /** One refresh at a time: a refresh token works once, and a second use of it signs everything out. */
  #refreshing: Promise<void> | null = null;

  async restore(): Promise<void> {
    try {
      await this.#refresh();
    } catch (error) {
      if (!(error instanceof SessionFailure)) throw error;
      // Offline is not signed out, but there is nothing to show without an account.
      this.#forget();
      if (error.failure.code !== "UNAUTHENTICATED" && error.failure.code !== "TOKEN_EXPIRED") throw error;
    }
  }

  async signIn(user: string, password: string): Promise<Account> {
    return this.#accept(await callHttp("POST", "/api/v1/sign-in", { body: { user: user.trim(), password } }));
  }

  async signOut(): Promise<void> {
    try {
      await callHttp("POST", "/api/v1/session/sign-out", { body: {} });
    } finally {
      rememberSignedIn("");
      this.#forget();
    }
  }

  async accessToken(): Promise<string> {
    if (!this.#token || this.#expiresAt - performance.now() < REFRESH_BEFORE_MS) await this.#refresh();
    return this.#token;
  }

  call(method: Method, path: string, body?: Json | Blob, signal?: AbortSignal): Promise<Json> {
    return this.authorised((bearer) => {
      // While the token was refreshed nobody listened.
      signal?.throwIfAborted();
      return callHttp(method, path, { bearer, body, ...(signal && { signal }) });
    });
  }

  file(path: string, deadlineMs?: number, body?: Json): Promise<Blob> {
    const more = { ...(deadlineMs && { deadlineMs }), ...(body && { body }) };
    return this.authorised((bearer) => fetchFile(path, { bearer, ...more }));
  }

  async authorised<T>(send: (bearer: string) => Promise<T>): Promise<T> {
    const bearer = await this.accessToken();
    try {
      return await send(bearer);
    } catch (error) {
      if (!(error instanceof SessionFailure) || error.failure.code !== "TOKEN_EXPIRED") throw error;
      // The clock of a laptop that slept: once more with a new token.
      await this.#refresh();
      return send(this.#token);
    }
  }

  #refresh(): Promise<void> {
    this.#refreshing ??= callHttp("POST", "/api/v1/session/refresh", { body: {} })
      .then((answer) => {
        this.#accept(answer);
      })
      .catch((error: unknown) => {
        if (error instanceof SessionFailure && error.failure.code === "UNAUTHENTICATED") {
          rememberSignedIn("");
          this.#forget();
        }
        throw error;
      })
      .finally(() => {
        this.#refreshing = null;
      });
    return this.#refreshing;
  }

  #accept(answer: Json): Account {
    const account = objectOf(answer, "account");
    this.#token = stringOf(answer, "access_token");
    this.#expiresAt = performance.now() + numberOf(answer, "expires_in_s") * 1000;
    const signedIn: Account = {
      id: stringOf(account, "account_id"),
      user: stringOf(account, "user"),
      name: stringOf(account, "name"),
      role: ROLES[stringOf(account, "role")] ?? "participant",
      tenantName: stringOf(answer, "tenant_name"),
    };
    this.#account.value = signedIn;
    rememberSignedIn(signedIn.name);
    return signedIn;
  }

  #forget(): void {
    this.#token = "";
    this.#expiresAt = 0;
    this.#account.value = null;
  }
}

/** Of this page: there is one, which all clients of the API share. */
export function accountSession(): AccountSession & AuthorisedCalls {
  return new SignedInAccount();
}
