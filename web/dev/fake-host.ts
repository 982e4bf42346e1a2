// A host's meetings without servers.
import type { FailureError } from "../src/client/contract";
import type {
  Attendance,
  AttendanceLine,
  HostApi,
  HostMeeting,
  MeetingDraft,
  MeetingSchedule,
  MeetingScope,
  MonthFile,
  MonthProgress,
  MonthRequest,
  PastMeeting,
  PastRequest,
  PlannedDays,
  ReportFormat,
} from "../src/client/host-contract";
import { wallTime } from "../src/ui/host/zone-time";
import { ACCOUNT } from "./fake-account";
import { failure, NOW } from "./fake-session";
import { refuseOrHang } from "./refusing";

export function hostMeeting(id: string, title: string, more: Partial<HostMeeting> = {}): HostMeeting {
  return {
    id,
    title,
    state: "open",
    ownerId: ACCOUNT.id,
    ownerName: ACCOUNT.name,
    present: 0,
    begun: false,
    capacity: 100,
    createdAt: NOW,
    opensAt: 0,
    endedAt: 0,
    nextStartsAt: 0,
    nextEndsAt: 0,
    revision: 1,
    schedule: null,
    lobby: false,
    settings: {},
    ...more,
  };
}

/** Apel pagi, on every workday. */
export const ROLL_CALL: MeetingSchedule = {
  date: "2020-03-19",
  time: "07:45",
  durationMinutes: 30,
  openBeforeMinutes: 15,
  timeZone: "Asia/Makassar",
  recurrence: { workdays: true, weekdays: [], skipHolidays: true, everyWeeks: 1, untilDate: "", calledOff: [] },
};

export function pastMeeting(meeting: HostMeeting, more: Partial<PastMeeting> = {}): PastMeeting {
  return {
    meeting,
    number: 1,
    plannedAt: 0,
    startedAt: NOW - 7_200_000,
    endedAt: NOW,
    mostPresent: 12,
    ...more,
  };
}

export function attendanceLine(name: string, more: Partial<AttendanceLine> = {}): AttendanceLine {
  return {
    name,
    nip: "",
    unit: "",
    firstJoin: NOW,
    lastLeave: 0,
    presentSeconds: 3723,
    rejoins: 0,
    lost: 0,
    reason: "",
    ...more,
  };
}

function titled(meeting: HostMeeting, search: string): boolean {
  const title = meeting.title.toLowerCase();
  return search
    .toLowerCase()
    .split(" ")
    .every((word) => title.includes(word));
}

type Method =
  | "listMeetings"
  | "pastMeetings"
  | "createMeeting"
  | "updateMeeting"
  | "cancelMeeting"
  | "plannedDays"
  | "calendarFile"
  | "endMeeting"
  | "resetPassword"
  | "attendance"
  | "attendanceFile"
  | "monthFile";

/** Of a series of which some days were called off; it takes place every day. */
function nextOf(meeting: HostMeeting, draft: MeetingDraft): number {
  const off = draft.schedule?.recurrence?.calledOff ?? [];
  let next = meeting.nextStartsAt;
  while (off.includes(wallTime(next, ROLL_CALL.timeZone).date)) next += 86_400_000;
  return next;
}

export class FakeHost implements HostApi {
  meetings: readonly HostMeeting[] = [];
  /** Of the unit's other people. */
  ofOthers: readonly HostMeeting[] = [];
  /** What took place before, and a second page of it. */
  past: readonly PastMeeting[] = [];
  older: readonly PastMeeting[] = [];
  /** Who was in any of them. */
  people: readonly AttendanceLine[] = [];
  /** How many occurrences there were. */
  held = 1;
  intact = true;
  deletion: Attendance["deletion"] = null;
  /** Days on which no series takes place, "2026-11-23". */
  holidays: readonly string[] = [];
  /** What is told of a month's file before it comes or hangs, how many meetings it holds, and what was asked for. */
  monthTold: readonly MonthProgress[] = [];
  monthMeetings = 400;
  readonly months: { readonly asked: MonthRequest; readonly signal: AbortSignal }[] = [];
  /** What the next call of each method is refused with. */
  readonly refusals: Partial<Record<Method, FailureError>> = {};
  /** Calls of these never come to an end. */
  readonly hanging = new Set<Method>();
  #made = 0;

  async listMeetings(scope: MeetingScope, search = "") {
    await refuseOrHang(this, "listMeetings");
    const all = scope === "own" ? this.meetings : [...this.meetings, ...this.ofOthers];
    const over = (meeting: HostMeeting) => meeting.state === "ended" || meeting.state === "cancelled";
    const shown = all.filter((meeting) => !over(meeting) && titled(meeting, search));
    return { meetings: shown, timeZone: "Asia/Makassar" };
  }

  async pastMeetings({ search, month }: PastRequest, page: string) {
    await refuseOrHang(this, "pastMeetings");
    const asked = (past: PastMeeting) =>
      titled(past.meeting, search) && new Date(past.startedAt || past.plannedAt).toISOString().startsWith(month);
    if (page) return { past: this.older.filter(asked), next: "" };
    const ended = this.meetings.filter((meeting) => meeting.state === "ended");
    const cancelled = this.meetings.filter((meeting) => meeting.state === "cancelled");
    const past = [
      ...this.past,
      ...ended.map((meeting) => pastMeeting(meeting, { endedAt: meeting.endedAt })),
      ...cancelled.map((meeting) => pastMeeting(meeting, { number: 0, startedAt: 0, endedAt: 0, plannedAt: NOW })),
    ];
    return { past: past.filter(asked), next: this.older.some(asked) ? "more" : "" };
  }

  async createMeeting(draft: MeetingDraft, password: string) {
    await refuseOrHang(this, "createMeeting");
    this.#made += 1;
    const { title, capacity, lobby, schedule } = draft;
    const planned = schedule && { state: "not-open" as const, nextStartsAt: NOW + 86_400_000 };
    const meeting = hostMeeting(`812345678${this.#made}`, title, { capacity, lobby, schedule, ...planned });
    this.meetings = [meeting, ...this.meetings];
    return { meeting, password: password || "padi-hijau-77" };
  }

  async updateMeeting(meeting: HostMeeting, draft: MeetingDraft): Promise<HostMeeting> {
    await refuseOrHang(this, "updateMeeting");
    const changed = { ...meeting, ...draft, nextStartsAt: nextOf(meeting, draft), revision: meeting.revision + 1 };
    this.meetings = this.meetings.map((one) => (one.id === meeting.id ? changed : one));
    return changed;
  }

  async cancelMeeting(id: string): Promise<void> {
    await refuseOrHang(this, "cancelMeeting");
    this.meetings = this.meetings.map((meeting) =>
      meeting.id === id ? { ...meeting, state: "cancelled" as const } : meeting,
    );
  }

  async plannedDays(id: string): Promise<PlannedDays> {
    await refuseOrHang(this, "plannedDays");
    const meeting = this.meetings.find((one) => one.id === id);
    if (!meeting) throw failure("NOT_FOUND");
    const freeDates = [...this.holidays, ...(meeting.schedule?.recurrence?.calledOff ?? [])];
    return { meeting, weekdays: [1, 2, 3, 4, 5, 6, 7], freeDates, extraDates: [] };
  }

  async calendarFile(id: string, language: "id" | "en", password: string): Promise<Blob> {
    await refuseOrHang(this, "calendarFile");
    return new Blob([`${id};${language};${password}`], { type: "text/calendar" });
  }

  async endMeeting(id: string): Promise<void> {
    await refuseOrHang(this, "endMeeting");
    this.meetings = this.meetings.map((meeting) =>
      meeting.id === id ? { ...meeting, state: "ended" as const, endedAt: NOW, present: 0 } : meeting,
    );
  }

  async resetPassword(_id: string, password = "kopi-toraja-42"): Promise<string> {
    await refuseOrHang(this, "resetPassword");
    return password;
  }

  async attendance(id: string, occurrence: number): Promise<Attendance> {
    await refuseOrHang(this, "attendance");
    const meeting = this.meetings.find((one) => one.id === id);
    return {
      meetingId: id,
      title: meeting?.title ?? "",
      ownerName: ACCOUNT.name,
      startedAt: this.people.length > 0 ? NOW : 0,
      endedAt: meeting?.endedAt ?? 0,
      asOf: NOW + 7_200_000,
      timeZone: "Asia/Makassar",
      zone: "WITA",
      intact: this.intact,
      deletion: this.deletion,
      head: this.people.length > 0 ? "3f9a".repeat(16) : "",
      occurrence: this.people.length > 0 ? occurrence || this.held : 0,
      occurrences: Array.from({ length: this.people.length > 0 ? this.held : 0 }, (_, place) => ({
        number: place + 1,
        startedAt: NOW - (this.held - 1 - place) * 86_400_000,
      })),
      people: this.people,
    };
  }

  async attendanceFile(id: string, occurrence: number, format: ReportFormat): Promise<Blob> {
    await refuseOrHang(this, "attendanceFile");
    return new Blob([`${id};${occurrence};${format}`]);
  }

  async monthFile(
    asked: MonthRequest,
    onProgress: (progress: MonthProgress) => void,
    signal: AbortSignal,
  ): Promise<MonthFile> {
    this.months.push({ asked, signal });
    for (const progress of this.monthTold) onProgress(progress);
    await refuseOrHang(this, "monthFile");
    const file = new Blob([`${asked.month};${asked.scope};${asked.format}`]);
    return { file, name: `kehadiran-${asked.month}.${asked.format}`, meetings: this.monthMeetings };
  }
}
