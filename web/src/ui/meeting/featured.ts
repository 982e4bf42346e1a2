// Who is large on this stage: pinned by the person here, else in the host's spotlight.
import type { MeetingSession, ParticipantView } from "../../client/contract";
import { pinned } from "./pin";

export interface Featured {
  readonly participant: ParticipantView;
  readonly pinned: boolean;
}

/** Oneself is not shown large to oneself: the own tile says that one is in the spotlight. Reads signals. */
export function featuredOf(session: MeetingSession): Featured | null {
  const participants = session.participants.value;
  const own = participants.get(pinned.value);
  if (own && !own.self) return { participant: own, pinned: true };
  const spotlit = participants.get(session.meeting.value?.spotlight ?? "");
  return spotlit && !spotlit.self ? { participant: spotlit, pinned: false } : null;
}
