// The connections to media nodes: one, or two while one takes over from the other. It brings them up, repairs and replaces them.

import type { NodeToClient } from "../gen/sipulung/media/v1/session_pb";
import { retryDelayMs } from "../protocol/backoff";
import { failureOf } from "../protocol/failure";
import { MediaConnection, type MediaHooks } from "./media-connection";
import { repairAction } from "./repair";

export interface NegotiatedMedia {
  readonly answerSdp: string;
  readonly mediaSessionId: string;
}

export interface SetHooks {
  /** Negotiate through the socket: the answer's SDP. */
  negotiate(mediaSessionId: string, offerSdp: string): Promise<string>;
  /** Reconnect through the socket. */
  reconnect(offerSdp: string): Promise<NegotiatedMedia>;
  socketUp(): boolean;
  onState(state: "new" | "connecting" | "up" | "lost"): void;
  /** This connection is heard and seen from now on. `moved`: it replaced another one. */
  onActive(connection: MediaConnection, moved: boolean): void;
  onChannelOpen(connection: MediaConnection): void;
  onMessage(body: NodeToClient["body"]): void;
  /** A connection was made and needs the own tracks. */
  onCreated(connection: MediaConnection): void;
}

/** A drained node's successor has that long to come up before the old connection is let go all the same. */
const TAKEOVER_MS = 5_000;
const WATCH_MS = 250;

export class ConnectionSet {
  readonly #hooks: MediaHooks = {
    onTransport: (connection) => this.#transportChanged(connection),
    onChannelOpen: (connection) => {
      if (connection === this.#active || connection === this.#next) this.hooks.onChannelOpen(connection);
    },
    onMessage: (connection, body) => {
      // What the old node says while the new one takes over is out of date.
      if (connection === (this.#next?.state === "up" ? this.#next : this.#active)) this.hooks.onMessage(body);
    },
  };
  /** Offered, and not answered yet. */
  readonly #prepared = new Set<MediaConnection>();
  #active: MediaConnection | null = null;
  #next: MediaConnection | null = null;
  #busy = false;
  #downSince = 0;
  #restartedAt = Number.NEGATIVE_INFINITY;
  #restarts = 0;
  #replacements = 0;
  #notBefore = 0;
  #networkChanged = false;
  /** The node said so, or knows this session no more: there is nothing to keep. */
  #gone = false;
  /** A replacement was asked for and could not be made yet. */
  #due = false;
  #closed = false;
  #watch: ReturnType<typeof setInterval> | undefined;
  #takeover: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private faces: number,
    private readonly hooks: SetHooks,
  ) {}

  get active(): MediaConnection | null {
    return this.#active;
  }

  *all(): Iterable<MediaConnection> {
    if (this.#active) yield this.#active;
    if (this.#next) yield this.#next;
  }

  /** The first connection, or one for a session that had to be opened anew. Its offer goes into Open. */
  async prepare(): Promise<{ connection: MediaConnection; offerSdp: string }> {
    const connection = this.#create();
    this.#prepared.add(connection);
    return { connection, offerSdp: await connection.offer() };
  }

  /** The answer to `prepare`'s offer. */
  async begin(connection: MediaConnection, media: NegotiatedMedia): Promise<void> {
    this.#prepared.delete(connection);
    connection.mediaSessionId = media.mediaSessionId;
    await connection.accept(media.answerSdp);
    if (this.#closed) return connection.close();
    this.#downSince = performance.now();
    if (this.#active) this.#standBy(connection, this.#active.state !== "up");
    else this.#activate(connection, false);
    this.#watch ??= setInterval(() => void this.#repair(), WATCH_MS);
    this.#report();
  }

  discard(connection: MediaConnection): void {
    this.#prepared.delete(connection);
    connection.close();
  }

  /** The node drains (`urgent` false) or is gone: a second connection comes up beside the first. */
  async move(urgent: boolean): Promise<void> {
    if (urgent) this.#gone = true;
    this.#due = true;
    await this.#replace();
  }

  /** WiFi to 4G: an ICE restart finds the new path before anybody notices that the old one is dead. */
  networkChanged(): void {
    this.#networkChanged = true;
    this.#notBefore = 0;
    void this.#repair();
  }

  /** A layout with more faces than m-lines appends pairs, by one more exchange. */
  async growTo(faces: number): Promise<void> {
    if (faces <= this.faces) return;
    this.faces = faces;
    const connection = this.#active;
    if (!connection?.growTo(faces)) return;
    await this.#renegotiate(connection, false);
    if (connection === this.#active) this.hooks.onActive(connection, false);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#watch);
    clearTimeout(this.#takeover);
    for (const connection of [...this.all(), ...this.#prepared]) connection.close();
    this.#prepared.clear();
    this.#active = this.#next = null;
  }

  #create(): MediaConnection {
    const connection = new MediaConnection(this.faces, this.#hooks);
    this.hooks.onCreated(connection);
    return connection;
  }

  #transportChanged(connection: MediaConnection): void {
    if (this.#closed) return;
    if (connection === this.#next) {
      if (connection.state === "up") this.#takeOver();
      return;
    }
    if (connection !== this.#active) return;
    if (connection.state === "up") {
      this.#downSince = 0;
      this.#restarts = 0;
      this.#replacements = 0;
      this.#notBefore = 0;
    } else if (!this.#downSince) this.#downSince = performance.now();
    this.#report();
  }

  #report(): void {
    const state = this.#active?.state ?? "new";
    this.hooks.onState(state === "failed" || state === "closed" ? "lost" : state);
  }

  async #repair(): Promise<void> {
    const active = this.#active;
    const now = performance.now();
    if (!active || this.#busy || this.#next || this.#closed || now < this.#notBefore) return;
    if (this.#gone || this.#due) return this.#replace();
    const action = repairAction({
      state: active.state,
      downMs: this.#downSince ? now - this.#downSince : 0,
      sinceRestartMs: now - this.#restartedAt,
      restarts: this.#restarts,
      networkChanged: this.#networkChanged,
      socketUp: this.hooks.socketUp() && navigator.onLine !== false,
    });
    if (action === "replace") return this.#replace();
    if (action !== "restart") return;
    this.#networkChanged = false;
    this.#restartedAt = now;
    this.#restarts += 1;
    await this.#renegotiate(active, true);
  }

  async #renegotiate(connection: MediaConnection, iceRestart: boolean): Promise<void> {
    this.#busy = true;
    try {
      const answer = await this.hooks.negotiate(connection.mediaSessionId, await connection.offer(iceRestart));
      await connection.accept(answer);
    } catch (error) {
      await connection.withdraw().catch(() => undefined);
      const { code } = failureOf(error);
      if (code === "SESSION_GONE" || code === "NOT_FOUND") this.#gone = true;
      else console.warn("sipulung: renegotiation failed", error);
    } finally {
      this.#busy = false;
    }
  }

  async #replace(): Promise<void> {
    if (this.#busy || this.#next || this.#closed) return;
    this.#busy = true;
    const connection = this.#create();
    try {
      const media = await this.hooks.reconnect(await connection.offer());
      connection.mediaSessionId = media.mediaSessionId;
      await connection.accept(media.answerSdp);
      if (this.#closed) return connection.close();
      const dead = this.#gone || this.#active?.state !== "up";
      this.#gone = this.#due = false;
      this.#standBy(connection, dead);
    } catch (error) {
      connection.close();
      this.#replacements += 1;
      const { retryAfterMs } = failureOf(error);
      this.#notBefore = performance.now() + retryDelayMs(this.#replacements, Math.random(), retryAfterMs);
      console.warn("sipulung: the media connection could not be replaced", error);
    } finally {
      this.#busy = false;
    }
  }

  /** `dead`: there is nothing to keep, so the new one is shown while it still comes up. */
  #standBy(connection: MediaConnection, dead: boolean): void {
    this.#next?.close();
    this.#next = connection;
    if (dead || connection.state === "up") return this.#takeOver();
    clearTimeout(this.#takeover);
    this.#takeover = setTimeout(() => this.#takeOver(), TAKEOVER_MS);
  }

  #takeOver(): void {
    const next = this.#next;
    if (!next) return;
    clearTimeout(this.#takeover);
    const old = this.#active;
    this.#next = null;
    this.#activate(next, true);
    old?.close();
  }

  #activate(connection: MediaConnection, moved: boolean): void {
    this.#active = connection;
    this.#gone = this.#due = false;
    this.#restarts = 0;
    this.#restartedAt = Number.NEGATIVE_INFINITY;
    this.#downSince = connection.state === "up" ? 0 : performance.now();
    this.hooks.onActive(connection, moved);
    this.#report();
  }
}
