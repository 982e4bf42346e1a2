// The account's side of the HTTP API. Loaded with the host's pages and small: no protobuf, no socket.
import { type ReadonlySignal, signal } from "@preact/signals-core";
import { failed, SessionFailure } from "../protocol/failure";
import { callHttp, fetchFile, numberOf, objectOf, stringOf } from "../protocol/http-api";
import type { Account, Attendance, AttendanceLine, HostApi, HostMeeting } from "./contract";

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
const REASONS: Readonly<Record<string, AttendanceLine["reason"]>> = {
  LEFT: "left",
  LOST: "lost",
  REMOVED: "removed",
  MEETING_ENDED: "meeting-ended",
};

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

  async attendance(id: string): Promise<Attendance> {
    return attendanceOf(await this.#call("GET", `/api/v1/meetings/${id}/attendance`));
  }

  attendanceFile(id: string, language: "id" | "en"): Promise<Blob> {
    const path = `/api/v1/meetings/${id}/attendance.csv?language=${language}`;
    return this.#authorised((bearer) => fetchFile(path, { bearer }));
  }

  async accessToken(): Promise<string> {
    if (!this.#token || this.#expiresAt - performance.now() < REFRESH_BEFORE_MS) await this.#refresh();
    return this.#token;
  }

  #call(method: "GET" | "POST", path: string, body?: Json): Promise<Json> {
    return this.#authorised((bearer) => callHttp(method, path, { bearer, body }));
  }

  async #authorised<T>(send: (bearer: string) => Promise<T>): Promise<T> {
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

function attendanceOf(answer: Json): Attendance {
  const people = Array.isArray(answer.people) ? (answer.people as readonly Json[]) : [];
  return {
    meetingId: stringOf(answer, "meeting_id"),
    title: stringOf(answer, "title"),
    ownerName: stringOf(answer, "owner_name"),
    startedAt: numberOf(answer, "started_at_ms"),
    endedAt: numberOf(answer, "ended_at_ms"),
    asOf: numberOf(answer, "as_of_ms"),
    timeZone: stringOf(answer, "time_zone"),
    zone: stringOf(answer, "zone"),
    intact: answer.intact === true,
    head: stringOf(answer, "head"),
    people: people.map((line) => ({
      name: stringOf(line, "name"),
      firstJoin: numberOf(line, "first_join_ms"),
      lastLeave: numberOf(line, "last_leave_ms"),
      presentSeconds: numberOf(line, "present_s"),
      rejoins: numberOf(line, "rejoins"),
      lost: numberOf(line, "lost"),
      reason: REASONS[stringOf(line, "reason")] ?? "",
    })),
  };
}

export function hostApi(): HostApi {
  return new SignedInHost();
}
