// Polls that were closed before a vote of this person arrived. Kept beside the page: the ballot is gone by then, and the panel may be.
import { type Signal, signal } from "@preact/signals";
import type { MeetingPolls } from "../../client/contract";

const missed = new WeakMap<MeetingPolls, Signal<ReadonlySet<string>>>();

export function missedVotes(polls: MeetingPolls): Signal<ReadonlySet<string>> {
  let ids = missed.get(polls);
  if (!ids) {
    ids = signal(new Set());
    missed.set(polls, ids);
  }
  return ids;
}
