// From RTCStats to what a person is told and what the node learns. Pure: two samples in, the difference out.

export interface StatsSample {
  readonly at: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly roundTripMs: number;
  /** Uplink, kbit/s; 0: not known. */
  readonly outgoingKbps: number;
  readonly concealed: number;
  readonly samples: number;
  readonly packets: number;
  readonly lost: number;
  readonly frozenMs: number;
  readonly framesDecoded: number;
}

/** One sample out of a whole report; counters of every inbound stream are added up. */
export function sampleOf(report: ReadonlyMap<string, unknown> | RTCStatsReport, at: number): StatsSample {
  const sum = { receivedBytes: 0, sentBytes: 0, roundTripMs: 0, outgoingKbps: 0, concealed: 0, samples: 0 };
  const inbound = { packets: 0, lost: 0, frozenMs: 0, framesDecoded: 0 };
  let pairId = "";
  (report as ReadonlyMap<string, unknown>).forEach((entry) => {
    const stat = entry as Record<string, unknown>;
    if (stat.type === "transport") {
      sum.receivedBytes += number(stat.bytesReceived);
      sum.sentBytes += number(stat.bytesSent);
      pairId = String(stat.selectedCandidatePairId ?? "");
    }
    if (stat.type !== "inbound-rtp") return;
    inbound.packets += number(stat.packetsReceived);
    inbound.lost += number(stat.packetsLost);
    sum.samples += number(stat.totalSamplesReceived);
    // Silence that was concealed during DTX is no fault.
    sum.concealed += number(stat.concealedSamples) - number(stat.silentConcealedSamples);
    inbound.frozenMs += number(stat.totalFreezesDuration) * 1000;
    inbound.framesDecoded += number(stat.framesDecoded);
  });
  const pair = (report as ReadonlyMap<string, unknown>).get(pairId) as Record<string, unknown> | undefined;
  sum.roundTripMs = Math.round(number(pair?.currentRoundTripTime) * 1000);
  sum.outgoingKbps = Math.round(number(pair?.availableOutgoingBitrate) / 1000);
  return { at, ...sum, ...inbound };
}

export interface StatsChange {
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly lossPerMille: number;
  readonly concealedPerMille: number;
  readonly frozenMs: number;
  readonly elapsedMs: number;
}

/** Counters that went back (another connection took over) count from zero. */
export function changeBetween(before: StatsSample | null, after: StatsSample): StatsChange {
  const since = (key: Exclude<keyof StatsSample, "at">) => {
    const past = before?.[key] ?? 0;
    return after[key] >= past ? after[key] - past : after[key];
  };
  const lost = since("lost");
  const samples = since("samples");
  return {
    receivedBytes: since("receivedBytes"),
    sentBytes: since("sentBytes"),
    lossPerMille: perMille(lost, since("packets") + lost),
    concealedPerMille: perMille(since("concealed"), samples),
    frozenMs: Math.round(since("frozenMs")),
    elapsedMs: before ? after.at - before.at : 0,
  };
}

/** Bytes per interval → MB (10⁶) per hour over a sliding minute; 0 while nothing was measured. */
export class UsageRate {
  readonly #spans: { bytes: number; ms: number }[] = [];

  add(bytes: number, ms: number): number {
    if (ms > 0) this.#spans.push({ bytes, ms });
    let total = this.#spans.reduce((sum, span) => sum + span.ms, 0);
    while (total > 60_000 && this.#spans.length > 1) total -= this.#spans.shift()?.ms ?? 0;
    if (total === 0) return 0;
    return ((this.#spans.reduce((sum, span) => sum + span.bytes, 0) / total) * 3_600_000) / 1e6;
  }
}

function perMille(part: number, whole: number): number {
  return whole > 0 ? Math.min(1000, Math.max(0, Math.round((part / whole) * 1000))) : 0;
}

function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
