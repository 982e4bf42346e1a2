// Which codecs each m-line of the offer names. A short list keeps the offer of 24 m-lines small.

export type CodecCapability = RTCRtpCodec;

const AUDIO = ["audio/opus"];
const CAMERA = ["video/vp8", "video/h264"];
const SCREEN = ["video/av1", "video/vp8", "video/h264"];

export const microphoneCodecs = (all: readonly CodecCapability[]) =>
  all.filter(({ mimeType }) => mimeType.toLowerCase() === AUDIO[0]);

/** The camera is sent in one codec that everybody decodes: VP8, or H.264 where the browser cannot send VP8. */
export function cameraCodecs(all: readonly CodecCapability[]): CodecCapability[] {
  const names = all.some(({ mimeType }) => mimeType.toLowerCase() === "video/vp8") ? ["video/vp8"] : ["video/h264"];
  return chosen(all, names);
}

export const faceCodecs = (all: readonly CodecCapability[]) => chosen(all, CAMERA);
/** In the order of SCREEN-FACTS: AV1 first, VP9 not at all. */
export const screenCodecs = (all: readonly CodecCapability[]) => chosen(all, SCREEN);

function chosen(all: readonly CodecCapability[], names: readonly string[]): CodecCapability[] {
  const found: CodecCapability[] = [];
  for (const name of names) {
    const variants = all.filter(({ mimeType }) => mimeType.toLowerCase() === name);
    const variant = name === "video/h264" ? bestH264(variants) : name === "video/av1" ? mainAv1(variants) : variants[0];
    if (variant) found.push(variant);
  }
  if (found.length === 0) return [];
  return [...found, ...all.filter(({ mimeType }) => mimeType.toLowerCase() === "video/rtx")];
}

/** Constrained baseline in packetization mode 1: what every phone's hardware does (RFC 7742 section 6.2). */
function bestH264(variants: readonly CodecCapability[]): CodecCapability | undefined {
  const mode1 = variants.filter(({ sdpFmtpLine }) => /packetization-mode=1/.test(sdpFmtpLine ?? ""));
  return mode1.find(({ sdpFmtpLine }) => /profile-level-id=42e0/i.test(sdpFmtpLine ?? "")) ?? mode1[0] ?? variants[0];
}

function mainAv1(variants: readonly CodecCapability[]): CodecCapability | undefined {
  return variants.find(({ sdpFmtpLine }) => /profile=0|^$/.test(sdpFmtpLine ?? "")) ?? variants[0];
}
