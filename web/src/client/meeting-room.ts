// A person's way through one meeting: it joins protocol, media and devices, and shows them as signals.
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals-core";
import { ClosingReason, type NodeToClient } from "../gen/sipulung/media/v1/session_pb";
import { LeaveReason, type RosterEvent, type Snapshot } from "../gen/sipulung/roster/v1/participant_pb";
import type { Entered, Reconnected, ServerMessage } from "../gen/sipulung/signaling/v1/client_pb";
import { ConnectionSet } from "../media/connection-set";
import { firstLayout } from "../media/first-layout";
import { LayoutRequests } from "../media/layout-requests";
import type { MediaConnection } from "../media/media-connection";
import { Publisher } from "../media/publisher";
import { canShareScreen } from "../media/screen-share";
import { SignalingConnection } from "../protocol/connection";
import { failed, failureOf, SessionFailure } from "../protocol/failure";
import { Arrival } from "./arrival";
import { ChatLines } from "./chat-lines";
import type {
  ChatLineView,
  ConnectionView,
  DataSavingMode,
  DeviceKind,
  EndReason,
  Failure,
  JoinForm,
  MeetingInfo,
  MeetingSession,
  ParticipantView,
  Phase,
  SessionNotice,
  SessionOptions,
  Tile,
} from "./contract";
import { checkedForm } from "./join-form";
import { OwnMedia } from "./own-media";
import { listenToPage } from "./page-events";
import { People } from "./people";
import { Polls } from "./polls";
import { Receiving } from "./receiving";
import type { MediaOf } from "./roster";
import { facesFor } from "./this-device";

const MEASURE_EVERY_MS = 5_000;
/** Somebody who clicked Keluar does not wait longer than that for the server to hear of it. */
const LEAVE_DEADLINE_MS = 1_000;
/** "Join muted when more than 10 are there." */
const MUTED_ABOVE = 10;
const ENDINGS: Readonly<Record<string, EndReason>> = {
  MEETING_ENDED: "ended",
  REMOVED: "removed",
  REPLACED: "replaced",
  PREVIEW_EXPIRED: "preview-expired",
};

export class MeetingRoom implements MeetingSession {
  readonly #phase = signal<Phase>("idle");
  readonly #endReason = signal<EndReason | null>(null);
  readonly #failure = signal<Failure | null>(null);
  readonly #connection = signal<ConnectionView>({ socket: "new", attempt: 0, nextTryAt: 0, media: "new" });
  readonly #dataSaving = signal<DataSavingMode>("off");
  readonly #joinedMuted = signal(false);
  readonly #ownState = signal<MediaOf["publish"]>({
    microphone: false,
    camera: false,
    screen: false,
    screenAudio: false,
  });
  readonly #listeners = new Set<(notice: SessionNotice) => void>();
  readonly #layout = new LayoutRequests();
  readonly #publisher = new Publisher(() => this.#media?.all() ?? []);
  readonly #arrival: Arrival;
  readonly #own: OwnMedia;
  readonly #receiving: Receiving;
  readonly #origin: string;
  #faces: number;
  #signaling: SignalingConnection | null = null;
  #media: ConnectionSet | null = null;
  #inside = false;
  #moved: Reconnected | null = null;
  #layoutTimer: ReturnType<typeof setTimeout> | undefined;
  #measureTimer: ReturnType<typeof setInterval> | undefined;
  #stopListening: () => void = () => undefined;

  readonly phase: ReadonlySignal<Phase> = computed(() =>
    this.#phase.value === "in-meeting" && this.#connection.value.media !== "up" ? "reconnecting" : this.#phase.value,
  );
  readonly endReason: ReadonlySignal<EndReason | null> = this.#endReason;
  readonly failure: ReadonlySignal<Failure | null> = this.#failure;
  readonly #people = new People({
    selfId: () => this.selfId.value,
    media: () => this.#receiving.media.value,
    own: () => ({ publish: this.#ownState.value, lost: this.#connection.value.media === "lost" }),
  });
  readonly #chatLines: ChatLines = new ChatLines({
    self: () => ({ id: this.selfId.peek(), name: this.self.peek()?.name ?? "" }),
    send: async (say) => {
      await this.#mustSignaling().request({ case: "say", value: say }, "done");
    },
  });
  readonly chat: ReadonlySignal<readonly ChatLineView[]> = this.#chatLines.lines;
  readonly polls: Polls = new Polls((request) => this.#mustSignaling().request(request, "done"));
  readonly connection: ReadonlySignal<ConnectionView> = this.#connection;
  readonly dataSaving: ReadonlySignal<DataSavingMode> = this.#dataSaving;
  readonly joinedMuted: ReadonlySignal<boolean> = this.#joinedMuted;
  readonly meeting: ReadonlySignal<MeetingInfo | null> = computed(
    () => this.#people.meeting.value ?? this.#arrival.meeting.value,
  );
  readonly participants: ReadonlySignal<ReadonlyMap<string, ParticipantView>> = this.#people.all;
  readonly self: ReadonlySignal<ParticipantView | null> = this.#people.self;
  readonly hands: ReadonlySignal<readonly ParticipantView[]> = this.#people.hands;
  readonly canShareScreen = canShareScreen();
  readonly selfId: ReadonlySignal<string>;
  readonly slots;
  readonly speakers;
  readonly quality;
  readonly usage;
  readonly devices;
  readonly microphoneOn;
  readonly cameraOn;
  readonly ownScreen;
  readonly choosingScreen;
  readonly cameraPreview;
  readonly microphoneLevel;
  readonly talkingWhileMuted;

  constructor(options: SessionOptions = {}) {
    this.#origin = options.origin ?? "";
    this.#arrival = new Arrival(this.#origin, {
      publisher: this.#publisher,
      signaling: () => this.#signaling,
      media: () => this.#media,
      layout: () => this.#layout.fresh(performance.now()),
      inside: () => this.#inside,
      onEntered: (entered) => batch(() => this.#entered(entered)),
      onRefused: (failure) => this.#finish(ENDINGS[failure.code] ?? "failed", failure),
    });
    this.selfId = this.#arrival.selfId;
    this.#faces = options.faces ?? facesFor(screen);
    this.#layout.setTiles(firstLayout(this.#faces, innerHeight * devicePixelRatio));
    const notice = (one: SessionNotice) => this.#tell(one);
    this.#receiving = new Receiving(this.#faces, notice);
    this.#own = new OwnMedia(this.#publisher, { onPublish: () => this.#publishChanged(), onNotice: notice });
    this.slots = this.#receiving.slots;
    this.speakers = this.#receiving.speakers;
    this.quality = this.#receiving.quality;
    this.usage = this.#receiving.usage;
    this.devices = this.#own.devices.view;
    this.microphoneOn = this.#own.microphoneOn;
    this.cameraOn = this.#own.cameraOn;
    this.ownScreen = this.#own.ownScreen;
    this.choosingScreen = this.#own.choosingScreen;
    this.cameraPreview = this.#own.cameraPreview;
    this.microphoneLevel = this.#own.microphoneLevel;
    this.talkingWhileMuted = this.#own.talkingWhileMuted;
  }

  async prepare(form: JoinForm): Promise<void> {
    if (this.#phase.value !== "idle") throw failed("WRONG_STATE", `prepare in the phase ${this.#phase.value}`);
    this.#failure.value = null;
    this.#own.wake();
    try {
      this.#arrival.begin(checkedForm(form));
      this.#phase.value = "connecting";
      this.#start();
      // One exchange for the token; the socket and the offer are made meanwhile.
      const [, offer] = await Promise.all([this.#arrival.fetchToken(), this.#mustMedia().prepare()]);
      const asked = this.#own.open(form.microphone ?? true, form.camera ?? true);
      asked.catch((error: unknown) => console.warn("sipulung: devices", error));
      const opened = await this.#arrival.open(offer);
      if (opened.present > MUTED_ABOVE) {
        this.#joinedMuted.value = true;
        void this.#own.setMicrophone(false);
      }
      this.#phase.value = "preview";
    } catch (error) {
      const failure = failureOf(error);
      this.#stop();
      this.#own.devices.release("microphone");
      this.#own.devices.release("camera");
      if (this.#phase.peek() !== "ended") this.#phase.value = "idle";
      this.#failure.value = failure;
      throw new SessionFailure(failure);
    }
  }

  async enter(): Promise<void> {
    if (this.#phase.value !== "preview") throw failed("WRONG_STATE", `enter in the phase ${this.#phase.value}`);
    this.#phase.value = "entering";
    this.#failure.value = null;
    this.#arrival.timings.enterClicked();
    this.#receiving.output.unlock();
    try {
      await this.#arrival.enter();
      this.#arrival.watchFirstFrame(this.slots.peek().map(({ stream }) => stream));
    } catch (error) {
      const failure = failureOf(error);
      this.#publisher.admit(false);
      this.#failure.value = failure;
      if (this.#phase.peek() === "entering") this.#phase.value = "preview";
      throw new SessionFailure(failure);
    }
  }

  async leave(): Promise<void> {
    const signaling = this.#signaling;
    const inside = this.#inside;
    this.#own.dispose();
    this.#signaling = null;
    this.#finish("left", null);
    if (signaling && inside) {
      await signaling
        .request({ case: "leave", value: {} }, "done", { deadlineMs: LEAVE_DEADLINE_MS })
        .catch(() => undefined);
    }
    signaling?.close();
  }

  async endMeeting(): Promise<void> {
    await this.#mustSignaling().request({ case: "endMeeting", value: {} }, "done");
    this.#finish("ended", null);
  }

  async say(text: string): Promise<void> {
    await this.#chatLines.say(text);
  }

  async retrySay(key: string): Promise<void> {
    await this.#chatLines.retry(key);
  }

  async raiseHand(raised: boolean): Promise<void> {
    await this.#mustSignaling().request({ case: "raiseHand", value: { raised } }, "done");
  }

  setMicrophone(on: boolean): Promise<boolean> {
    return this.#own.setMicrophone(on);
  }

  setCamera(on: boolean): Promise<boolean> {
    return this.#own.setCamera(on);
  }

  async chooseDevice(kind: DeviceKind | "speaker", id: string): Promise<void> {
    if (kind !== "speaker") return this.#own.devices.choose(kind, id);
    await this.#receiving.output.useSpeaker(id);
    this.#own.devices.rememberSpeaker(id);
  }

  retryDevice(kind: DeviceKind): Promise<void> {
    return this.#own.retry(kind);
  }

  shareScreen(): Promise<boolean> {
    return this.#own.shareScreen();
  }

  stopSharing(): void {
    this.#own.stopSharing();
  }

  setLayout(tiles: readonly Tile[]): void {
    const faces = Math.max(this.#faces, ...tiles.map(({ slot }) => slot));
    if (faces > this.#faces) {
      this.#faces = faces;
      this.#receiving.growTo(faces);
      void this.#media?.growTo(faces);
    }
    this.#layout.setTiles(tiles);
    this.#sendLayout();
  }

  setDataSaving(mode: DataSavingMode): void {
    this.#dataSaving.value = mode;
    this.#layout.setSaving(mode);
    this.#publisher.setSaving(mode !== "off");
    this.#sendLayout();
  }

  unlockAudio(): void {
    this.#receiving.output.unlock();
  }

  reconnectNow(): void {
    this.#signaling?.retryNow();
    this.#media?.networkChanged();
  }

  onNotice(listener: (notice: SessionNotice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispose(): void {
    this.#own.dispose();
    this.#stop();
    this.#listeners.clear();
    if (this.#phase.peek() !== "ended") this.#phase.value = "ended";
    this.#endReason.value ??= "left";
  }

  // --- Coming up -------------------------------------------------------------------------------------------------------

  #start(): void {
    const base = this.#origin || location.origin;
    this.#signaling = new SignalingConnection(`${base.replace(/^http/, "ws")}/ws`, {
      onState: (state) => {
        if (state.socket === "up") this.#arrival.timings.reached("socket");
        const socket = state.socket === "closed" ? "new" : state.socket;
        this.#connection.value = { ...this.#connection.value, ...state, socket };
      },
      onEvent: (body) => this.#heard(body),
      onResumed: ({ snapshot }) => snapshot && this.#replaceRoster(snapshot),
      onSessionLost: (failure) => void this.#arrival.reopen(failure.failure),
      onOver: ({ failure }) => this.#finish(ENDINGS[failure.code] ?? "failed", failure),
    });
    this.#signaling.connect();
    this.#media = new ConnectionSet(this.#faces, {
      negotiate: async (mediaSessionId, offerSdp) => {
        const body = { case: "negotiate", value: { mediaSessionId, offerSdp } } as const;
        return (await this.#mustSignaling().request(body, "negotiated")).answerSdp;
      },
      reconnect: async (offerSdp) => {
        const value = { offerSdp, layout: this.#layout.fresh(performance.now()), publish: this.#publisher.state() };
        this.#moved = await this.#mustSignaling().request({ case: "reconnect", value }, "reconnected");
        return this.#moved;
      },
      socketUp: () => this.#connection.peek().socket === "up" && !this.#arrival.reopening,
      onState: (media) => {
        this.#arrival.timings.reached("ice", this.#media?.active?.reachedAt.ice ?? 0);
        this.#arrival.timings.reached("dtls", this.#media?.active?.reachedAt.dtls ?? 0);
        if (media !== this.#connection.peek().media) this.#connection.value = { ...this.#connection.value, media };
      },
      onActive: (connection, moved) => this.#activated(connection, moved),
      onChannelOpen: (connection) => this.#channelOpened(connection),
      onMessage: (body) => this.#nodeSaid(body),
      onCreated: (connection) => this.#publisher.applyTo(connection),
    });
    this.#measureTimer = setInterval(() => void this.#measure(), MEASURE_EVERY_MS);
    this.#stopListening = listenToPage({
      onNetwork: () => this.reconnectNow(),
      onVisible: () => this.#signaling?.retryNow(),
      onGone: () => void this.leave(),
    });
  }

  #entered(entered: Entered): void {
    this.#inside = true;
    if (entered.snapshot) this.#replaceRoster(entered.snapshot);
    this.#receiving.assign(entered.assignments);
    this.#receiving.states(entered.mediaStates);
    this.#receiving.hear(entered.speakers);
    this.#phase.value = "in-meeting";
    this.#publishChanged();
    this.#sendLayout();
  }

  // --- What the others say ---------------------------------------------------------------------------------------------

  #heard(body: ServerMessage["body"]): void {
    if (body.case === "snapshot") this.#replaceRoster(body.value);
    else if (body.case === "rosterEvent") this.#rosterEvent(body.value);
    else if (body.case === "mediaMoved") void this.#media?.move(body.value.urgent);
  }

  #replaceRoster(snapshot: Snapshot): void {
    batch(() => {
      this.#people.replace(snapshot);
      this.#chatLines.add(snapshot.chat);
      this.polls.replace(snapshot.polls);
    });
  }

  #rosterEvent(event: RosterEvent): void {
    const step = batch(() => {
      const heard = this.#people.hear(event);
      if (!heard.stale && event.event.case === "said") this.#chatLines.add([event.event.value]);
      if (!heard.stale && event.event.case === "polled") this.polls.hear(event.event.value);
      return heard;
    });
    if (step.stale) return;
    if (step.notice && !("participantId" in step.notice && step.notice.participantId === this.selfId.value)) {
      this.#tell(step.notice);
    }
    if (step.roster.ended) return this.#finish("ended", null);
    if (event.event.case === "left" && event.event.value.participantId === this.selfId.value) {
      if (event.event.value.reason === LeaveReason.REMOVED) return this.#finish("removed", null);
      // The roster gave us up as lost, and we are still here: enter again.
      if (event.event.value.reason === LeaveReason.LOST) {
        void this.#arrival.reopen(failed("SESSION_GONE", "the roster counted this participant as lost").failure);
      }
    }
    if (step.gap) this.#signaling?.restart();
  }

  #nodeSaid(body: NodeToClient["body"]): void {
    switch (body.case) {
      case "assignments":
        return this.#receiving.assign(body.value);
      case "speakers":
        return this.#receiving.hear(body.value);
      case "mediaStates":
        return this.#mediaStates(() => this.#receiving.states(body.value));
      case "publishRequest":
        return this.#publisher.demand(body.value.cameraLayers, body.value.screen);
      case "quality":
        return this.#receiving.judge(body.value);
      case "refused":
        return this.#tell({
          kind: "refused",
          failure: failed("INVALID_FIELD", body.value.message, body.value.field).failure,
        });
      case "closing":
        return this.#nodeCloses(body.value.reason);
    }
  }

  #nodeCloses(reason: ClosingReason): void {
    if (reason === ClosingReason.ENDED) this.#finish("ended", null);
    else if (reason === ClosingReason.REMOVED) this.#finish("removed", null);
    else if (reason === ClosingReason.EXPIRED && !this.#inside) this.#finish("preview-expired", null);
    else void this.#media?.move(reason !== ClosingReason.DRAIN);
  }

  #mediaStates(change: () => void): void {
    for (const notice of this.#people.screenNews(change)) this.#tell(notice);
  }

  // --- Media -----------------------------------------------------------------------------------------------------------

  #activated(connection: MediaConnection, moved: boolean): void {
    const news = this.#moved;
    this.#moved = null;
    batch(() => {
      this.#receiving.show(connection);
      this.#receiving.assign(news?.assignments);
    });
    if (news?.mediaStates) this.#mediaStates(() => this.#receiving.states(news.mediaStates));
    if (connection.channelOpen) this.#channelOpened(connection);
    if (moved) this.#tell({ kind: "media-moved" });
  }

  /** What changed while there was no channel is said now. */
  #channelOpened(connection: MediaConnection): void {
    connection.send({ case: "layout", value: this.#layout.fresh(performance.now()) });
    if (this.#inside) connection.send({ case: "publish", value: this.#publisher.state() });
  }

  #publishChanged(): void {
    const state = this.#publisher.state();
    const known = this.#ownState.peek();
    const same = (Object.keys(state) as (keyof typeof state)[]).every((key) => state[key] === known[key]);
    if (same) return;
    this.#ownState.value = state;
    if (!this.#inside) return;
    for (const connection of this.#media?.all() ?? []) connection.send({ case: "publish", value: state });
  }

  #sendLayout(): void {
    clearTimeout(this.#layoutTimer);
    const active = this.#media?.active;
    if (!active?.channelOpen) return;
    const next = this.#layout.next(performance.now());
    if (typeof next === "number") this.#layoutTimer = setTimeout(() => this.#sendLayout(), next);
    else if (next) active.send({ case: "layout", value: next });
  }

  async #measure(): Promise<void> {
    const active = this.#media?.active;
    if (!active || this.#connection.peek().media !== "up") return;
    const { report, outgoingKbps } = await this.#receiving.measure(active);
    this.#publisher.setUplink(outgoingKbps);
    if (this.#inside) active.send({ case: "report", value: report });
  }

  // --- The end ---------------------------------------------------------------------------------------------------------

  #finish(reason: EndReason, failure: Failure | null): void {
    if (this.#phase.peek() === "ended") return;
    this.#own.dispose();
    this.#stop();
    batch(() => {
      this.#endReason.value = reason;
      this.#failure.value = failure;
      this.#phase.value = "ended";
    });
  }

  #stop(): void {
    clearTimeout(this.#layoutTimer);
    clearInterval(this.#measureTimer);
    this.#arrival.stop();
    this.#stopListening();
    const [signaling, media] = [this.#signaling, this.#media];
    this.#signaling = null;
    this.#media = null;
    this.#inside = false;
    this.#publisher.admit(false);
    media?.close();
    signaling?.close();
    this.#receiving.stop();
  }

  #tell(notice: SessionNotice): void {
    for (const listener of this.#listeners) listener(notice);
  }

  #mustSignaling(): SignalingConnection {
    if (!this.#signaling) throw failed("WRONG_STATE", "not connected");
    return this.#signaling;
  }

  #mustMedia(): ConnectionSet {
    if (!this.#media) throw failed("WRONG_STATE", "not connected");
    return this.#media;
  }
}
