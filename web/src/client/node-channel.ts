// The data channel to the media node: what it says, and what it is told of layout, own sources and quality.
import { batch, type ReadonlySignal, signal } from "@preact/signals-core";
import type { ClosingReason, NodeToClient, PublishState } from "../gen/sipulung/media/v1/session_pb";
import type { Reconnected } from "../gen/sipulung/signaling/v1/client_pb";
import type { ConnectionSet } from "../media/connection-set";
import type { LayoutRequests } from "../media/layout-requests";
import type { MediaConnection } from "../media/media-connection";
import type { OwnState, Publisher } from "../media/publisher";
import { failed } from "../protocol/failure";
import type { SessionNotice } from "./contract";
import type { People } from "./people";
import type { Receiving } from "./receiving";

export interface NodeChannelPort {
  readonly layout: LayoutRequests;
  readonly publisher: Publisher;
  readonly receiving: Receiving;
  readonly people: Pick<People, "screenNews">;
  /** null before the meeting is prepared and after it is over. */
  media(): ConnectionSet | null;
  mediaUp(): boolean;
  /** In the meeting: what is sent from here concerns others. */
  inside(): boolean;
  onNotice(notice: SessionNotice): void;
  /** A host turned these off; the node forwards nothing of them. */
  onStopped(sources: PublishState): void;
  onClosing(reason: ClosingReason): void;
}

export class NodeChannel {
  readonly #published = signal<OwnState>({
    microphone: false,
    camera: false,
    screen: false,
    screenAudio: false,
    stopsHeard: 0,
  });
  /** What goes out from here, as the others see it. */
  readonly published: ReadonlySignal<OwnState> = this.#published;
  #layoutTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly port: NodeChannelPort) {}

  said(body: NodeToClient["body"]): void {
    const { receiving, publisher } = this.port;
    switch (body.case) {
      case "assignments":
        return receiving.assign(body.value);
      case "speakers":
        return receiving.hear(body.value);
      case "mediaStates":
        return this.#mediaStates(() => receiving.states(body.value));
      case "publishRequest":
        return publisher.demand(body.value.cameraLayers, body.value.screen);
      case "quality":
        return receiving.judge(body.value);
      case "refused":
        return this.port.onNotice({
          kind: "refused",
          failure: failed("INVALID_FIELD", body.value.message, body.value.field).failure,
        });
      case "stopped":
        return this.#stopped(body.value.number, body.value.sources);
      case "closing":
        return this.port.onClosing(body.value.reason);
    }
  }

  /** Another connection carries the media from now on; `news` is what the answer to Reconnect said. */
  activated(connection: MediaConnection, moved: boolean, news: Reconnected | null): void {
    const { receiving } = this.port;
    batch(() => {
      receiving.show(connection);
      receiving.assign(news?.assignments);
    });
    if (news?.mediaStates) this.#mediaStates(() => receiving.states(news.mediaStates));
    if (connection.channelOpen) this.opened(connection);
    if (moved) this.port.onNotice({ kind: "media-moved" });
  }

  /** What changed while there was no channel is said now. */
  opened(connection: MediaConnection): void {
    connection.send({ case: "layout", value: this.port.layout.fresh(performance.now()) });
    if (this.port.inside()) connection.send({ case: "publish", value: this.port.publisher.state() });
  }

  publishChanged(): void {
    const state = this.port.publisher.state();
    const known = this.#published.peek();
    const same = (Object.keys(state) as (keyof typeof state)[]).every((key) => state[key] === known[key]);
    if (same) return;
    this.#published.value = state;
    if (!this.port.inside()) return;
    for (const connection of this.port.media()?.all() ?? []) connection.send({ case: "publish", value: state });
  }

  sendLayout(): void {
    clearTimeout(this.#layoutTimer);
    const active = this.port.media()?.active;
    if (!active?.channelOpen) return;
    const next = this.port.layout.next(performance.now());
    if (typeof next === "number") this.#layoutTimer = setTimeout(() => this.sendLayout(), next);
    else if (next) active.send({ case: "layout", value: next });
  }

  async measure(): Promise<void> {
    const active = this.port.media()?.active;
    if (!active || !this.port.mediaUp()) return;
    const { report, outgoingKbps } = await this.port.receiving.measure(active);
    this.port.publisher.setUplink(outgoingKbps);
    if (this.port.inside()) active.send({ case: "report", value: report });
  }

  stop(): void {
    clearTimeout(this.#layoutTimer);
  }

  /** Off first, then heard: a state that said "heard" of a source that is still on would turn it on again. */
  #stopped(number: number, sources: PublishState | undefined): void {
    if (sources) this.port.onStopped(sources);
    this.port.publisher.hearStop(number);
    this.publishChanged();
  }

  #mediaStates(change: () => void): void {
    for (const notice of this.port.people.screenNews(change)) this.port.onNotice(notice);
  }
}
