// The account's side of the HTTP API. Loaded with the host's pages and small: no protobuf, no socket.
import { type ReadonlySignal, signal } from "@preact/signals-core";
import { failed, SessionFailure } from "../protocol/failure";
import { callHttp, numberOf, objectOf, stringOf } from "../protocol/http-api";
import type { Account, HostApi, HostMeeting } from "./contract";

type Json = Record<string, unknown>;

/** An access token with less than this left is refreshed first, so that it does not expire on its way. */
const REFRESH_BEFORE_MS = 30_000;
const ROLES: Readonly<Record<string, Account["role"]>> = {
  HOST: "host",
  HEAD_OF_UNIT: "head-of-unit",
  TENANT_ADMIN: "tenant-admin",
  PROVINCE_OPERATOR: "province-operator",
};
const STATES: Readonly<Record<string, HostMeeting["state"]>> = { NOT_OPEN: "not-open", ENDED: "ended" };

class SignedInHost implements HostApi {
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
      this.#forget();
    }
  }

  async listMeetings(): Promise<readonly HostMeeting[]> {
    const meetings: HostMeeting[] = [];
    let page = "";
    do {
      const query = page ? `?page_token=${encodeURIComponent(page)}` : "";
      const answer = await this.#call("GET", `/api/v1/meetings${query}`);
      for (const meeting of Array.isArray(answer.meetings) ? answer.meetings : [])
        meetings.push(meetingOf(meeting as Json));
      page = typeof answer.next_page_token === "string" ? answer.next_page_token : "";
    } while (page);
    return meetings;
  }

  async createMeeting(request: { title: string; password?: string; opensAt?: number }) {
    const body: Json = { title: request.title };
    if (request.password) body.password = request.password;
    if (request.opensAt) body.opens_at_ms = request.opensAt;
    const answer = await this.#call("POST", "/api/v1/meetings", body);
    return { meeting: meetingOf(objectOf(answer, "meeting")), password: stringOf(answer, "password") };
  }

  async endMeeting(id: string): Promise<void> {
    await this.#call("POST", `/api/v1/meetings/${id}/end`, {});
  }

  async resetPassword(id: string, password?: string): Promise<string> {
    const answer = await this.#call("POST", `/api/v1/meetings/${id}/password`, password ? { password } : {});
    return stringOf(answer, "password");
  }

  async accessToken(): Promise<string> {
    if (!this.#token || this.#expiresAt - performance.now() < REFRESH_BEFORE_MS) await this.#refresh();
    return this.#token;
  }

  async #call(method: "GET" | "POST", path: string, body?: Json): Promise<Json> {
    const bearer = await this.accessToken();
    try {
      return await callHttp(method, path, { bearer, body });
    } catch (error) {
      if (!(error instanceof SessionFailure) || error.failure.code !== "TOKEN_EXPIRED") throw error;
      // The clock of a laptop that slept: once more with a new token.
      await this.#refresh();
      return callHttp(method, path, { bearer: this.#token, body });
    }
  }

  #refresh(): Promise<void> {
    this.#refreshing ??= callHttp("POST", "/api/v1/session/refresh", { body: {} })
      .then((answer) => {
        this.#accept(answer);
      })
      .catch((error: unknown) => {
        if (error instanceof SessionFailure && error.failure.code === "UNAUTHENTICATED") this.#forget();
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
    return signedIn;
  }

  #forget(): void {
    this.#token = "";
    this.#expiresAt = 0;
    this.#account.value = null;
  }
}

function meetingOf(meeting: Json): HostMeeting {
  const id = stringOf(meeting, "meeting_id");
  if (!/^[0-9]{10}$/.test(id)) throw failed("MALFORMED", "meeting_id is not ten digits");
  return {
    id,
    title: stringOf(meeting, "title"),
    state: STATES[stringOf(meeting, "state")] ?? "open",
    present: numberOf(meeting, "present"),
    capacity: numberOf(meeting, "capacity"),
    createdAt: numberOf(meeting, "created_at_ms"),
    opensAt: numberOf(meeting, "opens_at_ms"),
    endedAt: numberOf(meeting, "ended_at_ms"),
  };
}

export function hostApi(): HostApi {
  return new SignedInHost();
}
