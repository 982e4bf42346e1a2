import type { QualityView } from "../../client/contract";
import { rate } from "../i18n/format";
import { roomWords } from "../room/words";

/** "Jaringan Anda hanya 90 kbit/d: video dihentikan, suara tetap jalan"; "" while nothing is given up. */
export function qualitySentence(quality: QualityView): string {
  if (quality.limitation === "none") return "";
  const w = roomWords.value.meeting.quality;
  return w[quality.limitation](quality.availableKbps > 0 ? rate(quality.availableKbps) : w.unknownRate);
}
