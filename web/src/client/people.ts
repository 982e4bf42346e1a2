// Who is in the meeting, as roster and media tell it together.
import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import type { RosterEvent, Snapshot } from "../gen/sipulung/roster/v1/participant_pb";
import type { MeetingInfo, ParticipantView, SessionNotice } from "./contract";
import type { WaitingView } from "./in-charge";
import {
  EMPTY_ROSTER,
  handsOf,
  type MediaOf,
  meetingInfoOf,
  participantViews,
  type Roster,
  type RosterStep,
  reduceRoster,
  rosterOf,
  waitingOf,
} from "./roster";

/** Read inside of signals: what they are computed from changes with them. */
export interface PeoplePort {
  selfId(): string;
  media(): ReadonlyMap<string, MediaOf>;
  own(): MediaOf;
}

export class People {
  readonly #roster = signal<Roster>(EMPTY_ROSTER);
  #views: ReadonlyMap<string, ParticipantView> = new Map();
  /** null before the first snapshot. */
  readonly meeting: ReadonlySignal<MeetingInfo | null> = computed(() => meetingInfoOf(this.#roster.value));
  readonly all: ReadonlySignal<ReadonlyMap<string, ParticipantView>> = computed(() => {
    const { media, selfId, own } = this.port;
    this.#views = participantViews(this.#roster.value, media(), selfId(), own(), this.#views);
    return this.#views;
  });
  readonly self: ReadonlySignal<ParticipantView | null> = computed(
    () => this.all.value.get(this.port.selfId()) ?? null,
  );
  readonly hands: ReadonlySignal<readonly ParticipantView[]> = computed(() => handsOf(this.all.value));

  readonly waiting: ReadonlySignal<readonly WaitingView[]> = computed(() => waitingOf(this.#roster.value));

  constructor(private readonly port: PeoplePort) {}

  /** Of a participant, or of somebody who waits. */
  nameOf(id: string): string | undefined {
    const { participants, waiting } = this.#roster.peek();
    return (participants.get(id) ?? waiting.get(id))?.name;
  }

  replace(snapshot: Snapshot): void {
    this.#roster.value = rosterOf(snapshot);
  }

  hear(event: RosterEvent): RosterStep {
    const step = reduceRoster(this.#roster.value, event);
    if (!step.stale) this.#roster.value = step.roster;
    return step;
  }

  /** Makes a change of what media says; screens that came or went with it are told once. */
  screenNews(change: () => void): readonly SessionNotice[] {
    const before = this.all.peek();
    change();
    const news: SessionNotice[] = [];
    for (const [participantId, { name, screen: shares, self }] of this.all.peek()) {
      const shared = before.get(participantId)?.screen ?? false;
      if (!self && shares !== shared) {
        news.push({ kind: shares ? "screen-started" : "screen-stopped", participantId, name });
      }
    }
    return news;
  }
}
