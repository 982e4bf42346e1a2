// What only hosts and co-hosts see of a meeting: one part of the program, fetched when somebody is one.
export { MeetingControls } from "./meeting-controls";
export { PersonActs } from "./person-acts";
export { WaitingRoom } from "./waiting-room";

import "../styles/in-charge.css";
