// What came out of a closed poll: each option as a bar, a number and a share, so that none of them is needed alone.
import type { PollView } from "../../client/contract";
import { clock, decimal } from "../i18n/format";
import { Notice } from "../parts/notice";
import { roomWords } from "../room/words";

export interface PollResultProps {
  readonly poll: PollView;
  /** A vote of this person came too late. */
  readonly missed: boolean;
}

export function PollResult({ poll, missed }: PollResultProps) {
  const w = roomWords.value.polls;
  const most = Math.max(1, poll.voters);
  return (
    <article class="stack tight poll">
      <h4 class="poll-question" tabIndex={-1}>
        {poll.question}
      </h4>
      {missed && <Notice kind="error">{w.missed}</Notice>}
      <ul class="stack tight">
        {poll.options.map(({ text, votes }, option) => (
          <li key={text} class="poll-bar">
            <p>
              {text}
              {option === poll.ownVote && <span class="quiet"> {w.ownChoice}</span>}
            </p>
            <div class="poll-share" aria-hidden="true">
              <div style={{ width: `${(votes / most) * 100}%` }} />
            </div>
            <p class="quiet">{w.share(votes, decimal((votes / most) * 100, 0))}</p>
          </li>
        ))}
      </ul>
      <p class="quiet">
        {poll.voters === 0 ? w.nobodyVoted : w.voted(poll.voters)} {w.askedBy(poll.byName, clock(poll.openedAt))}
      </p>
    </article>
  );
}
