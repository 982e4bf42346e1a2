// What a host turned off here, as the node tells it: the roster's word for it may fall into a gap of the socket.
import type { PublishState } from "../gen/sipulung/media/v1/session_pb";
import type { SessionNotice } from "./contract";
import type { HostAct, ModeratedNotice } from "./in-charge";
import type { OwnMedia } from "./own-media";

/** The roster's word names the host, and comes this soon where it comes at all. */
const NAMED_WITHIN_MS = 2_000;

type Acting = Extract<HostAct, { kind: "mute" | "stop-camera" | "stop-share" }>;

export interface HostStopsPort {
  readonly own: Pick<
    OwnMedia,
    "microphoneOn" | "cameraOn" | "ownScreen" | "setMicrophone" | "setCamera" | "stopSharing"
  >;
  selfId(): string;
  socketUp(): boolean;
  onNotice(notice: SessionNotice): void;
}

export class HostStops {
  #unsaid: readonly Acting[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly port: HostStopsPort) {}

  /** What is off already was said, or was the person's own doing. */
  stopped(sources: Pick<PublishState, "microphone" | "camera" | "screen">): void {
    const { own, selfId, socketUp } = this.port;
    const acts: Acting[] = [];
    if (sources.microphone && own.microphoneOn.peek()) acts.push({ kind: "mute", ids: [selfId()] });
    if (sources.camera && own.cameraOn.peek()) acts.push({ kind: "stop-camera", id: selfId() });
    if (sources.screen && own.ownScreen.peek()) acts.push({ kind: "stop-share", id: selfId() });
    for (const act of acts) this.turnOff(act);
    if (acts.length === 0) return;
    this.#unsaid = [...this.#unsaid, ...acts];
    if (!socketUp()) return this.#say();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#say(), NAMED_WITHIN_MS);
  }

  turnOff(act: HostAct): void {
    const { own } = this.port;
    if (act.kind === "mute") void own.setMicrophone(false);
    else if (act.kind === "stop-camera") void own.setCamera(false);
    else if (act.kind === "stop-share") own.stopSharing();
  }

  /** The roster has said it, by name; or the rules that it comes from. */
  said({ act, self }: ModeratedNotice): void {
    if (act.kind === "settings") this.#unsaid = [];
    else if (self) this.#unsaid = this.#unsaid.filter(({ kind }) => kind !== act.kind);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#unsaid = [];
  }

  #say(): void {
    clearTimeout(this.#timer);
    const unsaid = this.#unsaid;
    this.#unsaid = [];
    for (const act of unsaid) {
      this.port.onNotice({ kind: "moderated", act, by: "", own: false, self: true, names: [] });
    }
  }
}
