// Microphone and camera in every state that a browser knows: not asked, refused, absent, taken, unplugged.
import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { DeviceAccess, DeviceChoice, DeviceKind, DevicesView } from "../client/contract";
import { canChooseSpeaker } from "./audio-output";

const INPUT: Readonly<Record<DeviceKind, MediaDeviceKind>> = { microphone: "audioinput", camera: "videoinput" };
const KINDS: readonly DeviceKind[] = ["microphone", "camera"];

export interface DeviceMemory {
  read(kind: DeviceKind | "speaker"): string;
  write(kind: DeviceKind | "speaker", id: string): void;
}

export interface DeviceHooks {
  /** The track in use, or null: it was released, refused or unplugged. */
  onTrack(kind: DeviceKind, track: MediaStreamTrack | null): void;
  onUnplugged(kind: DeviceKind): void;
}

export function constraintsOf(kind: DeviceKind, deviceId: string, weak: boolean): MediaTrackConstraints {
  const device = deviceId ? { deviceId: { ideal: deviceId } } : {};
  if (kind === "microphone") {
    return { ...device, echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
  }
  const [width, height] = weak ? [640, 360] : [1280, 720];
  return {
    ...device,
    width: { ideal: width },
    height: { ideal: height },
    frameRate: { ideal: 30, max: 30 },
    facingMode: "user",
  };
}

/** What the rejection of getUserMedia means (Media Capture and Streams, section 10.2.5). */
export function accessOf(error: unknown): DeviceAccess {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "none";
  if (name === "NotReadableError" || name === "AbortError") return "in-use";
  return "failed";
}

export class Devices {
  readonly #view = signal<DevicesView>({
    microphone: "prompt",
    camera: "prompt",
    microphones: [],
    cameras: [],
    speakers: [],
    chosenMicrophone: "",
    chosenCamera: "",
    chosenSpeaker: "",
    unplugged: null,
  });
  readonly view: ReadonlySignal<DevicesView> = this.#view;
  readonly #tracks: Record<DeviceKind, MediaStreamTrack | null> = { microphone: null, camera: null };
  /** Grows with every wish for a kind: an answer to an older one is stopped at once. */
  readonly #wish: Record<DeviceKind, number> = { microphone: 0, camera: 0 };
  readonly #changed = () => void this.#devicesChanged();

  constructor(
    private readonly hooks: DeviceHooks,
    private readonly memory: DeviceMemory,
    private readonly weak: boolean,
  ) {
    this.#set({
      chosenMicrophone: memory.read("microphone"),
      chosenCamera: memory.read("camera"),
      chosenSpeaker: memory.read("speaker"),
    });
    navigator.mediaDevices?.addEventListener?.("devicechange", this.#changed);
  }

  track(kind: DeviceKind): MediaStreamTrack | null {
    return this.#tracks[kind];
  }

  /** The browser's question is still open. */
  asking(kind: DeviceKind): boolean {
    return this.#view.peek()[kind] === "asking";
  }

  /** Both in one question where the browser would ask twice; then each by itself, so that one fault does not cost the other. */
  async openBoth(): Promise<void> {
    if (!navigator.mediaDevices?.getUserMedia) return this.#set({ microphone: "insecure", camera: "insecure" });
    const [present, permissions] = await Promise.all([this.#present(), Promise.all(KINDS.map(permissionOf))]);
    const refused = new Set(KINDS.filter((_, index) => permissions[index] === "denied"));
    const askable = KINDS.filter((kind) => present.has(kind) && !refused.has(kind));
    for (const kind of KINDS) if (!askable.includes(kind)) this.#setAccess(kind, refused.has(kind) ? "denied" : "none");
    if (askable.length < 2) {
      await Promise.all(askable.map((kind) => this.open(kind)));
      return;
    }
    const wishes = KINDS.map((kind) => this.#ask(kind));
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: this.#constraints("microphone"),
        video: this.#constraints("camera"),
      });
      for (const [index, kind] of KINDS.entries()) {
        const track = (kind === "microphone" ? stream.getAudioTracks() : stream.getVideoTracks())[0];
        if (track) this.#take(kind, track, wishes[index] ?? 0);
      }
      await this.#list();
    } catch (error) {
      // Refused in one question: asking twice more would be rude. Anything else may be the fault of one device only.
      if (accessOf(error) === "denied" && permissions.every((state) => state === "prompt")) {
        for (const kind of KINDS) this.#setAccess(kind, "denied");
      } else {
        for (const kind of KINDS) await this.open(kind);
      }
    }
  }

  /** True: there is a track now. */
  async open(kind: DeviceKind): Promise<boolean> {
    if (!navigator.mediaDevices?.getUserMedia) {
      this.#setAccess(kind, "insecure");
      return false;
    }
    const wish = this.#ask(kind);
    try {
      const constraints = this.#constraints(kind);
      const stream = await navigator.mediaDevices.getUserMedia(
        kind === "microphone" ? { audio: constraints } : { video: constraints },
      );
      const track = stream.getTracks()[0];
      if (!track) throw new DOMException("no track", "NotFoundError");
      const taken = this.#take(kind, track, wish);
      await this.#list();
      return taken;
    } catch (error) {
      if (wish !== this.#wish[kind]) return false;
      this.#setAccess(kind, accessOf(error));
      return false;
    }
  }

  /** Lets the device go: the camera's lamp goes out. */
  release(kind: DeviceKind): void {
    this.#wish[kind] += 1;
    const track = this.#tracks[kind];
    if (!track) return;
    this.#tracks[kind] = null;
    track.onended = null;
    track.stop();
    this.hooks.onTrack(kind, null);
  }

  /** Opens the chosen device if the kind is in use, else remembers it. */
  async choose(kind: DeviceKind, id: string): Promise<void> {
    this.memory.write(kind, id);
    this.#set(
      kind === "microphone" ? { chosenMicrophone: id, unplugged: null } : { chosenCamera: id, unplugged: null },
    );
    if (!this.#tracks[kind]) return;
    // Many phones cannot open the second camera before the first is let go.
    if (kind === "camera") this.release(kind);
    await this.open(kind);
  }

  rememberSpeaker(id: string): void {
    this.memory.write("speaker", id);
    this.#set({ chosenSpeaker: id });
  }

  dispose(): void {
    navigator.mediaDevices?.removeEventListener?.("devicechange", this.#changed);
    for (const kind of KINDS) this.release(kind);
  }

  #constraints(kind: DeviceKind): MediaTrackConstraints {
    const { chosenMicrophone, chosenCamera } = this.#view.value;
    return constraintsOf(kind, kind === "microphone" ? chosenMicrophone : chosenCamera, this.weak);
  }

  #ask(kind: DeviceKind): number {
    this.#wish[kind] += 1;
    if (!this.#tracks[kind]) this.#setAccess(kind, "asking");
    return this.#wish[kind];
  }

  #take(kind: DeviceKind, track: MediaStreamTrack, wish: number): boolean {
    if (wish !== this.#wish[kind]) {
      track.stop();
      return false;
    }
    const old = this.#tracks[kind];
    if (old) {
      old.onended = null;
      old.stop();
    }
    this.#tracks[kind] = track;
    track.contentHint = kind === "microphone" ? "speech" : "motion";
    track.onended = () => void this.#ended(kind);
    this.#setAccess(kind, "granted");
    const id = track.getSettings().deviceId ?? "";
    this.#set(kind === "microphone" ? { chosenMicrophone: id } : { chosenCamera: id });
    this.hooks.onTrack(kind, track);
    return true;
  }

  /** The device went away, or the permission: the next one is taken if there is one. */
  async #ended(kind: DeviceKind): Promise<void> {
    this.#tracks[kind] = null;
    this.hooks.onTrack(kind, null);
    this.#set(
      kind === "microphone" ? { unplugged: kind, chosenMicrophone: "" } : { unplugged: kind, chosenCamera: "" },
    );
    this.hooks.onUnplugged(kind);
    await this.open(kind);
  }

  async #devicesChanged(): Promise<void> {
    await this.#list();
    const present = await this.#present();
    for (const kind of KINDS) {
      const access = this.#view.value[kind];
      if (access === "none" && present.has(kind)) this.#setAccess(kind, "prompt");
    }
  }

  async #present(): Promise<Set<DeviceKind>> {
    try {
      const all = await navigator.mediaDevices.enumerateDevices();
      return new Set(KINDS.filter((kind) => all.some((device) => device.kind === INPUT[kind])));
    } catch {
      // A browser that will not say is asked for the device itself.
      return new Set(KINDS);
    }
  }

  async #list(): Promise<void> {
    const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    const of = (kind: MediaDeviceKind): DeviceChoice[] =>
      all
        .filter((device) => device.kind === kind && device.deviceId !== "")
        .map((device) => ({ id: device.deviceId, label: device.label }));
    this.#set({
      microphones: of("audioinput"),
      cameras: of("videoinput"),
      speakers: canChooseSpeaker() ? of("audiooutput") : [],
    });
  }

  #setAccess(kind: DeviceKind, access: DeviceAccess): void {
    this.#set(kind === "microphone" ? { microphone: access } : { camera: access });
  }

  #set(change: Partial<DevicesView>): void {
    this.#view.value = { ...this.#view.value, ...change };
  }
}

/** "prompt" where the browser does not tell (Firefox). */
async function permissionOf(kind: DeviceKind): Promise<PermissionState> {
  try {
    return (await navigator.permissions.query({ name: kind as PermissionName })).state;
  } catch {
    return "prompt";
  }
}
