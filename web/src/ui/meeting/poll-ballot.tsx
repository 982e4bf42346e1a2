// The open poll: choose, send, and choose anew until it is closed. Arrow keys only choose; nothing is sent by accident.
import { useState } from "preact/hooks";
import type { MeetingPolls, PollView } from "../../client/contract";
import { clock } from "../i18n/format";
import { FailureNotice, failureOf, type MetFailure, met } from "../parts/failure-notice";
import { Notice } from "../parts/notice";
import { roomWords } from "../room/words";
import { missedVotes } from "./missed-votes";

export interface PollBallotProps {
  readonly poll: PollView;
  readonly polls: MeetingPolls;
  readonly present: number;
  readonly inCharge: boolean;
}

export function PollBallot({ poll, polls, present, inCharge }: PollBallotProps) {
  const w = roomWords.value.polls;
  const [chosen, setChosen] = useState<number | null>(poll.ownVote);
  const [busy, setBusy] = useState<"vote" | "close" | null>(null);
  const missed = missedVotes(polls);
  const [failure, setFailure] = useState<MetFailure | null>(null);
  const vote = async (option: number) => {
    try {
      await polls.vote(poll.id, option);
      missed.value = new Set([...missed.peek()].filter((id) => id !== poll.id));
    } catch (thrown) {
      // The server says this of a poll that is closed; this page hears of the closing before or after.
      if (failureOf(thrown).code === "WRONG_STATE") missed.value = new Set(missed.peek()).add(poll.id);
      throw thrown;
    }
  };
  const carryOut = (what: "vote" | "close", act: () => Promise<void>) => {
    if (busy) return;
    setBusy(what);
    setFailure(null);
    act()
      .catch((error: unknown) => setFailure(met(error)))
      .finally(() => setBusy(null));
  };
  const news = chosen !== null && chosen !== poll.ownVote;
  const own = poll.ownVote === null ? undefined : poll.options[poll.ownVote];
  return (
    <form
      class="stack poll"
      onSubmit={(event) => {
        event.preventDefault();
        if (news) carryOut("vote", () => vote(chosen));
      }}
    >
      <fieldset class="choices">
        <legend class="poll-question" tabIndex={-1}>
          {poll.question}
        </legend>
        <p class="quiet">{w.askedBy(poll.byName, clock(poll.openedAt))}</p>
        {poll.options.map(({ text }, option) => (
          <label key={text} class="choice">
            <input
              type="radio"
              name={`poll-${poll.id}`}
              checked={chosen === option}
              onChange={() => setChosen(option)}
            />
            <span>{text}</span>
          </label>
        ))}
      </fieldset>
      <p role="status">{w.voters(poll.voters, Math.max(present, poll.voters))}</p>
      {own && <Notice kind="good">{w.counted(own.text)}</Notice>}
      <button type="submit" class="button main wide" aria-disabled={news && !busy ? undefined : "true"}>
        {busy === "vote" ? w.sending : own ? w.change : w.send}
      </button>
      <p class="quiet">{w.secret}</p>
      {inCharge && (
        <button
          type="button"
          class="button wide"
          aria-disabled={busy ? "true" : undefined}
          onClick={() => carryOut("close", () => polls.close(poll.id))}
        >
          {busy === "close" ? w.closing : w.close}
        </button>
      )}
      {failure && <FailureNotice of={failure} />}
    </form>
  );
}
