// A host's meetings over the JSON API. Loaded with the host's page.
import { failed } from "../protocol/failure";
import { itemsOf, numberOf, objectOf, stringOf } from "../protocol/http-api";
import type { AuthorisedCalls, Json } from "./account-session";
import { reasonOf } from "./attendance-reason";
import type {
  Attendance,
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
} from "./host-contract";
import { monthFile } from "./month-file";

/** A file waits for its turn where many are made. */
const FILE_MS = 60_000;
/** So many rows fill a screen; fewer are not shown before the list is known to end. */
const SHORT_PAGE = 20;
const STATES: Readonly<Record<string, HostMeeting["state"]>> = {
  NOT_OPEN: "not-open",
  ENDED: "ended",
  CANCELLED: "cancelled",
};

class Meetings implements HostApi {
  constructor(private readonly account: AuthorisedCalls) {}

  async listMeetings(scope: MeetingScope, search = "", signal?: AbortSignal) {
    const meetings: HostMeeting[] = [];
    let timeZone = "";
    let page = "";
    do {
      const path = `/api/v1/meetings?upcoming=1&${query(scope, search, page)}`;
      const answer = await this.account.call("GET", path, undefined, signal);
      for (const meeting of itemsOf(answer, "meetings")) meetings.push(meetingOf(meeting));
      timeZone = typeof answer.time_zone === "string" ? answer.time_zone : "";
      page = typeof answer.next_page_token === "string" ? answer.next_page_token : "";
    } while (page);
    return { meetings, timeZone };
  }

  async pastMeetings(request: PastRequest, page: string, signal?: AbortSignal) {
    const { scope, search, month } = request;
    const past: PastMeeting[] = [];
    let next = page;
    // The server looks through some of a long list for one answer: a short page is not yet the end.
    do {
      const path = `/api/v1/occurrences?${query(scope, search, next)}${month ? `&month=${month}` : ""}`;
      const answer = await this.account.call("GET", path, undefined, signal);
      past.push(...itemsOf(answer, "occurrences").map(pastOf));
      next = stringOf(answer, "next_page_token");
    } while (next && past.length < SHORT_PAGE);
    return { past, next };
  }

  async createMeeting(draft: MeetingDraft, password: string) {
    const body: Json = { ...bodyOf(draft), settings: { lobby: draft.lobby } };
    if (password) body.password = password;
    const answer = await this.account.call("POST", "/api/v1/meetings", body);
    return { meeting: meetingOf(objectOf(answer, "meeting")), password: stringOf(answer, "password") };
  }

  async updateMeeting(meeting: HostMeeting, draft: MeetingDraft): Promise<HostMeeting> {
    const body: Json = { ...bodyOf(draft), revision: meeting.revision };
    if (draft.lobby !== meeting.lobby) body.settings = { ...meeting.settings, lobby: draft.lobby };
    return meetingOf(objectOf(await this.account.call("PATCH", `/api/v1/meetings/${meeting.id}`, body), "meeting"));
  }

  async cancelMeeting(id: string): Promise<void> {
    await this.account.call("POST", `/api/v1/meetings/${id}/cancel`, {});
  }

  async plannedDays(id: string): Promise<PlannedDays> {
    const answer = await this.account.call("GET", `/api/v1/meetings/${id}/days`);
    return {
      meeting: meetingOf(objectOf(answer, "meeting")),
      weekdays: Array.isArray(answer.weekdays) ? answer.weekdays.map(Number) : [],
      freeDates: Array.isArray(answer.free_dates) ? answer.free_dates.map(String) : [],
      extraDates: Array.isArray(answer.extra_dates) ? answer.extra_dates.map(String) : [],
    };
  }

  calendarFile(id: string, language: "id" | "en", password: string): Promise<Blob> {
    return this.account.file(`/api/v1/meetings/${id}/calendar.ics`, undefined, { language, password });
  }

  async endMeeting(id: string): Promise<void> {
    await this.account.call("POST", `/api/v1/meetings/${id}/end`, {});
  }

  async resetPassword(id: string, password?: string): Promise<string> {
    const answer = await this.account.call("POST", `/api/v1/meetings/${id}/password`, password ? { password } : {});
    return stringOf(answer, "password");
  }

  async attendance(id: string, occurrence: number): Promise<Attendance> {
    const path = `/api/v1/meetings/${id}/attendance?occurrence=${occurrence}`;
    return attendanceOf(await this.account.call("GET", path));
  }

  attendanceFile(id: string, occurrence: number, format: ReportFormat): Promise<Blob> {
    const path = `/api/v1/meetings/${id}/attendance.${format}?occurrence=${occurrence}`;
    return this.account.file(path, FILE_MS);
  }

  monthFile(
    request: MonthRequest,
    onProgress: (progress: MonthProgress) => void,
    signal: AbortSignal,
  ): Promise<MonthFile> {
    return monthFile(this.account, request, onProgress, signal);
  }
}

function meetingOf(meeting: Json): HostMeeting {
  const id = stringOf(meeting, "meeting_id");
  if (!/^[0-9]{10}$/.test(id)) throw failed("MALFORMED", "meeting_id is not ten digits");
  const settings = meeting.settings ? objectOf(meeting, "settings") : {};
  return {
    id,
    title: stringOf(meeting, "title"),
    state: STATES[stringOf(meeting, "state")] ?? "open",
    ownerId: stringOf(meeting, "owner_account_id"),
    ownerName: stringOf(meeting, "owner_name"),
    present: numberOf(meeting, "present"),
    // A server of the version before says neither.
    begun: numberOf(meeting, "started_at_ms") > 0 && numberOf(meeting, "occurrence_ended_at_ms") === 0,
    capacity: numberOf(meeting, "capacity"),
    createdAt: numberOf(meeting, "created_at_ms"),
    opensAt: numberOf(meeting, "opens_at_ms"),
    endedAt: numberOf(meeting, "ended_at_ms"),
    nextStartsAt: numberOf(meeting, "next_starts_at_ms"),
    nextEndsAt: numberOf(meeting, "next_ends_at_ms"),
    revision: numberOf(meeting, "revision"),
    schedule: meeting.schedule ? scheduleOf(objectOf(meeting, "schedule")) : null,
    lobby: settings.lobby === true,
    settings,
  };
}

function scheduleOf(schedule: Json): MeetingSchedule {
  const rule = schedule.recurrence ? objectOf(schedule, "recurrence") : null;
  return {
    date: stringOf(schedule, "date"),
    time: stringOf(schedule, "time"),
    durationMinutes: numberOf(schedule, "duration_minutes"),
    openBeforeMinutes: numberOf(schedule, "open_before_minutes"),
    timeZone: stringOf(schedule, "time_zone"),
    recurrence: rule && {
      workdays: rule.workdays === true,
      weekdays: Array.isArray(rule.weekdays) ? rule.weekdays.map(Number) : [],
      skipHolidays: rule.skip_holidays === true,
      everyWeeks: Math.max(1, numberOf(rule, "every_weeks")),
      untilDate: typeof rule.until_date === "string" ? rule.until_date : "",
      // A server of the version before has none.
      calledOff: Array.isArray(rule.called_off_dates) ? rule.called_off_dates.map(String) : [],
    },
  };
}

function pastOf(past: Json): PastMeeting {
  return {
    meeting: meetingOf(objectOf(past, "meeting")),
    number: numberOf(past, "number"),
    plannedAt: numberOf(past, "planned_at_ms"),
    startedAt: numberOf(past, "started_at_ms"),
    endedAt: numberOf(past, "ended_at_ms"),
    mostPresent: numberOf(past, "most_present"),
  };
}

function bodyOf({ title, capacity, schedule }: MeetingDraft): Json {
  const body: Json = { title, capacity };
  if (!schedule) return body;
  const rule = schedule.recurrence;
  body.schedule = {
    date: schedule.date,
    time: schedule.time,
    duration_minutes: schedule.durationMinutes,
    open_before_minutes: schedule.openBeforeMinutes,
    ...(rule && {
      recurrence: {
        workdays: rule.workdays,
        weekdays: rule.weekdays,
        skip_holidays: rule.skipHolidays,
        every_weeks: rule.everyWeeks,
        until_date: rule.untilDate,
        // None of them is what a server of the version before understands.
        ...(rule.calledOff.length > 0 && { called_off_dates: rule.calledOff }),
      },
    }),
  };
  return body;
}

function query(scope: MeetingScope, search: string, page: string): string {
  const asked = new URLSearchParams({ scope });
  if (search) asked.set("query", search);
  if (page) asked.set("page_token", page);
  return String(asked);
}

function deletionOf(deletion: unknown): Attendance["deletion"] {
  if (typeof deletion !== "object" || deletion === null) return null;
  return { at: numberOf(deletion as Json, "at_ms"), lastDay: stringOf(deletion as Json, "last_day") };
}

/** A server of the version before has none. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function attendanceOf(answer: Json): Attendance {
  const people = itemsOf(answer, "people");
  const occurrences = itemsOf(answer, "occurrences");
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
    deletion: deletionOf(answer.deletion),
    occurrence: numberOf(answer, "occurrence"),
    occurrences: occurrences.map((one) => ({
      number: numberOf(one, "number"),
      startedAt: numberOf(one, "started_at_ms"),
    })),
    people: people.map((line) => ({
      name: stringOf(line, "name"),
      nip: textOf(line.nip),
      unit: textOf(line.unit),
      firstJoin: numberOf(line, "first_join_ms"),
      lastLeave: numberOf(line, "last_leave_ms"),
      presentSeconds: numberOf(line, "present_s"),
      rejoins: numberOf(line, "rejoins"),
      lost: numberOf(line, "lost"),
      reason: reasonOf(line),
    })),
  };
}

export function hostApi(account: AuthorisedCalls): HostApi {
  return new Meetings(account);
}
