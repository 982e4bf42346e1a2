// Why somebody was not in a meeting any more, as the API says it in a line of attendance.
import { stringOf } from "../protocol/http-api";
import type { Json } from "./account-session";
import type { AttendanceLine } from "./host-contract";

const REASONS: Readonly<Record<string, AttendanceLine["reason"]>> = {
  LEFT: "left",
  LOST: "lost",
  REMOVED: "removed",
  MEETING_ENDED: "meeting-ended",
};

/** "" while they are there, and for a reason that is newer than this client. */
export function reasonOf(line: Json): AttendanceLine["reason"] {
  return REASONS[stringOf(line, "reason")] ?? "";
}
