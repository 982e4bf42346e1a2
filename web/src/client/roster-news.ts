// What the roster says: people, chat and reactions follow it, and whatever deserves a word is told.
import { batch } from "@preact/signals-core";
import { MeetingRole } from "../gen/sipulung/common/v1/common_pb";
import { MeetingState } from "../gen/sipulung/roster/v1/meeting_pb";
import type { LeaveReason, RosterEvent, Snapshot } from "../gen/sipulung/roster/v1/participant_pb";
import type { ChatLines } from "./chat-lines";
import type { SessionNotice } from "./contract";
import type { ModeratedNotice } from "./in-charge";
import { moderatedNotice, reactionOf } from "./moderation";
import type { People } from "./people";
import type { Polls } from "./polls";
import type { Reactions } from "./reactions";

export interface RosterNewsPort {
  readonly people: People;
  readonly chat: Pick<ChatLines, "add" | "leaveToHosts">;
  readonly polls: Pick<Polls, "replace" | "hear">;
  readonly reactions: Pick<Reactions, "add">;
  selfId(): string;
  onNotice(notice: SessionNotice): void;
  /** A host did something to the person here. */
  onActedUpon(notice: ModeratedNotice): void;
  onOwnLeave(reason: LeaveReason): void;
  /** For all; `calledOff`: before it took place. */
  onEnded(calledOff: boolean): void;
  /** Events were missed. */
  onGap(): void;
}

/** What a person does oneself is no news to them. */
const OF_OTHERS: ReadonlySet<SessionNotice["kind"]> = new Set(["joined", "left", "hand-raised", "waiting"]);

export class RosterNews {
  constructor(private readonly port: RosterNewsPort) {}

  replace(snapshot: Snapshot): void {
    batch(() => {
      this.port.people.replace(snapshot);
      this.port.chat.add(snapshot.chat);
      const self = snapshot.participants.find(({ participantId }) => participantId === this.port.selfId());
      if (self && self.role < MeetingRole.CO_HOST) this.port.chat.leaveToHosts();
      this.port.polls.replace(snapshot.polls);
    });
  }

  heard(event: RosterEvent): void {
    const { people, chat, polls } = this.port;
    const selfId = this.port.selfId();
    const body = event.event;
    // Before the event takes somebody away, whose name is still to be said.
    const known = (id: string) => people.nameOf(id);
    const moderated = body.case === "moderated" ? moderatedNotice(body.value, selfId, known) : null;
    const step = batch(() => {
      const taken = people.hear(event);
      if (!taken.stale && body.case === "said") chat.add([body.value]);
      if (!taken.stale && body.case === "polled") polls.hear(body.value);
      return taken;
    });
    if (step.stale) return;
    this.#tell(step.notice, selfId);
    if (moderated) {
      if (moderated.self) this.port.onActedUpon(moderated);
      this.port.onNotice(moderated);
    }
    if (body.case === "reacted") {
      const reaction = reactionOf(body.value.reaction);
      const name = known(body.value.participantId);
      if (reaction && name !== undefined) this.port.reactions.add(body.value.participantId, name, reaction);
    }
    if (step.roster.ended) return this.port.onEnded(step.roster.meeting?.state === MeetingState.CANCELLED);
    if (body.case === "left" && body.value.participantId === selfId) this.port.onOwnLeave(body.value.reason);
    if (step.gap) this.port.onGap();
  }

  #tell(notice: SessionNotice | null, selfId: string): void {
    if (!notice) return;
    if ("participantId" in notice && notice.participantId === selfId && OF_OTHERS.has(notice.kind)) return;
    this.port.onNotice(notice);
  }
}
