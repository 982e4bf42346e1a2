// The chat of a session: lines that came, and one's own on their way.
import { create } from "@bufbuild/protobuf";
import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { ChatLine } from "../gen/sipulung/roster/v1/participant_pb";
import { SaySchema } from "../gen/sipulung/signaling/v1/client_pb";
import { failureOf } from "../protocol/failure";
import { checkLimits } from "../protocol/limits";
import { withLines, withOutcome, withOwnLine } from "./chat";
import type { ChatLineView } from "./contract";

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
  async say(text: string, toHosts: boolean): Promise<void> {
    const key = newLineId();
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
    try {
      await this.#port.send({ text, clientLineId: key, toHosts });
      this.#lines.value = withOutcome(this.#lines.value, key, null);
    } catch (error) {
      this.#lines.value = withOutcome(this.#lines.value, key, failureOf(error));
    }
  }
}

function newLineId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
