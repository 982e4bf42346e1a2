// The panel of polls. What is in it is fetched when somebody opens it: most meetings have none.
import { useState } from "preact/hooks";
import type { MeetingPolls, MeetingSession } from "../../client/contract";
import { Lazy } from "../parts/lazy";
import { roomWords } from "../room/words";
import { Panel } from "./panel";
import { usePollNews } from "./poll-news";

const loadPollList = async () => (await import("./poll-list")).PollList;

/** What the banner says while the panel is closed, for whoever does not see the panel change. */
function PollNews({ polls }: { readonly polls: MeetingPolls }) {
  const w = roomWords.value.polls;
  const news = usePollNews(polls);
  const state = news && `${news.id} ${news.open}`;
  // What is there when the panel is opened is read where it stands.
  const [known] = useState(state);
  return (
    <p class="unseen" role="status">
      {news && state !== known ? `${news.open ? w.wasOpened : w.wasClosed} ${news.question}` : ""}
    </p>
  );
}

export interface PollPanelProps {
  readonly session: MeetingSession;
  readonly onClose: () => void;
}

export function PollPanel({ session, onClose }: PollPanelProps) {
  return (
    <Panel title={roomWords.value.polls.title} onClose={onClose}>
      <PollNews polls={session.polls} />
      <Lazy load={loadPollList} props={{ session }} inPage />
    </Panel>
  );
}
