// What the camera and the screen are encoded to, and what of it is sent: pure, from the demand that the node reports.

const LAYERS = ["q", "h", "f"] as const;

/** bit/s for 180, 360 and 720 lines: VP8 faces hold still most of the time, and 30 frames need no more. */
const LAYER_BITRATES = [150_000, 500_000, 1_500_000] as const;
/** A camera with no more lines than that has two layers only: a third one of 90 lines would be useless. */
const TWO_LAYERS_UP_TO = 400;

export function cameraEncodings(): RTCRtpEncodingParameters[] {
  return LAYERS.map((rid, index) => ({
    rid,
    active: false,
    scaleResolutionDownBy: 4 / 2 ** index,
    maxBitrate: LAYER_BITRATES[index] ?? 0,
  }));
}

export interface LayerSetting {
  readonly active: boolean;
  readonly scaleResolutionDownBy: number;
}

/** `wanted` layers, lowest first (PublishRequest.camera_layers); `lines` is the shorter side of the camera's picture, 0 when unknown. */
export function layerSettings(wanted: number, lines: number): LayerSetting[] {
  const two = lines > 0 && lines <= TWO_LAYERS_UP_TO;
  const scales = two ? [2, 1, 1] : [4, 2, 1];
  const available = two ? 2 : 3;
  return scales.map((scaleResolutionDownBy, index) => ({
    active: index < Math.min(wanted, available),
    scaleResolutionDownBy,
  }));
}

/** bit/s; SCREEN-FACTS: 1–2 Mbit/s carry a sheet at native resolution. */
const SCREEN_MAX_BITRATE = 2_000_000;
const SCREEN_FRAMES = 15;
const SCREEN_FRAMES_WEAK = 4;
const WEAK_KBPS = 400;
const STRONG_KBPS = 550;

/** Frames a second for the shared screen at an uplink of `kbps` (0: unknown). Between the two bounds the present rate stays. */
export function screenFrames(kbps: number, present: number): number {
  if (kbps === 0) return present || SCREEN_FRAMES;
  if (kbps < WEAK_KBPS) return SCREEN_FRAMES_WEAK;
  if (kbps > STRONG_KBPS) return SCREEN_FRAMES;
  return present || SCREEN_FRAMES;
}

export function screenEncoding(): RTCRtpEncodingParameters {
  return { active: true, maxBitrate: SCREEN_MAX_BITRATE, maxFramerate: SCREEN_FRAMES };
}

/** bit/s of Opus: 24k is transparent for voice; 16k when data is saved or the uplink is weak (SCREEN-FACTS, voice). */
export const voiceBitrate = (saving: boolean) => (saving ? 16_000 : 24_000);
