// That a poll was opened or closed, for a while and in nobody's way; the control below goes on saying that one waits.
import { useRef } from "preact/hooks";
import type { MeetingPolls, PollView } from "../../client/contract";
import { POLL } from "../meeting-icons";
import { useFresh } from "../parts/time";
import { roomWords } from "../room/words";
import { Banner } from "./banners";

const SAID_FOR_MS = 20_000;

/** The poll that is open and, as far as this page knows, has no answer of this person. */
export function unanswered(polls: readonly PollView[]): PollView | undefined {
  return polls.find(({ open, ownVote }) => open && ownVote === null);
}

export interface PollBannerProps {
  readonly polls: MeetingPolls;
  readonly onOpen: () => void;
}

export function PollBanner({ polls, onOpen }: PollBannerProps) {
  const w = roomWords.value.polls;
  const all = polls.all.value;
  const newest = all[all.length - 1];
  const seenOpen = useRef(new Set<string>());
  if (newest?.open) seenOpen.current.add(newest.id);
  const fresh = useFresh(newest && `${newest.id} ${newest.open}`, SAID_FOR_MS);
  // The result of a poll from before this person came is no news.
  const news = newest && (newest.open ? newest.ownVote === null : seenOpen.current.has(newest.id));
  if (!newest || !news || !fresh) return null;
  return (
    <Banner
      icon={POLL}
      act={
        <button type="button" class="stage-button main" onClick={onOpen}>
          {newest.open ? w.answer : w.showResult}
        </button>
      }
    >
      <strong>{newest.open ? w.wasOpened : w.wasClosed}</strong> {newest.question}
    </Banner>
  );
}
