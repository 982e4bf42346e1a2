// The browser's part of the join's trace: how long each step took, sent once.
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { JoinTimingsSchema } from "../gen/sipulung/signaling/v1/client_pb";

type Step = "token" | "socket" | "answer" | "ice" | "dtls";

export class JoinTimings {
  readonly #startedAtMs = Date.now();
  readonly #started = performance.now();
  readonly #steps: Record<Step, number> = { token: 0, socket: 0, answer: 0, ice: 0, dtls: 0 };
  #enterClickedAtMs = 0;
  #enterClicked = 0;
  #entered = 0;
  #firstFrame = 0;

  /** The first time counts. `at`: performance.now() clock. */
  reached(step: Step, at = performance.now()): void {
    if (at > 0) this.#steps[step] ||= rounded(at - this.#started);
  }

  enterClicked(): void {
    this.#enterClickedAtMs = Date.now();
    this.#enterClicked = performance.now();
  }

  entered(): void {
    this.#entered ||= rounded(performance.now() - this.#enterClicked);
  }

  firstFrame(): void {
    this.#firstFrame ||= rounded(performance.now() - this.#enterClicked);
  }

  message(): MessageInitShape<typeof JoinTimingsSchema> {
    return {
      tokenMs: this.#steps.token,
      socketMs: this.#steps.socket,
      answerMs: this.#steps.answer,
      iceMs: this.#steps.ice,
      dtlsMs: this.#steps.dtls,
      enteredMs: this.#entered,
      firstFrameMs: this.#firstFrame,
      startedAtMs: BigInt(this.#startedAtMs),
      enterClickedAtMs: BigInt(this.#enterClickedAtMs),
    };
  }
}

/** 0 means "did not happen", so what took no time took one millisecond. */
const rounded = (ms: number) => Math.max(1, Math.round(ms));
