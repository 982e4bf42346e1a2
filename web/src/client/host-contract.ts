// What the pages of accounts build against: signing in, and a host's meetings and attendance. Types only.
import type { ReadonlySignal } from "@preact/signals-core";

export interface Account {
  readonly id: string;
  readonly user: string;
  readonly name: string;
  readonly role: "participant" | "host" | "head-of-unit" | "tenant-admin" | "province-operator";
  readonly tenantName: string;
}

/** When a meeting takes place. Days and times of day are those of `timeZone`. */
export interface MeetingSchedule {
  /** "2026-11-23": its day, or the one from which it recurs. */
  readonly date: string;
  /** "07:45" */
  readonly time: string;
  readonly durationMinutes: number;
  readonly openBeforeMinutes: number;
  /** The tenant's, as the server says it; whatever is sent, it decides. */
  readonly timeZone: string;
  /** null: once. */
  readonly recurrence: MeetingRecurrence | null;
}

export interface MeetingRecurrence {
  /** On the tenant's office days; then `weekdays` is empty. */
  readonly workdays: boolean;
  /** ISO 8601: 1 = Monday. */
  readonly weekdays: readonly number[];
  readonly skipHolidays: boolean;
  readonly everyWeeks: number;
  /** "": without an end. */
  readonly untilDate: string;
  /** Single days, "2026-11-23", on which it does not take place. */
  readonly calledOff: readonly string[];
}

export interface HostMeeting {
  readonly id: string;
  readonly title: string;
  readonly state: "not-open" | "open" | "ended" | "cancelled";
  readonly ownerId: string;
  readonly ownerName: string;
  readonly present: number;
  /** Whether somebody has been in the occurrence that is on; it lingers for a while when all have left. */
  readonly begun: boolean;
  readonly capacity: number;
  /** Since the epoch; 0: none. */
  readonly createdAt: number;
  readonly opensAt: number;
  readonly endedAt: number;
  /** The occurrence that is on or comes next, as planned; 0: none. */
  readonly nextStartsAt: number;
  readonly nextEndsAt: number;
  /** Whoever changes it says which one they saw. */
  readonly revision: number;
  /** null: it was not scheduled. */
  readonly schedule: MeetingSchedule | null;
  readonly lobby: boolean;
  /** What hosts restrict, as the server told it: sent back as a whole. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What only the server knows of the days of a series: the tenant's office days and holidays may decide. */
export interface PlannedDays {
  /** As it is now. */
  readonly meeting: HostMeeting;
  /** ISO 8601: 1 = Monday. */
  readonly weekdays: readonly number[];
  /** Those among them on which it does not take place, "2026-11-23": holidays, what was called off, and days that are no office days yet. */
  readonly freeDates: readonly string[];
  /** Other days on which it does: the tenant has other office days later. */
  readonly extraDates: readonly string[];
}

/** One time that a meeting took place. */
export interface PastMeeting {
  readonly meeting: HostMeeting;
  /** From 1; 0: nobody came, or it was called off. */
  readonly number: number;
  readonly plannedAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly mostPresent: number;
}

/** What is typed into the form of a meeting. */
export interface MeetingDraft {
  readonly title: string;
  readonly capacity: number;
  readonly lobby: boolean;
  readonly schedule: MeetingSchedule | null;
}

/** One person, with all their devices and rejoins. Times are since the epoch. */
export interface AttendanceLine {
  readonly name: string;
  readonly firstJoin: number;
  /** 0: still in the meeting. */
  readonly lastLeave: number;
  /** As the accounts have them; "" for guests. */
  readonly nip: string;
  readonly unit: string;
  readonly presentSeconds: number;
  readonly rejoins: number;
  readonly lost: number;
  /** How they went the last time; "": still in the meeting, or not known to this page. */
  readonly reason: "" | "left" | "lost" | "removed" | "meeting-ended";
}

export type ReportFormat = "csv" | "xlsx" | "pdf";

export interface Attendance {
  readonly meetingId: string;
  readonly title: string;
  readonly ownerName: string;
  /** 0: nobody has been in it yet. */
  readonly startedAt: number;
  /** 0: it goes on. */
  readonly endedAt: number;
  readonly asOf: number;
  /** Where the times are to be read: "Asia/Makassar", and what people call it: "WITA". */
  readonly timeZone: string;
  readonly zone: string;
  /** Whether the log that it is made from is whole, and the head of its hash chain. */
  readonly intact: boolean;
  readonly head: string;
  /** What was too old to be kept any longer: up to which day (ISO 8601), and when it was deleted. null: nothing. */
  readonly deletion: { readonly at: number; readonly lastDay: string } | null;
  /** Which one this is (0: nobody has been in it yet), and all that there are. */
  readonly occurrence: number;
  readonly occurrences: readonly { readonly number: number; readonly startedAt: number }[];
  readonly people: readonly AttendanceLine[];
}

/** All meetings of a month, as a file in the tenant's language: one's own, those of the unit that one is head of, or the tenant's. */
export interface MonthRequest {
  /** "2026-11", in the tenant's zone. */
  readonly month: string;
  readonly scope: "own" | "unit" | "tenant";
  readonly format: ReportFormat;
}

/** What is under way, and how much of it is done: records, meetings, lines of the file, bytes. */
export interface MonthProgress {
  readonly step: "waiting" | "reading" | "composing" | "writing" | "sending";
  readonly done: number;
  /** 0: not known. */
  readonly total: number;
}

export interface MonthFile {
  readonly file: Blob;
  readonly name: string;
  /** How many meetings are in it; 0: none took place. */
  readonly meetings: number;
}

/** Who is signed in on this page. Every rejection is a FailureError. */
export interface AccountSession {
  /** null: signed out. undefined: not known yet (`restore` has not answered). */
  readonly account: ReadonlySignal<Account | null | undefined>;
  /** On load: signs in by the refresh cookie if there is one. Never rejects for being signed out. */
  restore(): Promise<void>;
  signIn(user: string, password: string): Promise<Account>;
  signOut(): Promise<void>;
  /** A valid access token, refreshed if it is about to expire: for `JoinForm.accessToken`. */
  accessToken(): Promise<string>;
}

/** A host's own meetings. Every rejection is a FailureError. */
/** Whose meetings: one's own, or those of the unit that one is head of (of the whole tenant: its admin). */
export type MeetingScope = "own" | "unit";

/** Which of the meetings that took place. */
export interface PastRequest {
  readonly scope: MeetingScope;
  /** Words of the title; "": all. */
  readonly search: string;
  /** "2026-11", in the tenant's zone; "": all. */
  readonly month: string;
}

export interface PastPage {
  readonly past: readonly PastMeeting[];
  /** "": there are no more. */
  readonly next: string;
}

export interface HostApi {
  /** What is not over, by when it takes place, with all words of `search` in its title; and the tenant's time zone ("":
   * not known now). Aborted by `signal`, it rejects with its reason. */
  listMeetings(
    scope: MeetingScope,
    search?: string,
    signal?: AbortSignal,
  ): Promise<{ meetings: readonly HostMeeting[]; timeZone: string }>;
  /** What has taken place, newest first. `page`: "" for the first, else `next` of the page before. */
  pastMeetings(request: PastRequest, page: string, signal?: AbortSignal): Promise<PastPage>;
  /** The password is shown this one time. An empty one is generated by the server. */
  createMeeting(draft: MeetingDraft, password: string): Promise<{ meeting: HostMeeting; password: string }>;
  /** CONFLICT when somebody changed it after `meeting` was loaded. */
  updateMeeting(meeting: HostMeeting, draft: MeetingDraft): Promise<HostMeeting>;
  /** With all occurrences that were to come. */
  cancelMeeting(id: string): Promise<void>;
  /** Of a series. WRONG_STATE for a meeting that was not scheduled. */
  plannedDays(id: string): Promise<PlannedDays>;
  /** A file for calendars; of a meeting that was called off, one that takes it out of them. `password` stands in it unless it is "". */
  calendarFile(id: string, language: "id" | "en", password: string): Promise<Blob>;
  /** Of a recurring meeting: the occurrence that is on. */
  endMeeting(id: string): Promise<void>;
  resetPassword(id: string, password?: string): Promise<string>;
  /** Occurrences count from 1; 0 is the latest. */
  attendance(id: string, occurrence: number): Promise<Attendance>;
  attendanceFile(id: string, occurrence: number, format: ReportFormat): Promise<Blob>;
  /** Takes some seconds. Aborted by `signal`, it rejects with its reason. */
  monthFile(
    request: MonthRequest,
    onProgress: (progress: MonthProgress) => void,
    signal: AbortSignal,
  ): Promise<MonthFile>;
}
