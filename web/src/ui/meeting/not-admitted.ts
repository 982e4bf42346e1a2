// Why somebody still waits, for the host who wanted to let them in: what is so, and what can be done.
import type { MeetingSession } from "../../client/contract";
import { type MetFailure, sentenceOf } from "../parts/failure-notice";
import { roomWords } from "../room/words";

/** Reads signals: the seats are those that are free now. */
export function notAdmitted(session: MeetingSession, { failure }: MetFailure, asked: number): string {
  if (failure.code !== "MEETING_FULL") return sentenceOf(failure.code);
  const w = roomWords.value.moderation;
  const capacity = session.meeting.value?.capacity ?? 0;
  const free = Math.max(0, capacity - session.participants.value.size);
  return free === 0 ? w.noSeats(capacity) : w.fewSeats(asked, free);
}
