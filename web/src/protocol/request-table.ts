// Requests that wait for their answers. Time is an argument; who owns the table sets the timer.

export interface Waiting<Body> {
  readonly id: bigint;
  readonly body: Body;
  readonly traceparent: string;
  readonly deadlineAt: number;
  readonly settle: (outcome: Outcome) => void;
}

export type Outcome = { readonly ok: true; readonly answer: unknown } | { readonly ok: false; readonly error: Error };

/** One table per session: ids go on growing over reconnects, so an answer of an old socket never meets a new request. */
export class RequestTable<Body> {
  #last = 0n;
  readonly #waiting = new Map<bigint, Waiting<Body>>();

  add(body: Body, traceparent: string, deadlineAt: number, settle: (outcome: Outcome) => void): Waiting<Body> {
    this.#last += 1n;
    const waiting = { id: this.#last, body, traceparent, deadlineAt, settle };
    this.#waiting.set(waiting.id, waiting);
    return waiting;
  }

  /** False: nobody waits for it (it came after its deadline). */
  settle(id: bigint, outcome: Outcome): boolean {
    const waiting = this.#waiting.get(id);
    if (!waiting) return false;
    this.#waiting.delete(id);
    waiting.settle(outcome);
    return true;
  }

  /** What is to be sent again on a new socket, oldest first. */
  unanswered(): Waiting<Body>[] {
    return [...this.#waiting.values()];
  }

  /** Settles what is late and returns when the next one will be, or Infinity. */
  expire(now: number, error: () => Error): number {
    let next = Number.POSITIVE_INFINITY;
    for (const waiting of this.unanswered()) {
      if (waiting.deadlineAt <= now) this.settle(waiting.id, { ok: false, error: error() });
      else next = Math.min(next, waiting.deadlineAt);
    }
    return next;
  }

  failAll(error: Error): void {
    for (const waiting of this.unanswered()) this.settle(waiting.id, { ok: false, error });
  }
}
