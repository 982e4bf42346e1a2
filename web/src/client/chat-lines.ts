// The chat of a session: lines that came, and one's own on their way.
import { create } from "@bufbuild/protobuf";
import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { ChatLine } from "../gen/sipulung/roster/v1/participant_pb";
import { SaySchema } from "../gen/sipulung/signaling/v1/client_pb";
import { retryDelayMs } from "../protocol/backoff";
import { failureOf } from "../protocol/failure";
import { checkLimits } from "../protocol/limits";
import { cleanedText } from "../protocol/visible";
import { withLines, withOutcome, withOwnLine } from "./chat";
import type { ChatLineView, Failure, FailureCode } from "./contract";

/** A service that is restarted is back within some seconds; who wrote a line need not press anything for that long. */
const TRY_FOR_MS = 30_000;
/** What may have reached nobody, or may not have been answered: the same line again changes nothing for the roster. */
const AWAY: ReadonlySet<FailureCode> = new Set(["UNAVAILABLE", "OFFLINE", "DEADLINE_EXCEEDED", "SHUTTING_DOWN"]);

export interface ChatPort {
  readonly self: () => { readonly id: string; readonly name: string };
  readonly send: (say: {
    readonly text: string;
    readonly clientLineId: string;
    readonly toHosts: boolean;
  }) => Promise<void>;
}

export class ChatLines {
  readonly #port: ChatPort;
  readonly #lines = signal<readonly ChatLineView[]>([]);
  readonly lines: ReadonlySignal<readonly ChatLineView[]> = this.#lines;
  /** Until the line before is sent or has failed: they arrive as they were written, and the roster knows only the last by its id. */
  #before: Promise<void> = Promise.resolve();

  constructor(port: ChatPort) {
    this.#port = port;
  }

  add(lines: readonly ChatLine[]): void {
    this.#lines.value = withLines(this.#lines.value, lines, this.#port.self().id);
  }

  /** The person here is in charge no more: what others said to hosts is not theirs to read. */
  leaveToHosts(): void {
    this.#lines.value = this.#lines.value.filter((line) => line.own || !line.toHosts);
  }

  /** Throws SessionFailure (INVALID_FIELD) for a text that is not allowed; what fails on its way is shown at the line. */
  async say(written: string, toHosts: boolean): Promise<void> {
    const key = newLineId();
    const text = cleanedText(written).trim();
    checkLimits(SaySchema, create(SaySchema, { text, clientLineId: key }), "say");
    await this.#send(key, text, toHosts);
  }

  async retry(key: string): Promise<void> {
    const line = this.#lines.value.find((one) => one.key === key && one.state === "failed");
    if (line) await this.#send(key, line.text, line.toHosts);
  }

  async #send(key: string, text: string, toHosts: boolean): Promise<void> {
    const { id, name } = this.#port.self();
    const line = { key, participantId: id, name, text, sentAt: Date.now(), toHosts };
    this.#lines.value = withOwnLine(this.#lines.value, line);
    const sent = this.#before.then(() => this.#tried(key, { text, clientLineId: key, toHosts }));
    this.#before = sent.then(() => undefined);
    const failure = await sent;
    this.#lines.value = withOutcome(this.#lines.value, key, failure);
  }

  /** Sends it, and again while the roster is away for a moment. Why it failed, or null. */
  async #tried(key: string, say: Parameters<ChatPort["send"]>[0]): Promise<Failure | null> {
    const until = performance.now() + TRY_FOR_MS;
    for (let attempt = 1; ; attempt++) {
      const failure = await this.#port.send(say).then(() => null, failureOf);
      if (!failure || this.#arrived(key)) return null;
      const delay = retryDelayMs(attempt, Math.random(), failure.retryAfterMs);
      if (!AWAY.has(failure.code) || performance.now() + delay > until) return failure;
      await new Promise((again) => setTimeout(again, delay));
    }
  }

  /** Its answer was lost, the line was not. */
  #arrived(key: string): boolean {
    return this.#lines.value.some((line) => line.key === key && line.number > 0);
  }
}

function newLineId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
