// What somebody filled in before Lanjut, checked and normalised.
import { failed } from "../protocol/failure";
import { cleanedText, visibleProblem } from "../protocol/visible";
import type { JoinForm } from "./contract";
import { meetingIdOf } from "./links";

/** Throws SessionFailure: INVALID_FIELD with the field, or BROWSER_UNSUPPORTED. */
export function checkedForm(form: JoinForm): JoinForm {
  if (typeof RTCPeerConnection === "undefined" || typeof WebSocket === "undefined") {
    throw failed("BROWSER_UNSUPPORTED", "no WebRTC");
  }
  const name = cleanedText(form.name).normalize("NFC").replace(/\s+/g, " ").trim();
  const length = [...name].length;
  if (length < 1 || length > 64 || visibleProblem(name)) {
    throw failed("INVALID_FIELD", "must be 1 to 64 visible characters", "name");
  }
  const meetingId = meetingIdOf(form.meetingId);
  if (!meetingId) throw failed("INVALID_FIELD", "must be ten digits", "meeting_id");
  if (!form.password && !form.accessToken) throw failed("INVALID_FIELD", "must not be empty", "password");
  return { ...form, name, meetingId };
}
