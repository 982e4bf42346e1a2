// A host's meetings over the JSON API. Loaded with the host's page.
import { failed } from "../protocol/failure";
import { numberOf, objectOf, stringOf } from "../protocol/http-api";
import type { AuthorisedCalls, Json } from "./account-session";
import type { Attendance, AttendanceLine, HostApi, HostMeeting } from "./contract";

const STATES: Readonly<Record<string, HostMeeting["state"]>> = { NOT_OPEN: "not-open", ENDED: "ended" };
const REASONS: Readonly<Record<string, AttendanceLine["reason"]>> = {
  LEFT: "left",
  LOST: "lost",
  REMOVED: "removed",
  MEETING_ENDED: "meeting-ended",
};

class Meetings implements HostApi {
  constructor(private readonly account: AuthorisedCalls) {}

  async listMeetings(): Promise<readonly HostMeeting[]> {
    const meetings: HostMeeting[] = [];
    let page = "";
    do {
      const query = page ? `?page_token=${encodeURIComponent(page)}` : "";
      const answer = await this.account.call("GET", `/api/v1/meetings${query}`);
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
    const answer = await this.account.call("POST", "/api/v1/meetings", body);
    return { meeting: meetingOf(objectOf(answer, "meeting")), password: stringOf(answer, "password") };
  }

  async endMeeting(id: string): Promise<void> {
    await this.account.call("POST", `/api/v1/meetings/${id}/end`, {});
  }

  async resetPassword(id: string, password?: string): Promise<string> {
    const answer = await this.account.call("POST", `/api/v1/meetings/${id}/password`, password ? { password } : {});
    return stringOf(answer, "password");
  }

  async attendance(id: string): Promise<Attendance> {
    return attendanceOf(await this.account.call("GET", `/api/v1/meetings/${id}/attendance`));
  }

  attendanceFile(id: string, language: "id" | "en"): Promise<Blob> {
    const path = `/api/v1/meetings/${id}/attendance.csv?language=${language}`;
    return this.account.file(path);
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

export function hostApi(account: AuthorisedCalls): HostApi {
  return new Meetings(account);
}
