// The room of somebody who filled in the join form.
import { type Room, room } from "../src/ui/room";
import type { FakeSession } from "./fake-session";

/** Makes it the one that the page shows. */
export function enterRoom(session: FakeSession): Room {
  const entered: Room = {
    session,
    form: { name: "Siti Aminah", meetingId: "8123456789", password: "x" },
    from: "join",
  };
  room.value = entered;
  return entered;
}
