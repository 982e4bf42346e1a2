// The lazily loaded entry to everything that a meeting needs and the join form does not.
import type { MeetingSession, SessionOptions } from "./contract";
import { MeetingRoom } from "./meeting-room";

export function openSession(options: SessionOptions = {}): MeetingSession {
  return new MeetingRoom(options);
}
