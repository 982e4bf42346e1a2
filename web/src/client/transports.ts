// The two ways out of the page, the socket to signaling and the connections to media nodes: they come up and go together.
import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { Snapshot } from "../gen/sipulung/roster/v1/participant_pb";
import type { Reconnected, ServerMessage } from "../gen/sipulung/signaling/v1/client_pb";
import { ConnectionSet } from "../media/connection-set";
import type { LayoutRequests } from "../media/layout-requests";
import type { Publisher } from "../media/publisher";
import { SignalingConnection } from "../protocol/connection";
import { failed } from "../protocol/failure";
import type { Arrival } from "./arrival";
import type { ConnectionView, Failure } from "./contract";
import type { NodeChannel } from "./node-channel";
import { listenToPage } from "./page-events";

const MEASURE_EVERY_MS = 5_000;

export interface TransportsPort {
  readonly arrival: Pick<Arrival, "reopen" | "reopening" | "timings">;
  readonly node: Pick<NodeChannel, "activated" | "measure" | "opened" | "said" | "stop">;
  readonly layout: Pick<LayoutRequests, "fresh">;
  readonly publisher: Pick<Publisher, "applyTo" | "state">;
  onEvent(body: ServerMessage["body"]): void;
  /** The socket is back; what was missed is in the snapshot. */
  onResumed(snapshot: Snapshot): void;
  /** Signaling is done with this client. */
  onOver(failure: Failure): void;
  /** The page goes for good. */
  onGone(): void;
}

export class Transports {
  readonly #connection = signal<ConnectionView>({ socket: "new", attempt: 0, nextTryAt: 0, media: "new" });
  readonly connection: ReadonlySignal<ConnectionView> = this.#connection;
  #signaling: SignalingConnection | null = null;
  #media: ConnectionSet | null = null;
  #moved: Reconnected | null = null;
  #measureTimer: ReturnType<typeof setInterval> | undefined;
  #stopListening: () => void = () => undefined;

  constructor(private readonly port: TransportsPort) {}

  /** null before `start` and after `stop`. */
  get signaling(): SignalingConnection | null {
    return this.#signaling;
  }

  get media(): ConnectionSet | null {
    return this.#media;
  }

  mustSignaling(): SignalingConnection {
    if (!this.#signaling) throw failed("WRONG_STATE", "not connected");
    return this.#signaling;
  }

  mustMedia(): ConnectionSet {
    if (!this.#media) throw failed("WRONG_STATE", "not connected");
    return this.#media;
  }

  /** `origin` of the servers, "" for the page's own; `faces` as many as the layout shows at most. */
  start(origin: string, faces: number): void {
    const { arrival, node, layout, publisher, onEvent, onResumed, onOver, onGone } = this.port;
    const base = origin || location.origin;
    this.#signaling = new SignalingConnection(`${base.replace(/^http/, "ws")}/ws`, {
      onState: (state) => {
        if (state.socket === "up") arrival.timings.reached("socket");
        const socket = state.socket === "closed" ? "new" : state.socket;
        this.#connection.value = { ...this.#connection.value, ...state, socket };
      },
      onEvent,
      onResumed: ({ snapshot }) => snapshot && onResumed(snapshot),
      onSessionLost: ({ failure }) => void arrival.reopen(failure),
      onOver: ({ failure }) => onOver(failure),
    });
    this.#signaling.connect();
    this.#media = new ConnectionSet(faces, {
      negotiate: async (mediaSessionId, offerSdp) => {
        const body = { case: "negotiate", value: { mediaSessionId, offerSdp } } as const;
        return (await this.mustSignaling().request(body, "negotiated")).answerSdp;
      },
      reconnect: async (offerSdp) => {
        const value = { offerSdp, layout: layout.fresh(performance.now()), publish: publisher.state() };
        this.#moved = await this.mustSignaling().request({ case: "reconnect", value }, "reconnected");
        return this.#moved;
      },
      socketUp: () => this.#connection.peek().socket === "up" && !arrival.reopening,
      onState: (media) => {
        arrival.timings.reached("ice", this.#media?.active?.reachedAt.ice ?? 0);
        arrival.timings.reached("dtls", this.#media?.active?.reachedAt.dtls ?? 0);
        if (media !== this.#connection.peek().media) this.#connection.value = { ...this.#connection.value, media };
      },
      onActive: (connection, moved) => {
        const news = this.#moved;
        this.#moved = null;
        node.activated(connection, moved, news);
      },
      onChannelOpen: (connection) => node.opened(connection),
      onMessage: (body) => node.said(body),
      onCreated: (connection) => publisher.applyTo(connection),
    });
    this.#measureTimer = setInterval(() => void node.measure(), MEASURE_EVERY_MS);
    this.#stopListening = listenToPage({
      onNetwork: () => this.reconnectNow(),
      onVisible: () => this.#signaling?.retryNow(),
      onGone,
    });
  }

  reconnectNow(): void {
    this.#signaling?.retryNow();
    this.#media?.networkChanged();
  }

  /** The socket outlives the rest by a last word: whoever takes it closes it. */
  takeSignaling(): SignalingConnection | null {
    const signaling = this.#signaling;
    this.#signaling = null;
    return signaling;
  }

  stop(): void {
    clearInterval(this.#measureTimer);
    this.port.node.stop();
    this.#stopListening();
    const [signaling, media] = [this.#signaling, this.#media];
    this.#signaling = null;
    this.#media = null;
    media?.close();
    signaling?.close();
  }
}
