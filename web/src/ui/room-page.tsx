// The room by its phase: preview, meeting, end. One part of the program, fetched while the person fills in the form.
import { EndedPage } from "./ended-page";
import { LobbyPage } from "./lobby/lobby-page";
import { MeetingPage } from "./meeting/meeting-page";
import { PreviewPage } from "./preview/preview-page";
import type { Room } from "./room";
import "./styles/choices.css";
import "./styles/preview.css";
import "./styles/lobby.css";
import "./styles/meeting.css";
import "./styles/people.css";

export function RoomPage({ room }: { readonly room: Room }) {
  switch (room.session.phase.value) {
    case "in-meeting":
    case "reconnecting":
      return <MeetingPage room={room} />;
    case "waiting":
      return <LobbyPage room={room} />;
    case "ended":
      return <EndedPage room={room} />;
    default:
      return <PreviewPage room={room} />;
  }
}
