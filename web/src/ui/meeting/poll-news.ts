// What is new about polls, for whoever was here: one that was opened and waits for an answer, or the end of one seen open.
import { useRef } from "preact/hooks";
import type { MeetingPolls, PollView } from "../../client/contract";

/** The poll that is open and, as far as this page knows, has no answer of this person. */
export function unanswered(polls: readonly PollView[]): PollView | undefined {
  return polls.find(({ open, ownVote }) => open && ownVote === null);
}

/** Reads signals. The result of a poll from before this person came is no news. */
export function usePollNews(polls: MeetingPolls): PollView | undefined {
  const newest = polls.all.value.at(-1);
  const seenOpen = useRef(new Set<string>());
  if (newest?.open) seenOpen.current.add(newest.id);
  if (!newest) return undefined;
  return (newest.open ? newest.ownVote === null : seenOpen.current.has(newest.id)) ? newest : undefined;
}
