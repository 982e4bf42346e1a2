// What arrives here: streams per slot, sound, who is where, how well, and how much of the person's data it took.
import { type ReadonlySignal, signal } from "@preact/signals-core";
import { type Assignments, Limitation, type MediaStates, type Quality } from "../gen/sipulung/media/v1/session_pb";
import { AudioOutput } from "../media/audio-output";
import type { MediaConnection } from "../media/media-connection";
import { changeBetween, type StatsSample, sampleOf, UsageRate } from "../media/stats";
import type { QualityView, SessionNotice, SlotView, UsageView } from "./contract";
import { type MediaOf, reduceMediaStates } from "./roster";
import { freeSlot, reduceSlots } from "./slots";

const LIMITATIONS: Readonly<Record<number, QualityView["limitation"]>> = {
  [Limitation.REDUCED]: "reduced",
  [Limitation.NO_FACES]: "no-faces",
  [Limitation.AUDIO_ONLY]: "audio-only",
};

export class Receiving {
  readonly #slots = signal<readonly SlotView[]>([]);
  readonly #speakers = signal<readonly string[]>([]);
  readonly #media = signal<ReadonlyMap<string, MediaOf>>(new Map());
  readonly #quality = signal<QualityView>({
    availableKbps: 0,
    limitation: "none",
    roundTripMs: 0,
    lossPerMille: 0,
    concealedPerMille: 0,
  });
  readonly #usage = signal<UsageView>({ receivedBytes: 0, sentBytes: 0, megabytesPerHour: 0 });
  readonly slots: ReadonlySignal<readonly SlotView[]> = this.#slots;
  readonly speakers: ReadonlySignal<readonly string[]> = this.#speakers;
  readonly media: ReadonlySignal<ReadonlyMap<string, MediaOf>> = this.#media;
  readonly quality: ReadonlySignal<QualityView> = this.#quality;
  readonly usage: ReadonlySignal<UsageView> = this.#usage;
  readonly output: AudioOutput;
  readonly #rate = new UsageRate();
  #sample: StatsSample | null = null;
  #sampled: MediaConnection | null = null;

  constructor(faces: number, notice: (notice: SessionNotice) => void) {
    this.output = new AudioOutput((blocked) => notice({ kind: blocked ? "audio-blocked" : "audio-unblocked" }));
    this.growTo(faces);
  }

  growTo(faces: number): void {
    const added = [...this.#slots.value];
    while (added.length < faces + 1) added.push(freeSlot(added.length, new MediaStream()));
    this.#slots.value = added;
  }

  /** The same streams and elements, with this connection's tracks. */
  show(connection: MediaConnection): void {
    for (const { slot, stream } of this.#slots.value) {
      const track = connection.videoTrack(slot);
      for (const old of stream.getTracks()) if (old !== track) stream.removeTrack(old);
      if (track) stream.addTrack(track);
    }
    this.output.play(connection.audioTracks());
  }

  assign(assignments: Assignments | undefined): void {
    if (assignments) this.#slots.value = reduceSlots(this.#slots.value, assignments);
  }

  hear(speakers: { readonly participantIds: readonly string[] } | undefined): void {
    if (speakers) this.#speakers.value = speakers.participantIds;
  }

  states(states: MediaStates | undefined): void {
    if (states) this.#media.value = reduceMediaStates(this.#media.value, states);
  }

  judge(quality: Quality): void {
    this.#quality.value = {
      ...this.#quality.value,
      availableKbps: Math.round(Number(quality.available) / 1000),
      limitation: LIMITATIONS[quality.limitation] ?? "none",
    };
  }

  /** Every 5 s. What the node is to be told, and the uplink's estimate in kbit/s. */
  async measure(connection: MediaConnection) {
    const report = await connection.stats();
    const sample = sampleOf(report, performance.now());
    const change = changeBetween(this.#sampled === connection ? this.#sample : null, sample);
    this.#sampled = connection;
    this.#sample = sample;
    const megabytesPerHour = this.#rate.add(change.receivedBytes + change.sentBytes, change.elapsedMs);
    const { receivedBytes, sentBytes } = this.#usage.value;
    this.#usage.value = {
      receivedBytes: receivedBytes + change.receivedBytes,
      sentBytes: sentBytes + change.sentBytes,
      megabytesPerHour,
    };
    this.#quality.value = {
      ...this.#quality.value,
      roundTripMs: sample.roundTripMs,
      lossPerMille: change.lossPerMille,
      concealedPerMille: change.concealedPerMille,
    };
    return {
      report: { frozenMs: change.frozenMs, concealedPerMille: change.concealedPerMille },
      outgoingKbps: sample.outgoingKbps,
    };
  }

  stop(): void {
    this.output.stop();
    for (const { stream } of this.#slots.value) for (const track of stream.getTracks()) stream.removeTrack(track);
  }
}
