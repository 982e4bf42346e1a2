// Capturing a screen, and its sound only while there is any.
import { LevelMeter } from "./level-meter";

export interface ScreenHooks {
  onTrack(source: "screen" | "screenAudio", track: MediaStreamTrack | null): void;
  /** The browser's own bar, or the shared window was closed. */
  onEnded(): void;
}

/** A tab that is silent for so long sends nothing until it sounds again (34 kbit/s in a peer measured). */
const SILENT_AFTER_MS = 3_000;

export class ScreenShare {
  #stream: MediaStream | null = null;
  #meter: LevelMeter | null = null;
  #disposed = false;

  constructor(
    private readonly hooks: ScreenHooks,
    private readonly audioContext: () => AudioContext | null,
  ) {}

  get stream(): MediaStream | null {
    return this.#stream;
  }

  get hasAudio(): boolean {
    return (this.#stream?.getAudioTracks().length ?? 0) > 0;
  }

  /** null: the person closed the dialog, or may not share any more (`may`). Rejects when the browser cannot. */
  async start(may: () => boolean): Promise<MediaStream | null> {
    const wishes: DisplayMediaStreamOptions & Record<string, unknown> = {
      video: { frameRate: { ideal: 15, max: 30 } },
      audio: true,
      selfBrowserSurface: "exclude",
      surfaceSwitching: "include",
      systemAudio: "include",
    };
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getDisplayMedia(wishes);
    } catch (error) {
      if (error instanceof Error && (error.name === "NotAllowedError" || error.name === "AbortError")) return null;
      throw error;
    }
    if (this.#disposed || !may()) {
      for (const track of stream.getTracks()) track.stop();
      return null;
    }
    this.stop();
    this.#stream = stream;
    const picture = stream.getVideoTracks()[0];
    if (picture) {
      // Sharp before smooth (SCREEN-FACTS: "motion" drops to 270 lines).
      picture.contentHint = "text";
      picture.onended = () => {
        this.stop();
        this.hooks.onEnded();
      };
      this.hooks.onTrack("screen", picture);
    }
    const sound = stream.getAudioTracks()[0];
    if (sound) this.#followSound(sound);
    return stream;
  }

  stop(): void {
    const stream = this.#stream;
    if (!stream) return;
    this.#stream = null;
    this.#meter?.stop();
    this.#meter = null;
    for (const track of stream.getTracks()) {
      track.onended = null;
      track.stop();
    }
    this.hooks.onTrack("screen", null);
    this.hooks.onTrack("screenAudio", null);
  }

  /** For good: what is chosen in a dialog that is still open is let go of at once. */
  dispose(): void {
    this.#disposed = true;
    this.stop();
  }

  #followSound(track: MediaStreamTrack): void {
    const context = this.audioContext();
    track.contentHint = "music";
    if (!context) return this.hooks.onTrack("screenAudio", track);
    let sounding = false;
    let soundedAt = 0;
    this.#meter = new LevelMeter(context, track, (level) => {
      const now = performance.now();
      if (level > 0) soundedAt = now;
      const sounds = level > 0 || (sounding && now - soundedAt < SILENT_AFTER_MS);
      if (sounds === sounding) return;
      sounding = sounds;
      this.hooks.onTrack("screenAudio", sounds ? track : null);
    });
  }
}

export const canShareScreen = () =>
  typeof navigator !== "undefined" && typeof navigator.mediaDevices?.getDisplayMedia === "function";
