// Host acts, rules and reactions between the messages of the protocol and what the pages know.
import type { MessageInitShape } from "@bufbuild/protobuf";
import { MeetingRole } from "../gen/sipulung/common/v1/common_pb";
import {
  ChatMode,
  type HostActSchema,
  type MeetingSettings,
  type Moderated,
  Reaction,
  ShareMode,
} from "../gen/sipulung/roster/v1/moderation_pb";
import type { HostAct, MeetingRules, ModeratedNotice, ReactionName } from "./in-charge";

export const OPEN_RULES: MeetingRules = {
  locked: false,
  lobby: false,
  unmuteForbidden: false,
  shareMode: "everybody",
  chatMode: "everybody",
};

const ROLES = { participant: MeetingRole.PARTICIPANT, "co-host": MeetingRole.CO_HOST, host: MeetingRole.HOST } as const;
const shareModes = { everybody: ShareMode.EVERYBODY, hosts: ShareMode.HOSTS } as const;
const chatModes = { everybody: ChatMode.EVERYBODY, hosts: ChatMode.HOSTS } as const;
export const REACTIONS: Readonly<Record<ReactionName, Reaction>> = {
  agree: Reaction.AGREE,
  applause: Reaction.APPLAUSE,
  thanks: Reaction.THANKS,
  laugh: Reaction.LAUGH,
  surprised: Reaction.SURPRISED,
};
const REACTION_NAMES = new Map(Object.entries(REACTIONS).map(([name, number]) => [number, name as ReactionName]));

export function rulesOf(settings: MeetingSettings | undefined): MeetingRules {
  if (!settings) return OPEN_RULES;
  return {
    locked: settings.locked,
    lobby: settings.lobby,
    unmuteForbidden: settings.unmuteForbidden,
    shareMode: settings.shareMode === ShareMode.HOSTS ? "hosts" : "everybody",
    chatMode: settings.chatMode === ChatMode.HOSTS ? "hosts" : "everybody",
  };
}

/** A reaction that is newer than this client has no name. */
export function reactionOf(reaction: Reaction): ReactionName | undefined {
  return REACTION_NAMES.get(reaction);
}

export function actMessage(act: HostAct): MessageInitShape<typeof HostActSchema> {
  switch (act.kind) {
    case "mute":
      return { act: { case: "mute", value: { participantIds: [...act.ids] } } };
    case "admit":
      return { act: { case: "admit", value: { participantIds: [...act.ids] } } };
    case "deny":
      return { act: { case: "deny", value: { participantIds: [...act.ids] } } };
    case "stop-camera":
      return { act: { case: "stopCamera", value: { participantId: act.id } } };
    case "stop-share":
      return { act: { case: "stopShare", value: { participantId: act.id } } };
    case "remove":
      return { act: { case: "remove", value: { participantId: act.id } } };
    case "lower-hand":
      return { act: { case: "lowerHand", value: { participantId: act.id } } };
    case "spotlight":
      return { act: { case: "spotlight", value: { participantId: act.id } } };
    case "set-role":
      return { act: { case: "setRole", value: { participantId: act.id, role: ROLES[act.role] } } };
    case "settings": {
      const { shareMode, chatMode, ...flags } = act.change;
      const value = {
        ...flags,
        ...(shareMode && { shareMode: shareModes[shareMode] }),
        ...(chatMode && { chatMode: chatModes[chatMode] }),
      };
      return { act: { case: "changeSettings", value } };
    }
    case "end":
      return { act: { case: "endForAll", value: {} } };
  }
}

/** null: an act that is newer than this client. */
export function actOf({ act: message }: Moderated): HostAct | null {
  const act = message?.act;
  switch (act?.case) {
    case "mute":
      return { kind: "mute", ids: act.value.participantIds };
    case "admit":
      return { kind: "admit", ids: act.value.participantIds };
    case "deny":
      return { kind: "deny", ids: act.value.participantIds };
    case "stopCamera":
      return { kind: "stop-camera", id: act.value.participantId };
    case "stopShare":
      return { kind: "stop-share", id: act.value.participantId };
    case "remove":
      return { kind: "remove", id: act.value.participantId };
    case "lowerHand":
      return { kind: "lower-hand", id: act.value.participantId };
    case "spotlight":
      return { kind: "spotlight", id: act.value.participantId };
    case "setRole": {
      const { participantId, role } = act.value;
      const name = role === MeetingRole.HOST ? "host" : role === MeetingRole.CO_HOST ? "co-host" : "participant";
      return { kind: "set-role", id: participantId, role: name };
    }
    case "changeSettings": {
      const { locked, lobby, unmuteForbidden, shareMode, chatMode } = act.value;
      const change: Partial<MeetingRules> = {
        ...(locked !== undefined && { locked }),
        ...(lobby !== undefined && { lobby }),
        ...(unmuteForbidden !== undefined && { unmuteForbidden }),
        ...(shareMode !== undefined && { shareMode: shareMode === ShareMode.HOSTS ? "hosts" : "everybody" }),
        ...(chatMode !== undefined && { chatMode: chatMode === ChatMode.HOSTS ? "hosts" : "everybody" }),
      };
      return { kind: "settings", change };
    }
    case "endForAll":
      return { kind: "end" };
    default:
      return null;
  }
}

export function moderatedNotice(
  moderated: Moderated,
  selfId: string,
  nameOf: (id: string) => string | undefined,
): ModeratedNotice | null {
  const act = actOf(moderated);
  if (!act) return null;
  return {
    kind: "moderated",
    act,
    by: moderated.byName,
    own: moderated.byParticipantId !== "" && moderated.byParticipantId === selfId,
    self: moderated.affected.includes(selfId),
    names: moderated.affected.filter((id) => id !== selfId).flatMap((id) => nameOf(id) ?? []),
  };
}
