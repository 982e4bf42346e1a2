// The file for calendars of a meeting that somebody is invited to, and does not enter yet.
import { fetchFile } from "../protocol/http-api";
import type { JoinForm } from "./contract";
import { deviceId } from "./this-device";

/** Rejects with SessionFailure, as a join does; WRONG_STATE for a meeting without a plan. */
export function invitationCalendar(form: JoinForm, language: "id" | "en"): Promise<Blob> {
  const { meetingId, password, name, accessToken } = form;
  return fetchFile("/api/v1/join/calendar.ics", {
    body: { meeting_id: meetingId, password, name, device: deviceId(), language },
    ...(accessToken && { bearer: accessToken }),
  });
}
