// That a poll was opened or closed, for a while and in nobody's way; the control below goes on saying that one waits.
import type { MeetingPolls } from "../../client/contract";
import { POLL } from "../meeting-icons";
import { useFresh } from "../parts/time";
import { roomWords } from "../room/words";
import { Banner } from "./banners";
import { usePollNews } from "./poll-news";

const SAID_FOR_MS = 20_000;

export interface PollBannerProps {
  readonly polls: MeetingPolls;
  readonly onOpen: () => void;
}

export function PollBanner({ polls, onOpen }: PollBannerProps) {
  const w = roomWords.value.polls;
  const all = polls.all.value;
  const newest = all[all.length - 1];
  const news = usePollNews(polls);
  const fresh = useFresh(newest && `${newest.id} ${newest.open}`, SAID_FOR_MS);
  if (!news || !fresh) return null;
  return (
    <Banner
      icon={POLL}
      act={
        <button type="button" class="stage-button main" onClick={onOpen}>
          {news.open ? w.answer : w.showResult}
        </button>
      }
    >
      <strong>{news.open ? w.wasOpened : w.wasClosed}</strong> {news.question}
    </Banner>
  );
}
