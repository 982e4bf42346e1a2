// What is recorded on the account that asks. Loaded with the page "Data saya".
import { listOf, numberOf, objectOf, stringOf } from "../protocol/http-api";
import type { AuthorisedCalls, Json } from "./account-session";
import { reasonOf } from "./attendance-reason";
import type { AttendanceLine } from "./host-contract";
import { dateOf, dayOf, type OfficeDate, type OfficeDay } from "./office-api";

export interface OwnRecord {
  readonly name: string;
  readonly nip: string;
  /** "Dinas Kominfo › Bidang IKP", or "". */
  readonly unitPath: string;
  readonly createdAt: number;
  readonly tenantName: string;
  readonly timeZone: string;
  /** "": the tenant has not said. */
  readonly purpose: string;
  readonly keptDays: number;
  /** For how long the audit log is kept. */
  readonly auditDays: number;
}

/** One sitting of a meeting. */
export interface OwnMeeting {
  readonly meetingId: string;
  /** "": the meeting does not exist any more. */
  readonly title: string;
  readonly ownerName: string;
  readonly line: Omit<AttendanceLine, "nip" | "unit">;
}

export interface OwnAccess {
  readonly at: number;
  readonly reader: string;
  /** "": of a kind that is newer than this page. */
  readonly kind: "" | "meeting" | "meetings" | "office";
  readonly title: string;
  /** ISO 8601, or "". */
  readonly fromDay: string;
  readonly toDay: string;
  readonly asFile: boolean;
}

/** A record of the audit log. */
export interface OwnAct {
  readonly at: number;
  /** "session.sign_in", "meeting.mute", … */
  readonly action: string;
  readonly bySelf: boolean;
  /** It was done to oneself. */
  readonly onSelf: boolean;
  /** "nobody": who had not signed in; "": of a kind that is newer than this page. */
  readonly actor: "" | "person" | "service" | "nobody";
  /** Of somebody else; "": nobody knows. */
  readonly actorName: string;
  /** Of the meeting that it is about, or "". */
  readonly meetingId: string;
  /** "": the meeting does not exist any more. */
  readonly title: string;
  /** The unit or the other account that it is about. */
  readonly objectName: string;
  /** As the log has it, in its own words. */
  readonly detail: string;
}

/** A day at the office of which anything is recorded. */
export interface OwnOfficeDay {
  readonly date: OfficeDate;
  /** With all that was said on it. */
  readonly day: OfficeDay;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** "": there are no more. */
  readonly next: string;
}

/** Every rejection is a FailureError. */
export interface OwnDataApi {
  record(): Promise<OwnRecord>;
  /** Newest first. */
  meetings(page: string): Promise<Page<OwnMeeting>>;
  officeDays(page: string): Promise<Page<OwnOfficeDay>>;
  accesses(page: string): Promise<Page<OwnAccess>>;
  acts(page: string): Promise<Page<OwnAct>>;
}

const KINDS: Readonly<Record<string, OwnAccess["kind"]>> = {
  MEETING: "meeting",
  MEETINGS: "meetings",
  OFFICE: "office",
};

const ACTORS: Readonly<Record<string, OwnAct["actor"]>> = {
  PERSON: "person",
  SERVICE: "service",
  NOBODY: "nobody",
};

class OwnData implements OwnDataApi {
  constructor(private readonly account: AuthorisedCalls) {}

  async record(): Promise<OwnRecord> {
    const answer = await this.account.call("GET", "/api/v1/me");
    const person = objectOf(answer, "person");
    return {
      name: stringOf(person, "name"),
      nip: stringOf(person, "nip"),
      unitPath: stringOf(answer, "unit_path"),
      createdAt: numberOf(person, "created_at_ms"),
      tenantName: stringOf(answer, "tenant_name"),
      timeZone: stringOf(answer, "time_zone"),
      purpose: stringOf(answer, "purpose"),
      keptDays: numberOf(answer, "attendance_days"),
      auditDays: numberOf(answer, "audit_days"),
    };
  }

  meetings(page: string): Promise<Page<OwnMeeting>> {
    return this.#page("attendance", "meetings", page, (one) => {
      const line = objectOf(one, "line");
      return {
        meetingId: stringOf(one, "meeting_id"),
        title: stringOf(one, "title"),
        ownerName: stringOf(one, "owner_name"),
        line: {
          name: stringOf(line, "name"),
          firstJoin: numberOf(line, "first_join_ms"),
          lastLeave: numberOf(line, "last_leave_ms"),
          presentSeconds: Math.floor(numberOf(line, "present_ms") / 1000),
          rejoins: numberOf(line, "rejoins"),
          lost: numberOf(line, "lost"),
          reason: reasonOf(line),
        },
      };
    });
  }

  officeDays(page: string): Promise<Page<OwnOfficeDay>> {
    return this.#page("office", "days", page, (one) => ({
      date: dateOf(objectOf(one, "date")),
      day: dayOf(objectOf(one, "day")),
    }));
  }

  accesses(page: string): Promise<Page<OwnAccess>> {
    return this.#page("accesses", "accesses", page, (one) => ({
      at: numberOf(one, "at_ms"),
      reader: stringOf(one, "reader_name"),
      kind: KINDS[stringOf(one, "kind")] ?? "",
      title: stringOf(one, "title"),
      fromDay: stringOf(one, "from_day"),
      toDay: stringOf(one, "to_day"),
      asFile: one.as_file === true,
    }));
  }

  acts(page: string): Promise<Page<OwnAct>> {
    return this.#page("audit", "entries", page, (one) => ({
      at: numberOf(one, "at_ms"),
      action: stringOf(one, "action"),
      bySelf: one.by_self === true,
      onSelf: one.on_self === true,
      actor: ACTORS[stringOf(one, "actor")] ?? "",
      actorName: stringOf(one, "actor_name"),
      meetingId: stringOf(one, "meeting_id"),
      title: stringOf(one, "title"),
      objectName: stringOf(one, "object_name"),
      detail: stringOf(one, "detail"),
    }));
  }

  async #page<T>(path: string, field: string, page: string, read: (one: Json) => T): Promise<Page<T>> {
    const query = page ? `?page_token=${encodeURIComponent(page)}` : "";
    const answer = await this.account.call("GET", `/api/v1/me/${path}${query}`);
    return { items: listOf(answer, field).map(read), next: stringOf(answer, "next_page_token") };
  }
}

export function ownDataApi(account: AuthorisedCalls): OwnDataApi {
  return new OwnData(account);
}
