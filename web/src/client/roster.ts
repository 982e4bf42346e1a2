// The meeting as snapshots and numbered events tell it: a pure reduction. What media says is laid over it.
import { MeetingRole } from "../gen/sipulung/common/v1/common_pb";
import type { MediaStates, PublishState } from "../gen/sipulung/media/v1/session_pb";
import type { Meeting } from "../gen/sipulung/roster/v1/meeting_pb";
import {
  LeaveReason,
  type Participant,
  Presence,
  type RosterEvent,
  type Snapshot,
} from "../gen/sipulung/roster/v1/participant_pb";
import type { MeetingInfo, ParticipantView, Role, SessionNotice } from "./contract";

export interface Roster {
  readonly sequence: bigint;
  readonly meeting: Meeting | undefined;
  readonly participants: ReadonlyMap<string, Participant>;
  readonly ended: boolean;
}

export const EMPTY_ROSTER: Roster = { sequence: 0n, meeting: undefined, participants: new Map(), ended: false };

export function rosterOf(snapshot: Snapshot): Roster {
  const participants = snapshot.participants.filter(({ presence }) => presence !== Presence.LEFT);
  return {
    sequence: snapshot.sequence,
    meeting: snapshot.meeting,
    participants: new Map(participants.map((participant) => [participant.participantId, participant])),
    ended: false,
  };
}

export interface RosterStep {
  readonly roster: Roster;
  /** Events were missed: a new snapshot is needed. This event was taken all the same. */
  readonly gap: boolean;
  /** An event that the roster already contains: nothing changed, and nobody is to be told again. */
  readonly stale: boolean;
  readonly notice: SessionNotice | null;
}

export function reduceRoster(roster: Roster, event: RosterEvent): RosterStep {
  if (event.sequence <= roster.sequence) return { roster, gap: false, stale: true, notice: null };
  const gap = event.sequence !== roster.sequence + 1n;
  const { participants, ...change } = changeOf(roster, event);
  const next = { ...roster, ...change, participants: participants ?? roster.participants, sequence: event.sequence };
  return { roster: next, gap, stale: false, notice: noticeOf(roster, event) };
}

function changeOf(roster: Roster, { event }: RosterEvent): Partial<Roster> {
  switch (event.case) {
    case "joined":
    case "changed": {
      const participants = new Map(roster.participants);
      if (event.value.presence === Presence.LEFT) participants.delete(event.value.participantId);
      else participants.set(event.value.participantId, event.value);
      return { participants };
    }
    case "left": {
      const participants = new Map(roster.participants);
      participants.delete(event.value.participantId);
      return { participants };
    }
    case "updated":
      return { meeting: event.value };
    case "ended":
      return { meeting: event.value, ended: true };
    default:
      return {};
  }
}

function noticeOf(before: Roster, { event }: RosterEvent): SessionNotice | null {
  if (event.case === "joined" && !before.participants.has(event.value.participantId)) {
    return { kind: "joined", participantId: event.value.participantId, name: event.value.name };
  }
  if (event.case === "changed") {
    const was = before.participants.get(event.value.participantId);
    const raised = event.value.handRaisedAtMs !== 0n && was?.handRaisedAtMs !== event.value.handRaisedAtMs;
    return raised ? { kind: "hand-raised", participantId: event.value.participantId, name: event.value.name } : null;
  }
  if (event.case !== "left" || event.value.reason === LeaveReason.MEETING_ENDED) return null;
  const name = before.participants.get(event.value.participantId)?.name;
  if (name === undefined) return null;
  const reasons = { [LeaveReason.LOST]: "lost", [LeaveReason.REMOVED]: "removed" } as const;
  const reason = reasons[event.value.reason as keyof typeof reasons] ?? "left";
  return { kind: "left", participantId: event.value.participantId, name, reason };
}

export interface MediaOf {
  readonly publish: Readonly<Pick<PublishState, "microphone" | "camera" | "screen" | "screenAudio">>;
  readonly lost: boolean;
}

const NOTHING: MediaOf = {
  publish: { microphone: false, camera: false, screen: false, screenAudio: false },
  lost: false,
};

export function reduceMediaStates(
  known: ReadonlyMap<string, MediaOf>,
  states: MediaStates,
): ReadonlyMap<string, MediaOf> {
  const next = new Map(states.whole ? [] : known);
  for (const { participantId, publish, lost } of states.states) {
    next.set(participantId, { publish: publish ?? NOTHING.publish, lost });
  }
  return next;
}

const ROLES: Readonly<Record<number, Role>> = { [MeetingRole.HOST]: "host", [MeetingRole.CO_HOST]: "co-host" };

/** In the order of joining. The own state is what is sent from here, not its echo. */
export function participantViews(
  roster: Roster,
  media: ReadonlyMap<string, MediaOf>,
  selfId: string,
  own: MediaOf,
): ReadonlyMap<string, ParticipantView> {
  const all = [...roster.participants.values()].sort(
    (a, b) => Number(a.joinedAtMs - b.joinedAtMs) || (a.participantId < b.participantId ? -1 : 1),
  );
  return new Map(
    all.map((participant) => {
      const id = participant.participantId;
      const self = id === selfId;
      const { publish, lost } = self ? own : (media.get(id) ?? NOTHING);
      const away = participant.presence === Presence.LOST && !self;
      const view: ParticipantView = {
        id,
        name: participant.name,
        role: ROLES[participant.role] ?? "participant",
        self,
        presence: away ? "lost" : "present",
        handRaisedAt: Number(participant.handRaisedAtMs),
        joinedAt: Number(participant.joinedAtMs),
        microphone: publish.microphone,
        camera: publish.camera,
        screen: publish.screen,
        lost: lost || away,
      };
      return [id, view];
    }),
  );
}

export function handsOf(participants: ReadonlyMap<string, ParticipantView>): readonly ParticipantView[] {
  return [...participants.values()]
    .filter((one) => one.handRaisedAt > 0)
    .sort((a, b) => a.handRaisedAt - b.handRaisedAt);
}

export function meetingInfoOf(roster: Roster): MeetingInfo | null {
  const { meeting } = roster;
  if (!meeting) return null;
  return { id: meeting.meetingId, title: meeting.title, present: roster.participants.size, capacity: meeting.capacity };
}
