// A person's way through one meeting: it joins protocol, media and devices, and shows them as signals.
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals-core";
import { ClosingReason } from "../gen/sipulung/media/v1/session_pb";
import { LeaveReason, Presence, type Snapshot } from "../gen/sipulung/roster/v1/participant_pb";
import type { Entered, ServerMessage } from "../gen/sipulung/signaling/v1/client_pb";
import { firstLayout } from "../media/first-layout";
import { LayoutRequests } from "../media/layout-requests";
import { Publisher } from "../media/publisher";
import { canShareScreen } from "../media/screen-share";
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
import { HostStops } from "./host-stops";
import type { HostAct, ReactionName, ReactionView, WaitingView } from "./in-charge";
import { checkedForm } from "./join-form";
import { Locks } from "./locks";
import { actMessage, REACTIONS } from "./moderation";
import { NodeChannel } from "./node-channel";
import { OwnMedia } from "./own-media";
import { People } from "./people";
import { Polls } from "./polls";
import { Reactions } from "./reactions";
import { Receiving } from "./receiving";
import { RosterNews } from "./roster-news";
import { facesFor } from "./this-device";
import { Transports } from "./transports";

/** Somebody who clicked Keluar does not wait longer than that for the server to hear of it. */
const LEAVE_DEADLINE_MS = 1_000;
/** "Join muted when more than 10 are there." */
const MUTED_ABOVE = 10;
/** Signaling says why a meeting is over; the node, whose word may be there first, only that it is. */
const REASON_WITHIN_MS = 2_000;
const ENDINGS: Readonly<Record<string, EndReason>> = {
  MEETING_ENDED: "ended",
  MEETING_CANCELLED: "cancelled",
  REMOVED: "removed",
  LOBBY_DENIED: "denied",
  REPLACED: "replaced",
  PREVIEW_EXPIRED: "preview-expired",
};

export class MeetingRoom implements MeetingSession {
  readonly #phase = signal<Phase>("idle");
  readonly #endReason = signal<EndReason | null>(null);
  readonly #failure = signal<Failure | null>(null);
  readonly #dataSaving = signal<DataSavingMode>("off");
  readonly #joinedMuted = signal(false);
  readonly #listeners = new Set<(notice: SessionNotice) => void>();
  readonly #layout = new LayoutRequests();
  readonly #publisher = new Publisher(() => this.#transports.media?.all() ?? []);
  readonly #reactions = new Reactions();
  readonly #node: NodeChannel;
  readonly #news: RosterNews;
  readonly #arrival: Arrival;
  readonly #own: OwnMedia;
  readonly #stops: HostStops;
  readonly #receiving: Receiving;
  readonly #transports: Transports;
  readonly #origin: string;
  #faces: number;
  #place: "outside" | "waiting" | "inside" = "outside";
  #stopLocks: () => void = () => undefined;
  #reasonTimer: ReturnType<typeof setTimeout> | undefined;

  readonly phase: ReadonlySignal<Phase> = computed(() =>
    this.#phase.value === "in-meeting" && this.connection.value.media !== "up" ? "reconnecting" : this.#phase.value,
  );
  readonly endReason: ReadonlySignal<EndReason | null> = this.#endReason;
  readonly failure: ReadonlySignal<Failure | null> = this.#failure;
  readonly #people = new People({
    selfId: () => this.selfId.value,
    media: () => this.#receiving.media.value,
    own: () => ({ publish: this.#node.published.value, lost: this.connection.value.media === "lost" }),
  });
  readonly #chatLines: ChatLines = new ChatLines({
    self: () => ({ id: this.selfId.peek(), name: this.self.peek()?.name ?? "" }),
    send: async (say) => {
      await this.#transports.mustSignaling().request({ case: "say", value: say }, "done");
    },
  });
  readonly chat: ReadonlySignal<readonly ChatLineView[]> = this.#chatLines.lines;
  readonly polls: Polls = new Polls((request) => this.#transports.mustSignaling().request(request, "done"));
  readonly dataSaving: ReadonlySignal<DataSavingMode> = this.#dataSaving;
  readonly joinedMuted: ReadonlySignal<boolean> = this.#joinedMuted;
  readonly meeting: ReadonlySignal<MeetingInfo | null> = computed(
    () => this.#people.meeting.value ?? this.#arrival.meeting.value,
  );
  readonly participants: ReadonlySignal<ReadonlyMap<string, ParticipantView>> = this.#people.all;
  readonly self: ReadonlySignal<ParticipantView | null> = this.#people.self;
  readonly hands: ReadonlySignal<readonly ParticipantView[]> = this.#people.hands;
  readonly waiting: ReadonlySignal<readonly WaitingView[]> = this.#people.waiting;
  readonly reactions: ReadonlySignal<ReadonlyMap<string, ReactionView>> = this.#reactions.shown;
  readonly #locks = new Locks(
    () => this.self.value,
    () => this.meeting.value,
  );
  readonly microphoneLocked: ReadonlySignal<boolean> = this.#locks.microphone;
  readonly shareLocked: ReadonlySignal<boolean> = this.#locks.share;
  readonly canShareScreen = canShareScreen();
  readonly connection: ReadonlySignal<ConnectionView>;
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
      signaling: () => this.#transports.signaling,
      media: () => this.#transports.media,
      layout: () => this.#layout.fresh(performance.now()),
      entered: () => this.#place !== "outside",
      onEntered: (entered) => batch(() => this.#entered(entered)),
      onRefused: (failure) => this.#finish(ENDINGS[failure.code] ?? "failed", failure),
    });
    this.selfId = this.#arrival.selfId;
    this.#faces = options.faces ?? facesFor(screen);
    this.#layout.setTiles(firstLayout(this.#faces, innerHeight * devicePixelRatio));
    const notice = (one: SessionNotice) => this.#tell(one);
    this.#receiving = new Receiving(this.#faces, notice);
    this.#own = new OwnMedia(this.#publisher, { onPublish: () => this.#node.publishChanged(), onNotice: notice });
    this.#stops = new HostStops({
      own: this.#own,
      selfId: () => this.selfId.peek(),
      socketUp: () => this.connection.peek().socket === "up",
      onNotice: notice,
    });
    this.#node = new NodeChannel({
      layout: this.#layout,
      publisher: this.#publisher,
      receiving: this.#receiving,
      people: this.#people,
      media: () => this.#transports.media,
      mediaUp: () => this.connection.peek().media === "up",
      inside: () => this.#place === "inside",
      onNotice: notice,
      onStopped: (sources) => this.#stops.stopped(sources),
      onClosing: (reason) => this.#nodeCloses(reason),
    });
    this.#news = new RosterNews({
      people: this.#people,
      chat: this.#chatLines,
      polls: this.polls,
      reactions: this.#reactions,
      selfId: () => this.selfId.peek(),
      onNotice: (one) => {
        if (one.kind === "moderated") this.#stops.said(one);
        notice(one);
      },
      onActedUpon: ({ act, own }) => own || this.#stops.turnOff(act),
      onOwnLeave: (reason) => this.#ownLeave(reason),
      onEnded: (calledOff) => this.#finish(calledOff ? "cancelled" : "ended", null),
      onGap: () => this.#transports.signaling?.restart(),
    });
    this.#transports = new Transports({
      arrival: this.#arrival,
      node: this.#node,
      layout: this.#layout,
      publisher: this.#publisher,
      onEvent: (body) => this.#heard(body),
      onResumed: (snapshot) => this.#resumed(snapshot),
      onOver: (failure) => this.#finish(ENDINGS[failure.code] ?? "failed", failure),
      onGone: () => void this.leave(),
    });
    this.connection = this.#transports.connection;
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
      this.#transports.start(this.#origin, this.#faces);
      // One exchange for the token; the socket and the offer are made meanwhile.
      const [, offer] = await Promise.all([this.#arrival.fetchToken(), this.#transports.mustMedia().prepare()]);
      const asked = this.#own.open(form.microphone ?? true, form.camera ?? true);
      asked.catch((error: unknown) => console.warn("sipulung: devices", error));
      const opened = await this.#arrival.open(offer);
      this.#stopLocks = this.#locks.follow(this.#own);
      this.#joinMuted(opened.present);
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
      if (this.#place === "inside") this.#arrival.watchFirstFrame(this.slots.peek().map(({ stream }) => stream));
    } catch (error) {
      const failure = failureOf(error);
      this.#publisher.admit(false);
      this.#failure.value = failure;
      if (this.#phase.peek() === "entering") this.#phase.value = "preview";
      throw new SessionFailure(failure);
    }
  }

  async leave(): Promise<void> {
    const signaling = this.#transports.takeSignaling();
    const entered = this.#place !== "outside";
    this.#finish("left", null);
    if (signaling && entered) {
      await signaling
        .request({ case: "leave", value: {} }, "done", { deadlineMs: LEAVE_DEADLINE_MS })
        .catch(() => undefined);
    }
    signaling?.close();
  }

  async endMeeting(): Promise<void> {
    await this.#transports.mustSignaling().request({ case: "endMeeting", value: {} }, "done");
    this.#finish("ended", null);
  }

  async moderate(act: HostAct): Promise<void> {
    await this.#transports.mustSignaling().request({ case: "moderate", value: actMessage(act) }, "done");
  }

  async react(reaction: ReactionName): Promise<void> {
    await this.#transports.mustSignaling().request({ case: "react", value: { reaction: REACTIONS[reaction] } }, "done");
  }

  async say(text: string, toHosts = false): Promise<void> {
    const onlyHosts = this.self.peek()?.role === "participant" && this.meeting.peek()?.rules.chatMode === "hosts";
    await this.#chatLines.say(text, toHosts || onlyHosts);
  }

  async retrySay(key: string): Promise<void> {
    await this.#chatLines.retry(key);
  }

  async raiseHand(raised: boolean): Promise<void> {
    await this.#transports.mustSignaling().request({ case: "raiseHand", value: { raised } }, "done");
  }

  async setMicrophone(on: boolean): Promise<boolean> {
    if (on && this.microphoneLocked.peek()) return false;
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
    // What was repaired while hosts allow nobody to unmute is ready for when they do.
    return this.#own.retry(kind, kind === "camera" || !this.microphoneLocked.peek());
  }

  async shareScreen(): Promise<boolean> {
    if (this.shareLocked.peek()) return false;
    // The dialog may stay open for long: hosts may have decided otherwise, or the meeting is over.
    return this.#own.shareScreen(() => this.#place === "inside" && !this.shareLocked.peek());
  }

  stopSharing(): void {
    this.#own.stopSharing();
  }

  setLayout(tiles: readonly Tile[]): void {
    const faces = Math.max(this.#faces, ...tiles.map(({ slot }) => slot));
    if (faces > this.#faces) {
      this.#faces = faces;
      this.#receiving.growTo(faces);
      void this.#transports.media?.growTo(faces);
    }
    this.#layout.setTiles(tiles);
    this.#node.sendLayout();
  }

  setDataSaving(mode: DataSavingMode): void {
    this.#dataSaving.value = mode;
    this.#layout.setSaving(mode);
    this.#publisher.setSaving(mode !== "off");
    this.#node.sendLayout();
  }

  unlockAudio(): void {
    this.#receiving.output.unlock();
  }

  reconnectNow(): void {
    this.#transports.reconnectNow();
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

  #entered(entered: Entered): void {
    if (entered.snapshot) this.#news.replace(entered.snapshot);
    if (entered.participant?.presence === Presence.WAITING) {
      this.#wait();
      return;
    }
    this.#receiving.assign(entered.assignments);
    this.#receiving.states(entered.mediaStates);
    this.#receiving.hear(entered.speakers);
    this.#comeIn();
  }

  /** Nothing leaves before a host lets the person in. */
  #wait(): void {
    this.#place = "waiting";
    this.#publisher.admit(false);
    this.#phase.value = "waiting";
  }

  /** Once: whoever turned the microphone on again wants to be heard. */
  #joinMuted(others: number): void {
    if (others <= MUTED_ABOVE || this.#joinedMuted.peek()) return;
    this.#joinedMuted.value = true;
    void this.#own.setMicrophone(false);
  }

  #comeIn(): void {
    // Others may have come while the person looked at the preview or waited; who was inside before stays as they are.
    if (this.#place !== "inside") this.#joinMuted(this.participants.peek().size - 1);
    this.#place = "inside";
    this.#publisher.admit(true);
    this.#phase.value = "in-meeting";
    // What was switched in the lobby was told to nobody; the node learns it now.
    const active = this.#transports.media?.active;
    if (active?.channelOpen) this.#node.opened(active);
    this.#node.publishChanged();
    this.#node.sendLayout();
  }

  // --- What the others say ---------------------------------------------------------------------------------------------

  #heard(body: ServerMessage["body"]): void {
    if (body.case === "snapshot") this.#news.replace(body.value);
    else if (body.case === "rosterEvent") this.#news.heard(body.value);
    else if (body.case === "mediaMoved") void this.#transports.media?.move(body.value.urgent);
    else if (body.case === "admitted") batch(() => this.#entered(body.value));
  }

  #resumed(snapshot: Snapshot): void {
    this.#news.replace(snapshot);
    // Let in while the socket was away.
    if (this.#place === "waiting" && this.self.peek()) batch(() => this.#comeIn());
    // Sent back to the lobby meanwhile, as by the next occurrence of a series.
    else if (this.#place === "inside" && this.waiting.peek().some(({ id }) => id === this.selfId.peek())) {
      // Whoever is let in again must not show a screen that they no longer think of.
      this.#own.stopSharing();
      batch(() => this.#wait());
    }
  }

  #ownLeave(reason: LeaveReason): void {
    if (reason === LeaveReason.REMOVED) this.#finish("removed", null);
    else if (reason === LeaveReason.DENIED) this.#finish("denied", null);
    // The roster gave us up as lost, and we are still here: enter again.
    else if (reason === LeaveReason.LOST) {
      void this.#arrival.reopen(failed("SESSION_GONE", "the roster counted this participant as lost").failure);
    }
  }

  #nodeCloses(reason: ClosingReason): void {
    if (reason === ClosingReason.ENDED && this.#place === "inside") this.#finish("ended", null);
    else if (reason === ClosingReason.ENDED) {
      // Nobody is inside of a meeting that is called off.
      clearTimeout(this.#reasonTimer);
      this.#reasonTimer = setTimeout(() => this.#finish("ended", null), REASON_WITHIN_MS);
    } else if (reason === ClosingReason.REMOVED) this.#finish("removed", null);
    else if (reason === ClosingReason.EXPIRED && this.#place === "outside") this.#finish("preview-expired", null);
    else void this.#transports.media?.move(reason !== ClosingReason.DRAIN);
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
    this.#stopLocks();
    this.#reactions.stop();
    this.#stops.stop();
    clearTimeout(this.#reasonTimer);
    this.#arrival.stop();
    this.#transports.stop();
    this.#place = "outside";
    this.#publisher.admit(false);
    this.#receiving.stop();
  }

  #tell(notice: SessionNotice): void {
    for (const listener of this.#listeners) listener(notice);
  }
}
