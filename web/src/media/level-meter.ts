// How loud a track is: for the moving microphone level, for talking while muted, and for a shared tab's silence.

const SAMPLES = 1024;
const EVERY_MS = 66;
/** Peak-ish loudness below that is room noise after noise suppression. */
const TALKING_LEVEL = 0.12;
export const TALKING_FOR_MS = 500;

/** Root mean square of samples in [-1, 1] on a scale of 60 dB, so that a quiet voice already moves the bar: 0…1. */
export function levelOf(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < samples.length; index += 1) sum += (samples[index] ?? 0) ** 2;
  const rms = Math.sqrt(sum / Math.max(1, samples.length));
  return rms <= 0.001 ? 0 : Math.min(1, 1 + (20 * Math.log10(rms)) / 60);
}

/** True from half a second of voice on (pauses between words included) until 1.5 s without. */
export class TalkingDetector {
  #since: number | null = null;
  #lastVoice = Number.NEGATIVE_INFINITY;

  hear(level: number, now: number): boolean {
    if (level >= TALKING_LEVEL * 3) this.#lastVoice = now;
    const lately = now - this.#lastVoice < 1_500;
    if (!lately) this.#since = null;
    else this.#since ??= now;
    return this.#since !== null && now - this.#since >= TALKING_FOR_MS;
  }
}

/** Reads one track about 15 times a second until it is stopped. Without AudioContext it never calls. */
export class LevelMeter {
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  readonly #source: MediaStreamAudioSourceNode | undefined;

  constructor(context: AudioContext | null, track: MediaStreamTrack, heard: (level: number) => void) {
    if (!context) return;
    const analyser = context.createAnalyser();
    analyser.fftSize = SAMPLES;
    // Of the same track: a clone would keep the device open after the track was stopped.
    this.#source = context.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(analyser);
    const samples = new Float32Array(SAMPLES);
    this.#timer = setInterval(() => {
      if (context.state === "suspended") void context.resume().catch(() => undefined);
      analyser.getFloatTimeDomainData(samples);
      heard(levelOf(samples));
    }, EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#source?.disconnect();
  }
}

/** One per page; null where the browser has none. To be made in a click, or it starts suspended. */
export function newAudioContext(): AudioContext | null {
  return typeof AudioContext === "undefined" ? null : new AudioContext({ latencyHint: "playback" });
}
