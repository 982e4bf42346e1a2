// A host's meetings without servers.
import type { Attendance, AttendanceLine, FailureError, HostApi, HostMeeting } from "../src/client/contract";
import { ACCOUNT } from "./fake-account";
import { NOW } from "./fake-session";

export function hostMeeting(id: string, title: string, more: Partial<HostMeeting> = {}): HostMeeting {
  return { id, title, state: "open", present: 0, capacity: 100, createdAt: NOW, opensAt: 0, endedAt: 0, ...more };
}

export function attendanceLine(name: string, more: Partial<AttendanceLine> = {}): AttendanceLine {
  return { name, firstJoin: NOW, lastLeave: 0, presentSeconds: 3723, rejoins: 0, lost: 0, reason: "", ...more };
}

type Method = "listMeetings" | "createMeeting" | "endMeeting" | "resetPassword" | "attendance" | "attendanceFile";

export class FakeHost implements HostApi {
  meetings: readonly HostMeeting[] = [];
  /** Who was in any of them. */
  people: readonly AttendanceLine[] = [];
  intact = true;
  /** What the next call of each method is refused with. */
  readonly refusals: Partial<Record<Method, FailureError>> = {};
  /** Calls of these never come to an end. */
  readonly hanging = new Set<Method>();
  #made = 0;

  async listMeetings(): Promise<readonly HostMeeting[]> {
    await this.#step("listMeetings");
    return this.meetings;
  }

  async createMeeting(request: { title: string; password?: string; opensAt?: number }) {
    await this.#step("createMeeting");
    this.#made += 1;
    const meeting = hostMeeting(`812345678${this.#made}`, request.title, { opensAt: request.opensAt ?? 0 });
    this.meetings = [meeting, ...this.meetings];
    return { meeting, password: request.password ?? "padi-hijau-77" };
  }

  async endMeeting(id: string): Promise<void> {
    await this.#step("endMeeting");
    this.meetings = this.meetings.map((meeting) =>
      meeting.id === id ? { ...meeting, state: "ended" as const, endedAt: NOW, present: 0 } : meeting,
    );
  }

  async resetPassword(_id: string, password = "kopi-toraja-42"): Promise<string> {
    await this.#step("resetPassword");
    return password;
  }

  async attendance(id: string): Promise<Attendance> {
    await this.#step("attendance");
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
      head: this.people.length > 0 ? "3f9a".repeat(16) : "",
      people: this.people,
    };
  }

  async attendanceFile(id: string, language: "id" | "en"): Promise<Blob> {
    await this.#step("attendanceFile");
    return new Blob([`${id};${language}`], { type: "text/csv" });
  }

  async #step(method: Method): Promise<void> {
    if (this.hanging.has(method)) await new Promise(() => undefined);
    const refusal = this.refusals[method];
    if (!refusal) return;
    delete this.refusals[method];
    throw refusal;
  }
}
