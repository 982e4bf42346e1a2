// The panel of polls. What is in it is fetched when somebody opens it: most meetings have none.
import type { MeetingSession } from "../../client/contract";
import { Lazy } from "../parts/lazy";
import { roomWords } from "../room/words";
import { Panel } from "./panel";

const loadPollList = async () => (await import("./poll-list")).PollList;

export interface PollPanelProps {
  readonly session: MeetingSession;
  readonly onClose: () => void;
}

export function PollPanel({ session, onClose }: PollPanelProps) {
  return (
    <Panel title={roomWords.value.polls.title} onClose={onClose}>
      <Lazy load={loadPollList} props={{ session }} inPage />
    </Panel>
  );
}
