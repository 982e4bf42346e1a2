// Polls without a server.
import { signal } from "@preact/signals-core";
import type { FailureError, MeetingPolls, PollView } from "../src/client/contract";

export class FakePolls implements MeetingPolls {
  readonly all = signal<readonly PollView[]>([]);
  /** What the next call is refused with. */
  refusal: FailureError | null = null;
  #number = 0;

  constructor(private readonly now: number) {}

  /** A poll of somebody else, with votes for each option; they are told when it is closed. */
  add(question: string, votes: Readonly<Record<string, number>>, more: Partial<PollView> = {}): void {
    this.#number += 1;
    const poll: PollView = {
      id: `poll${this.#number}`,
      question,
      options: Object.entries(votes).map(([text, count]) => ({ text, votes: more.open ? 0 : count })),
      open: false,
      voters: Object.values(votes).reduce((sum, count) => sum + count, 0),
      openedAt: this.now,
      byName: "Drs. H. Andi Baso Mappatoba, M.Si",
      ownVote: null,
      ...more,
    };
    this.all.value = [...this.all.value, poll];
  }

  async open(question: string, options: readonly string[]): Promise<void> {
    this.#refuse();
    this.add(question, Object.fromEntries(options.map((text) => [text, 0])), { open: true, byName: "Siti Aminah" });
  }

  async close(id: string): Promise<void> {
    this.#refuse();
    this.#change(id, (poll) => ({
      open: false,
      options: poll.options.map((option, index) => ({ ...option, votes: Number(index === poll.ownVote) })),
    }));
  }

  async vote(id: string, option: number): Promise<void> {
    this.#refuse();
    this.#change(id, ({ voters, ownVote }) => ({ ownVote: option, voters: ownVote === null ? voters + 1 : voters }));
  }

  #change(id: string, change: (poll: PollView) => Partial<PollView>): void {
    this.all.value = this.all.value.map((poll) => (poll.id === id ? { ...poll, ...change(poll) } : poll));
  }

  #refuse(): void {
    const refusal = this.refusal;
    this.refusal = null;
    if (refusal) throw refusal;
  }
}
