// A meeting without servers: every signal of the contract can be written, and every method does what a person expects of it.
import { computed, signal } from "@preact/signals-core";
import type {
  ChatLineView,
  ConnectionView,
  DataSavingMode,
  DeviceKind,
  DevicesView,
  EndReason,
  Failure,
  FailureCode,
  FailureError,
  JoinForm,
  MeetingInfo,
  MeetingSession,
  ParticipantView,
  Phase,
  QualityView,
  SessionNotice,
  SlotView,
  Tile,
  UsageView,
} from "../src/client/contract";
import type { HostAct, MeetingRules, ReactionName, ReactionView, WaitingView } from "../src/client/in-charge";
import { OPEN_RULES } from "../src/client/moderation";
import { FakePolls } from "./fake-polls";

/** 19 March 2020, 09.00 WITA: the day of the example in the documents. */
export const NOW = Date.UTC(2020, 2, 19, 1, 0);

export function failure(code: FailureCode, more: Partial<Failure> = {}): FailureError {
  const whole: Failure = { code, field: "", message: `fake ${code}`, retryAfterMs: 0, ...more };
  return Object.assign(new Error(code), { failure: whole });
}

export function participant(id: string, name: string, more: Partial<ParticipantView> = {}): ParticipantView {
  return {
    id,
    name,
    role: "participant",
    self: false,
    presence: "present",
    handRaisedAt: 0,
    joinedAt: NOW,
    microphone: true,
    camera: true,
    screen: false,
    lost: false,
    ...more,
  };
}

export interface FakeSessionOptions {
  readonly faces?: number;
  readonly canShareScreen?: boolean;
  /** Makes the moving pictures; tests give empty streams. */
  readonly picture?: (what: "camera" | "screen", of: string) => MediaStream;
}

export class FakeSession implements MeetingSession {
  readonly phase = signal<Phase>("idle");
  readonly endReason = signal<EndReason | null>(null);
  readonly failure = signal<Failure | null>(null);
  readonly meeting = signal<MeetingInfo | null>({
    id: "8123456789",
    title: "Rapat Koordinasi Camat",
    present: 4,
    capacity: 100,
    rules: OPEN_RULES,
    spotlight: "",
  });
  readonly waiting = signal<readonly WaitingView[]>([]);
  readonly reactions = signal<ReadonlyMap<string, ReactionView>>(new Map());
  readonly selfId = signal("self");
  /** The others; oneself follows from `own` and the switches. */
  readonly others = signal<readonly ParticipantView[]>([]);
  readonly own = signal<ParticipantView | null>(null);
  readonly chat = signal<readonly ChatLineView[]>([]);
  readonly polls = new FakePolls(NOW);
  readonly slots = signal<readonly SlotView[]>([]);
  readonly speakers = signal<readonly string[]>([]);
  readonly connection = signal<ConnectionView>({ socket: "up", attempt: 0, nextTryAt: 0, media: "up" });
  readonly quality = signal<QualityView>({
    availableKbps: 2400,
    limitation: "none",
    roundTripMs: 48,
    lossPerMille: 2,
    concealedPerMille: 0,
  });
  readonly usage = signal<UsageView>({ receivedBytes: 14_200_000, sentBytes: 6_100_000, megabytesPerHour: 190 });
  readonly dataSaving = signal<DataSavingMode>("off");
  readonly devices = signal<DevicesView>({
    microphone: "granted",
    camera: "granted",
    microphones: [
      { id: "m1", label: "Mikrofon bawaan" },
      { id: "m2", label: "Jabra Speak 510 USB" },
    ],
    cameras: [
      { id: "c1", label: "Kamera depan" },
      { id: "c2", label: "Logitech C270 HD WebCam" },
    ],
    speakers: [{ id: "s1", label: "Pengeras suara bawaan" }],
    chosenMicrophone: "m1",
    chosenCamera: "c1",
    chosenSpeaker: "s1",
    unplugged: null,
  });
  readonly microphoneOn = signal(true);
  readonly cameraOn = signal(true);
  readonly ownScreen = signal<MediaStream | null>(null);
  readonly choosingScreen = signal(false);
  readonly cameraPreview = signal<MediaStream | null>(null);
  readonly microphoneLevel = signal(0);
  readonly talkingWhileMuted = signal(false);
  readonly joinedMuted = signal(false);
  readonly canShareScreen: boolean;

  readonly self = computed<ParticipantView | null>(() => {
    const own = this.own.value;
    return (
      own && {
        ...own,
        self: true,
        microphone: this.microphoneOn.value,
        camera: this.cameraOn.value,
        screen: this.ownScreen.value !== null,
        lost: this.connection.value.media === "lost",
      }
    );
  });
  readonly participants = computed<ReadonlyMap<string, ParticipantView>>(() => {
    const self = this.self.value;
    return new Map([...(self ? [self] : []), ...this.others.value].map((one) => [one.id, one]));
  });
  readonly microphoneLocked = computed(
    () => this.self.value?.role === "participant" && this.meeting.value?.rules.unmuteForbidden === true,
  );
  readonly shareLocked = computed(
    () => this.self.value?.role === "participant" && this.meeting.value?.rules.shareMode === "hosts",
  );
  readonly hands = computed(() =>
    [...this.participants.value.values()]
      .filter((one) => one.handRaisedAt > 0)
      .sort((a, b) => a.handRaisedAt - b.handRaisedAt),
  );

  /** What the next call of each method is refused with. */
  readonly refusals: Partial<
    Record<"prepare" | "enter" | "say" | "endMeeting" | "raiseHand" | "moderate" | "react", FailureError>
  > = {};
  /** What the person as a host did, in order. */
  readonly acts: HostAct[] = [];
  /** Calls of these never come to an end. */
  readonly hanging = new Set<"prepare" | "enter">();
  /** The last layout that the page asked for. */
  layout: readonly Tile[] = [];
  readonly #picture: (what: "camera" | "screen", of: string) => MediaStream;
  readonly #listeners = new Set<(notice: SessionNotice) => void>();
  #lines = 0;

  constructor(options: FakeSessionOptions = {}) {
    this.#picture = options.picture ?? (() => new MediaStream());
    this.canShareScreen = options.canShareScreen ?? true;
    const faces = options.faces ?? 9;
    this.slots.value = Array.from({ length: faces + 1 }, (_, slot) => ({
      slot,
      participantId: "",
      source: slot === 0 ? "screen" : "camera",
      paused: null,
      stream: new MediaStream(),
    }));
  }

  /** Oneself and others are in the meeting; who has a camera on fills the slots in order. */
  gather(self: ParticipantView, others: readonly ParticipantView[]): void {
    this.own.value = self;
    this.others.value = others;
    if (this.cameraOn.value) this.cameraPreview.value = this.#picture("camera", self.name);
    const shown = others.filter(({ camera }) => camera);
    this.slots.value = this.slots.value.map((slot, index) => {
      const one = index === 0 ? undefined : shown[index - 1];
      return one ? { ...slot, participantId: one.id, stream: this.#picture("camera", one.name) } : slot;
    });
    const known = this.meeting.value;
    if (known) this.meeting.value = { ...known, present: others.length + 1 };
    this.phase.value = "in-meeting";
  }

  changeSlot(slot: number, change: Partial<SlotView>): void {
    this.slots.value = this.slots.value.map((one) => (one.slot === slot ? { ...one, ...change } : one));
  }

  changeOther(id: string, change: Partial<ParticipantView>): void {
    this.others.value = this.others.value.map((one) => (one.id === id ? { ...one, ...change } : one));
  }

  shareOf(id: string): void {
    this.changeOther(id, { screen: true });
    this.changeSlot(0, { participantId: id, stream: this.#picture("screen", id) });
  }

  hear(from: { readonly id: string; readonly name: string }, text: string, minutes = 0, toHosts = false): void {
    this.#lines += 1;
    const line: ChatLineView = {
      key: `n${this.#lines}`,
      number: this.#lines,
      participantId: from.id,
      name: from.name,
      text,
      sentAt: NOW + minutes * 60_000,
      own: from.id === this.selfId.value,
      toHosts,
      state: "sent",
      failure: null,
    };
    this.chat.value = [...this.chat.value, line];
  }

  /** An own line that is still on its way. */
  sending(text: string): void {
    this.hear({ id: this.selfId.value, name: this.self.value?.name ?? "" }, text);
    this.chat.value = this.chat.value.map((line, index, all) =>
      index === all.length - 1 ? { ...line, number: 0, state: "sending" } : line,
    );
  }

  tell(notice: SessionNotice): void {
    for (const listener of this.#listeners) listener(notice);
  }

  async prepare(_form: JoinForm): Promise<void> {
    this.phase.value = "connecting";
    if (this.hanging.has("prepare")) await new Promise(() => undefined);
    this.#refuse("prepare", "idle");
    this.phase.value = "preview";
    if (this.cameraOn.value) this.cameraPreview.value = this.#picture("camera", _form.name);
  }

  async enter(): Promise<void> {
    this.phase.value = "entering";
    if (this.hanging.has("enter")) await new Promise(() => undefined);
    this.#refuse("enter", "preview");
    this.gather(this.own.value ?? participant("self", "Siti Aminah"), this.others.value);
  }

  async leave(): Promise<void> {
    this.end("left");
  }

  async endMeeting(): Promise<void> {
    this.#refuse("endMeeting");
    this.end("ended");
  }

  end(reason: EndReason, why: Failure | null = null): void {
    this.cameraPreview.value = null;
    this.ownScreen.value = null;
    this.endReason.value = reason;
    this.failure.value = why;
    this.phase.value = "ended";
  }

  /** Carried out as the roster would, on the others' side too. */
  async moderate(act: HostAct): Promise<void> {
    this.acts.push(act);
    this.#refuse("moderate");
    const others = (change: (one: ParticipantView) => ParticipantView | null) => {
      this.others.value = this.others.value.flatMap((one) => change(one) ?? []);
    };
    const only = (id: string, change: Partial<ParticipantView>) =>
      others((one) => (id === "" || one.id === id ? { ...one, ...change } : one));
    switch (act.kind) {
      case "mute":
        return others((one) =>
          act.ids.includes(one.id) || (act.ids.length === 0 && one.role === "participant")
            ? { ...one, microphone: false }
            : one,
        );
      case "stop-camera":
        return only(act.id, { camera: false });
      case "stop-share":
        return only(act.id, { screen: false });
      case "lower-hand":
        return only(act.id, { handRaisedAt: 0 });
      case "set-role":
        return only(act.id, { role: act.role });
      case "remove":
        return others((one) => (one.id === act.id ? null : one));
      case "spotlight":
        return this.changeMeeting({ spotlight: act.id });
      case "settings":
        return this.changeRules(act.change);
      case "end":
        return this.end("ended");
      case "admit":
      case "deny": {
        const gone = (one: WaitingView) => act.ids.length === 0 || act.ids.includes(one.id);
        const admitted = act.kind === "admit" ? this.waiting.value.filter(gone) : [];
        this.others.value = [...this.others.value, ...admitted.map(({ id, name }) => participant(id, name))];
        this.waiting.value = this.waiting.value.filter((one) => !gone(one));
      }
    }
  }

  changeMeeting(change: Partial<MeetingInfo>): void {
    if (this.meeting.value) this.meeting.value = { ...this.meeting.value, ...change };
  }

  changeRules(change: Partial<MeetingRules>): void {
    if (this.meeting.value) this.changeMeeting({ rules: { ...this.meeting.value.rules, ...change } });
    if (this.microphoneLocked.value) this.microphoneOn.value = false;
    if (this.shareLocked.value) this.ownScreen.value = null;
  }

  async react(reaction: ReactionName): Promise<void> {
    this.#refuse("react");
    this.reacts(this.self.value ?? participant("self", "Siti Aminah"), reaction);
  }

  reacts(from: { readonly id: string; readonly name: string }, reaction: ReactionName): void {
    const number = this.reactions.value.size + 1;
    const one: ReactionView = { participantId: from.id, name: from.name, reaction, number };
    this.reactions.value = new Map(this.reactions.value).set(from.id, one);
  }

  async say(text: string, toHosts = false): Promise<void> {
    const forced = this.self.value?.role === "participant" && this.meeting.value?.rules.chatMode === "hosts";
    this.hear({ id: this.selfId.value, name: this.self.value?.name ?? "" }, text, 0, toHosts || forced);
    const refusal = this.refusals.say;
    if (!refusal) return;
    delete this.refusals.say;
    const last = this.chat.value.length - 1;
    this.chat.value = this.chat.value.map((line, index) =>
      index === last ? { ...line, state: "failed", failure: refusal.failure } : line,
    );
  }

  async retrySay(key: string): Promise<void> {
    this.chat.value = this.chat.value.map((line) =>
      line.key === key ? { ...line, state: "sent", failure: null } : line,
    );
  }

  async raiseHand(raised: boolean): Promise<void> {
    this.#refuse("raiseHand");
    if (this.own.value) this.own.value = { ...this.own.value, handRaisedAt: raised ? NOW : 0 };
  }

  async setMicrophone(on: boolean): Promise<boolean> {
    if (on && this.microphoneLocked.value) return false;
    this.microphoneOn.value = on;
    if (on) this.talkingWhileMuted.value = false;
    return on;
  }

  async setCamera(on: boolean): Promise<boolean> {
    this.cameraOn.value = on;
    this.cameraPreview.value = on ? this.#picture("camera", this.own.value?.name ?? "") : null;
    return on;
  }

  async chooseDevice(kind: DeviceKind | "speaker", id: string): Promise<void> {
    const chosen = { microphone: "chosenMicrophone", camera: "chosenCamera", speaker: "chosenSpeaker" } as const;
    this.devices.value = { ...this.devices.value, [chosen[kind]]: id, unplugged: null };
  }

  async retryDevice(kind: DeviceKind): Promise<void> {
    this.devices.value = { ...this.devices.value, [kind]: "granted" };
    if (kind === "camera") await this.setCamera(true);
    else await this.setMicrophone(true);
  }

  async shareScreen(): Promise<boolean> {
    if (this.shareLocked.value) return false;
    this.ownScreen.value = this.#picture("screen", "self");
    return true;
  }

  stopSharing(): void {
    this.ownScreen.value = null;
  }

  setLayout(tiles: readonly Tile[]): void {
    this.layout = tiles;
  }

  setDataSaving(mode: DataSavingMode): void {
    this.dataSaving.value = mode;
  }

  unlockAudio(): void {
    this.tell({ kind: "audio-unblocked" });
  }

  reconnectNow(): void {
    this.connection.value = { socket: "up", attempt: 0, nextTryAt: 0, media: "up" };
  }

  onNotice(listener: (notice: SessionNotice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispose(): void {
    if (this.phase.value !== "ended") this.end("left");
    this.#listeners.clear();
  }

  #refuse(method: keyof FakeSession["refusals"], back?: Phase): void {
    const refusal = this.refusals[method];
    if (!refusal) return;
    delete this.refusals[method];
    if (back) this.phase.value = back;
    this.failure.value = refusal.failure;
    throw refusal;
  }
}
