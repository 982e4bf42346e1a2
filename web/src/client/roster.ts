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
import type { WaitingView } from "./in-charge";
import { rulesOf } from "./moderation";

export interface Roster {
  readonly sequence: bigint;
  readonly meeting: Meeting | undefined;
  readonly participants: ReadonlyMap<string, Participant>;
  /** In the lobby: no participants yet. */
  readonly waiting: ReadonlyMap<string, Participant>;
  readonly ended: boolean;
}

export const EMPTY_ROSTER: Roster = {
  sequence: 0n,
  meeting: undefined,
  participants: new Map(),
  waiting: new Map(),
  ended: false,
};

export function rosterOf(snapshot: Snapshot): Roster {
  const byId = (wanted: (presence: Presence) => boolean) =>
    new Map(
      snapshot.participants.filter(({ presence }) => wanted(presence)).map((one) => [one.participantId, one] as const),
    );
  return {
    sequence: snapshot.sequence,
    meeting: snapshot.meeting,
    participants: byId((presence) => presence !== Presence.LEFT && presence !== Presence.WAITING),
    waiting: byId((presence) => presence === Presence.WAITING),
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
  const next = { ...roster, ...changeOf(roster, event), sequence: event.sequence };
  return { roster: next, gap, stale: false, notice: noticeOf(roster, event) };
}

function changeOf(roster: Roster, { event }: RosterEvent): Partial<Roster> {
  switch (event.case) {
    case "joined":
    case "changed": {
      const { participantId, presence } = event.value;
      const away = without(roster, participantId);
      if (presence === Presence.LEFT) return away;
      if (presence === Presence.WAITING)
        return { ...away, waiting: new Map(away.waiting).set(participantId, event.value) };
      // In its place, so that what is kept in the order of joining stays so.
      return { ...away, participants: new Map(roster.participants).set(participantId, event.value) };
    }
    case "left":
      return without(roster, event.value.participantId);
    case "updated":
      return { meeting: event.value };
    case "ended":
      return { meeting: event.value, ended: true };
    default:
      return {};
  }
}

function without({ participants, waiting }: Roster, id: string): Pick<Roster, "participants" | "waiting"> {
  const leaves = (known: ReadonlyMap<string, Participant>) => {
    if (!known.has(id)) return known;
    const rest = new Map(known);
    rest.delete(id);
    return rest;
  };
  return { participants: leaves(participants), waiting: leaves(waiting) };
}

function noticeOf(before: Roster, { event }: RosterEvent): SessionNotice | null {
  if (event.case === "joined" && !before.participants.has(event.value.participantId)) {
    return { kind: "joined", participantId: event.value.participantId, name: event.value.name };
  }
  if (event.case === "changed") {
    const { participantId, name, handRaisedAtMs, role, presence } = event.value;
    if (presence === Presence.WAITING) {
      return before.waiting.has(participantId) ? null : { kind: "waiting", participantId, name };
    }
    const was = before.participants.get(participantId);
    if (was && was.role !== role) return { kind: "role-changed", participantId, name, role: roleOf(role) };
    const raised = handRaisedAtMs !== 0n && was?.handRaisedAtMs !== handRaisedAtMs;
    return raised ? { kind: "hand-raised", participantId, name } : null;
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
const roleOf = (role: MeetingRole): Role => ROLES[role] ?? "participant";

const inOrderOfJoining = (a: Participant, b: Participant) =>
  Number(a.joinedAtMs) - Number(b.joinedAtMs) || (a.participantId < b.participantId ? -1 : 1);

/** In the order of joining. The own state is what is sent from here, not its echo. Whoever is as in `before` stays the same object. */
export function participantViews(
  roster: Roster,
  media: ReadonlyMap<string, MediaOf>,
  selfId: string,
  own: MediaOf,
  before: ReadonlyMap<string, ParticipantView> = new Map(),
): ReadonlyMap<string, ParticipantView> {
  const all = [...roster.participants.values()].sort(inOrderOfJoining);
  return new Map(
    all.map((participant) => {
      const id = participant.participantId;
      const self = id === selfId;
      const { publish, lost } = self ? own : (media.get(id) ?? NOTHING);
      const away = participant.presence === Presence.LOST && !self;
      const view: ParticipantView = {
        id,
        name: participant.name,
        role: roleOf(participant.role),
        self,
        presence: away ? "lost" : "present",
        handRaisedAt: Number(participant.handRaisedAtMs),
        joinedAt: Number(participant.joinedAtMs),
        microphone: publish.microphone,
        camera: publish.camera,
        screen: publish.screen,
        lost: lost || away,
      };
      const known = before.get(id);
      return [id, known && same(known, view) ? known : view];
    }),
  );
}

function same(a: ParticipantView, b: ParticipantView): boolean {
  return (Object.keys(a) as (keyof ParticipantView)[]).every((key) => a[key] === b[key]);
}

export function waitingOf({ waiting }: Roster): readonly WaitingView[] {
  return [...waiting.values()]
    .sort(inOrderOfJoining)
    .map(({ participantId, name, joinedAtMs }) => ({ id: participantId, name, since: Number(joinedAtMs) }));
}

export function handsOf(participants: ReadonlyMap<string, ParticipantView>): readonly ParticipantView[] {
  return [...participants.values()]
    .filter((one) => one.handRaisedAt > 0)
    .sort((a, b) => a.handRaisedAt - b.handRaisedAt);
}

export function meetingInfoOf(roster: Roster): MeetingInfo | null {
  const { meeting } = roster;
  if (!meeting) return null;
  return {
    id: meeting.meetingId,
    title: meeting.title,
    present: roster.participants.size,
    capacity: meeting.capacity,
    rules: rulesOf(meeting.settings),
    spotlight: meeting.spotlightParticipantId,
  };
}
