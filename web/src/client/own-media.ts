// What comes from here: devices, the own screen, and whether the person is heard without knowing that nobody hears them.
import { type ReadonlySignal, signal } from "@preact/signals-core";
import { Devices } from "../media/devices";
import { LevelMeter, newAudioContext, TalkingDetector } from "../media/level-meter";
import type { Publisher } from "../media/publisher";
import { ScreenShare } from "../media/screen-share";
import { failed } from "../protocol/failure";
import type { DeviceKind, SessionNotice } from "./contract";
import { deviceMemory, isWeak } from "./this-device";

export interface OwnMediaHooks {
  /** What is sent has changed: the node and the own tile want to know. */
  onPublish(): void;
  onNotice(notice: SessionNotice): void;
}

export class OwnMedia {
  readonly #microphoneOn = signal(false);
  readonly #cameraOn = signal(false);
  readonly #preview = signal<MediaStream | null>(null);
  readonly #level = signal(0);
  readonly #talking = signal(false);
  readonly #screen = signal<MediaStream | null>(null);
  readonly #choosing = signal(false);
  readonly microphoneOn: ReadonlySignal<boolean> = this.#microphoneOn;
  readonly cameraOn: ReadonlySignal<boolean> = this.#cameraOn;
  readonly cameraPreview: ReadonlySignal<MediaStream | null> = this.#preview;
  readonly microphoneLevel: ReadonlySignal<number> = this.#level;
  readonly talkingWhileMuted: ReadonlySignal<boolean> = this.#talking;
  readonly ownScreen: ReadonlySignal<MediaStream | null> = this.#screen;
  readonly choosingScreen: ReadonlySignal<boolean> = this.#choosing;
  readonly devices: Devices;
  readonly #share: ScreenShare;
  #context: AudioContext | null = null;
  #meter: LevelMeter | null = null;
  #talkingDetector = new TalkingDetector();

  constructor(
    private readonly publisher: Publisher,
    private readonly hooks: OwnMediaHooks,
  ) {
    this.devices = new Devices(
      {
        onTrack: (kind, track) => this.#deviceTrack(kind, track),
        onUnplugged: (device) => this.hooks.onNotice({ kind: "device-unplugged", device }),
      },
      deviceMemory,
      isWeak(navigator),
    );
    this.#share = new ScreenShare(
      {
        onTrack: (source, track) => {
          this.publisher.setTrack(source, track);
          if (source === "screen") this.#screenChanged();
        },
        onEnded: () => this.hooks.onNotice({ kind: "own-screen-ended" }),
      },
      () => this.#context,
    );
  }

  /** To be called in a click: the level meter's clock starts suspended otherwise. */
  wake(): void {
    this.#context ??= newAudioContext();
  }

  async open(microphone: boolean, camera: boolean): Promise<void> {
    this.#want("microphone", microphone);
    this.#want("camera", camera);
    if (microphone && camera) await this.devices.openBoth();
    else if (microphone) await this.devices.open("microphone");
    else if (camera) await this.devices.open("camera");
    // What was refused or is not there is off: nobody is to believe that they are heard.
    for (const kind of ["microphone", "camera"] as const) {
      if (!this.devices.track(kind) && !this.devices.asking(kind)) this.#want(kind, false);
    }
  }

  /** The device stays open while muted, so that unmuting takes no time and talking while muted is noticed; nothing is sent. */
  async setMicrophone(on: boolean): Promise<boolean> {
    this.#want("microphone", on);
    if (on && !this.devices.track("microphone") && !(await this.devices.open("microphone"))) {
      if (!this.devices.track("microphone")) this.#want("microphone", false);
    }
    return this.#microphoneOn.value;
  }

  /** Off lets the camera go: its lamp must tell the truth. */
  async setCamera(on: boolean): Promise<boolean> {
    this.#want("camera", on);
    if (!on) this.devices.release("camera");
    else if (!this.devices.track("camera") && !(await this.devices.open("camera"))) {
      if (!this.devices.track("camera")) this.#want("camera", false);
    }
    return this.#cameraOn.value;
  }

  /** `on`: it may be turned on with it. */
  async retry(kind: DeviceKind, on = true): Promise<void> {
    if (!on) await this.devices.open(kind);
    else if (kind === "microphone") await this.setMicrophone(true);
    else await this.setCamera(true);
  }

  /** `may`: still, when the person has chosen. */
  async shareScreen(may: () => boolean = () => true): Promise<boolean> {
    if (this.#choosing.value) return false;
    this.#choosing.value = true;
    try {
      const stream = await this.#share.start(may);
      if (stream) this.publisher.setScreenSound(this.#share.hasAudio);
      this.#screenChanged();
      return stream !== null;
    } catch (error) {
      throw failed("BROWSER_UNSUPPORTED", `the screen cannot be captured: ${String(error)}`, "screen");
    } finally {
      this.#choosing.value = false;
    }
  }

  stopSharing(): void {
    this.#share.stop();
  }

  dispose(): void {
    this.#share.dispose();
    this.devices.dispose();
    this.#meter?.stop();
    this.#meter = null;
    void this.#context?.close().catch(() => undefined);
    this.#context = null;
  }

  #want(kind: DeviceKind, on: boolean): void {
    (kind === "microphone" ? this.#microphoneOn : this.#cameraOn).value = on;
    this.publisher.setOn(kind, on);
    if (kind === "microphone" && on) this.#talking.value = false;
    this.hooks.onPublish();
  }

  #deviceTrack(kind: DeviceKind, track: MediaStreamTrack | null): void {
    this.publisher.setTrack(kind, track);
    if (kind === "camera") this.#preview.value = track ? new MediaStream([track]) : null;
    else this.#listen(track);
    this.hooks.onPublish();
  }

  #listen(track: MediaStreamTrack | null): void {
    this.#meter?.stop();
    this.#meter = null;
    this.#level.value = 0;
    this.#talking.value = false;
    this.#talkingDetector = new TalkingDetector();
    if (!track) return;
    this.#meter = new LevelMeter(this.#context, track, (level) => {
      this.#level.value = level;
      const talking = this.#talkingDetector.hear(level, performance.now());
      this.#talking.value = talking && !this.#microphoneOn.value;
    });
  }

  #screenChanged(): void {
    if (this.#screen.value === this.#share.stream) return;
    this.#screen.value = this.#share.stream;
    this.hooks.onPublish();
  }
}
