// The polls of a meeting, as snapshots and events tell them, and one's own votes, which nobody is told.
import { create } from "@bufbuild/protobuf";
import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import { OpenPollRequestSchema, type Poll, PollState, VoteRequestSchema } from "../gen/sipulung/roster/v1/poll_pb";
import { checkLimits } from "../protocol/limits";
import type { MeetingPolls, PollView } from "./contract";

export type PollRequest =
  | { readonly case: "openPoll"; readonly value: { readonly question: string; readonly options: string[] } }
  | { readonly case: "closePoll"; readonly value: { readonly pollId: string } }
  | { readonly case: "vote"; readonly value: { readonly pollId: string; readonly option: number } };

export class Polls implements MeetingPolls {
  readonly #known = signal<readonly Poll[]>([]);
  readonly #own = signal<ReadonlyMap<string, number>>(new Map());
  readonly all: ReadonlySignal<readonly PollView[]> = computed(() =>
    this.#known.value.map((poll) => viewOf(poll, this.#own.value.get(poll.pollId) ?? null)),
  );

  /** `send` resolves when the request was carried out. */
  constructor(private readonly send: (request: PollRequest) => Promise<unknown>) {}

  replace(polls: readonly Poll[]): void {
    this.#known.value = polls;
  }

  hear(poll: Poll): void {
    const before = this.#known.value.find(({ pollId }) => pollId === poll.pollId);
    if (!before) this.#known.value = [...this.#known.value, poll];
    else {
      // When somebody votes, only their number is told.
      const after = poll.question ? poll : { ...before, voters: poll.voters };
      this.#known.value = this.#known.value.map((one) => (one === before ? after : one));
    }
  }

  async open(question: string, options: readonly string[]): Promise<void> {
    const value = { question, options: [...options] };
    checkLimits(OpenPollRequestSchema, create(OpenPollRequestSchema, value));
    await this.send({ case: "openPoll", value });
  }

  async close(id: string): Promise<void> {
    await this.send({ case: "closePoll", value: { pollId: id } });
  }

  async vote(id: string, option: number): Promise<void> {
    const value = { pollId: id, option };
    checkLimits(VoteRequestSchema, create(VoteRequestSchema, value));
    await this.send({ case: "vote", value });
    this.#own.value = new Map(this.#own.value).set(id, option);
  }
}

function viewOf(poll: Poll, ownVote: number | null): PollView {
  return {
    id: poll.pollId,
    question: poll.question,
    options: poll.options.map(({ text, votes }) => ({ text, votes })),
    open: poll.state === PollState.OPEN,
    voters: poll.voters,
    openedAt: Number(poll.openedAtMs),
    byName: poll.byName,
    ownVote,
  };
}
