// The poll that is open, and the results of those before it; for hosts also the way to a new one.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { MeetingSession } from "../../client/contract";
import { missedVotes } from "./missed-votes";
import { PollBallot } from "./poll-ballot";
import { PollForm } from "./poll-form";
import { PollResult } from "./poll-result";
import "../styles/choices.css";
import "../styles/polls.css";
import { roomWords } from "../room/words";

/** services: roster/core/polling.py */
const MOST_POLLS = 20;

export function PollList({ session }: { readonly session: MeetingSession }) {
  const w = roomWords.value.polls;
  const [asking, setAsking] = useState(false);
  const polls = session.polls.all.value;
  const open = polls.find((poll) => poll.open);
  const closed = polls.filter((poll) => !poll.open).reverse();
  const inCharge = (session.self.value?.role ?? "participant") !== "participant";
  const missed = missedVotes(session.polls).value;
  const list = useRef<HTMLElement>(null);
  const form = !open && asking && inCharge;
  const shown = open ? open.id : form ? "form" : "";
  const before = useRef(shown);
  // Asked while what goes is still there.
  const inside = list.current?.contains(document.activeElement) ?? false;
  useLayoutEffect(() => {
    const was = before.current;
    before.current = shown;
    if (shown === was || !inside || list.current?.contains(document.activeElement)) return;
    // To the question that is written or asked now, or to the result of the one that was; after "Batal" to where one began.
    const next = shown === "form" ? "textarea" : !shown && was === "form" ? ".button.main" : ".poll-question";
    list.current?.querySelector<HTMLElement>(next)?.focus();
  }, [shown]);
  const present = session.participants.value.size;
  return (
    <section
      ref={list}
      class="panel-scroll stack polls"
      aria-label={w.title} // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard.
      tabIndex={0}
    >
      {open && <PollBallot key={open.id} poll={open} polls={session.polls} present={present} inCharge={inCharge} />}
      {form && <PollForm session={session} onDone={() => setAsking(false)} />}
      {!open && !form && inCharge && polls.length < MOST_POLLS && (
        <button type="button" class="button main wide" onClick={() => setAsking(true)}>
          {w.create}
        </button>
      )}
      {!open && inCharge && polls.length >= MOST_POLLS && <p class="quiet">{w.noMore(MOST_POLLS)}</p>}
      {polls.length === 0 && !form && <p class="quiet">{inCharge ? w.emptyForHosts : w.empty}</p>}
      {closed.length > 0 && (
        <section class="stack" aria-label={w.results}>
          <h3>{w.results}</h3>
          {closed.map((poll) => (
            <PollResult key={poll.id} poll={poll} missed={missed.has(poll.id)} />
          ))}
        </section>
      )}
    </section>
  );
}
