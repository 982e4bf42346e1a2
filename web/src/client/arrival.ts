// Getting into a meeting: the token, Open, Enter, how long each took, and the same again when signaling knows the session no more.
import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { Entered, Opened } from "../gen/sipulung/signaling/v1/client_pb";
import type { ConnectionSet } from "../media/connection-set";
import type { LayoutInit } from "../media/layout-requests";
import type { MediaConnection } from "../media/media-connection";
import type { Publisher } from "../media/publisher";
import { retryDelayMs } from "../protocol/backoff";
import type { SignalingConnection } from "../protocol/connection";
import { failed, failureOf, isPassing } from "../protocol/failure";
import { numberOf, objectOf, stringOf } from "../protocol/http-api";
import { newTrace } from "../protocol/trace-context";
import type { Failure, JoinForm, MeetingInfo } from "./contract";
import { onFirstFrame } from "./first-frame";
import { requestJoin } from "./join-request";
import { JoinTimings } from "./join-timings";
import { OPEN_RULES } from "./moderation";
import { clientName } from "./this-device";

const FIRST_FRAME_WAIT_MS = 5_000;

export interface Offer {
  readonly connection: MediaConnection;
  readonly offerSdp: string;
}

/** What stands around it. `signaling` and `media` are null before the meeting is prepared and after it is over. */
export interface ArrivalPort {
  readonly publisher: Pick<Publisher, "admit" | "state">;
  signaling(): Pick<SignalingConnection, "open" | "request"> | null;
  media(): Pick<ConnectionSet, "prepare" | "begin" | "discard"> | null;
  layout(): LayoutInit;
  /** Enter was answered before, be it with the lobby: a new session is entered again, too. */
  entered(): boolean;
  onEntered(entered: Entered): void;
  /** A new session was refused for good. */
  onRefused(failure: Failure): void;
}

export class Arrival {
  readonly #selfId = signal("");
  readonly #meeting = signal<MeetingInfo | null>(null);
  readonly selfId: ReadonlySignal<string> = this.#selfId;
  /** As the token's answer and Open told it; the roster knows better once it is there. */
  readonly meeting: ReadonlySignal<MeetingInfo | null> = this.#meeting;
  #timings = new JoinTimings();
  #trace = "";
  #form: JoinForm | null = null;
  #joinToken = "";
  #reopening = false;
  #timingsTimer: ReturnType<typeof setTimeout> | undefined;
  #stopFrames: () => void = () => undefined;

  constructor(
    private readonly origin: string,
    private readonly port: ArrivalPort,
  ) {}

  get timings(): JoinTimings {
    return this.#timings;
  }

  get reopening(): boolean {
    return this.#reopening;
  }

  begin(form: JoinForm): void {
    this.#form = form;
    this.#timings = new JoinTimings();
    this.#trace = newTrace().traceparent;
  }

  async fetchToken(): Promise<void> {
    const form = this.#form;
    if (!form) throw failed("WRONG_STATE", "no form");
    const answer = await requestJoin(form, { origin: this.origin, traceparent: this.#trace });
    const meeting = objectOf(answer, "meeting");
    this.#joinToken = stringOf(answer, "join_token");
    this.#timings.reached("token");
    this.#selfId.value = stringOf(answer, "participant_id");
    this.#meeting.value = {
      id: stringOf(meeting, "meeting_id"),
      title: stringOf(meeting, "title"),
      present: numberOf(meeting, "present"),
      capacity: numberOf(meeting, "capacity"),
      rules: OPEN_RULES,
      spotlight: "",
    };
  }

  async open(offer: Offer): Promise<Opened> {
    const open = {
      joinToken: this.#joinToken,
      offerSdp: offer.offerSdp,
      layout: this.port.layout(),
      client: clientName(navigator.userAgent),
    };
    try {
      const opened = await this.#signaling().open(open, this.#trace);
      this.#timings.reached("answer");
      this.#selfId.value = opened.participantId;
      const known = this.#meeting.peek();
      if (known) this.#meeting.value = { ...known, title: opened.meetingTitle || known.title, present: opened.present };
      await this.#media().begin(offer.connection, opened);
      return opened;
    } catch (error) {
      this.port.media()?.discard(offer.connection);
      throw error;
    }
  }

  /** The tracks are put on their way at the click: the first packets are at the node when it admits them. */
  async enter(): Promise<void> {
    this.port.publisher.admit(true);
    const body = { case: "enter", value: { publish: this.port.publisher.state() } } as const;
    const entered = await this.#signaling().request(body, "entered", { traceparent: this.#trace });
    this.#timings.entered();
    if (entered.participant) this.#selfId.value = entered.participant.participantId;
    this.port.onEntered(entered);
  }

  /** The timings go out with the first frame of anybody, or without one after a while. */
  watchFirstFrame(streams: readonly MediaStream[]): void {
    const send = () => {
      this.#stopFrames();
      clearTimeout(this.#timingsTimer);
      const body = { case: "timings", value: this.#timings.message() } as const;
      this.port
        .signaling()
        ?.request(body, "done", { traceparent: this.#trace })
        .catch(() => undefined);
    };
    this.#stopFrames = onFirstFrame(streams, () => {
      this.#timings.firstFrame();
      send();
    });
    this.#timingsTimer = setTimeout(send, FIRST_FRAME_WAIT_MS);
  }

  /** Signaling knows the session no more (its store was lost, the roster let us go): the join token opens a new one; media goes on meanwhile. */
  async reopen(cause: Failure): Promise<void> {
    if (this.#reopening || !this.port.media()) return;
    this.#reopening = true;
    console.warn("sipulung: opening a new session", cause);
    for (let attempt = 1; this.port.media(); attempt += 1) {
      try {
        await this.open(await this.#media().prepare());
        if (this.port.entered()) await this.enter();
        break;
      } catch (error) {
        const failure = failureOf(error);
        const refusal = await this.#refusal(failure);
        if (refusal) return this.port.onRefused(refusal);
        const delay = retryDelayMs(attempt, Math.random(), failure.retryAfterMs);
        await new Promise((resolve) => setTimeout(resolve, delay));
      }
    }
    this.#reopening = false;
  }

  /** Lets go of timers; what is under way finds no signaling any more and ends. */
  stop(): void {
    clearTimeout(this.#timingsTimer);
    this.#stopFrames();
    this.#reopening = false;
  }

  /** Why trying again makes no sense, or null. A token that ran out is renewed with the form that made it. */
  async #refusal(failure: Failure): Promise<Failure | null> {
    if (failure.code !== "TOKEN_EXPIRED" && failure.code !== "UNAUTHENTICATED") {
      return isPassing(failure) ? null : failure;
    }
    const renewed = await this.fetchToken().then(() => null, failureOf);
    return renewed && !isPassing(renewed) ? renewed : null;
  }

  #signaling() {
    const signaling = this.port.signaling();
    if (!signaling) throw failed("WRONG_STATE", "not connected");
    return signaling;
  }

  #media() {
    const media = this.port.media();
    if (!media) throw failed("WRONG_STATE", "not connected");
    return media;
  }
}
