// What a host did, in a sentence for the person here; "" where it is none of their business or something else says it.
import type { Role } from "../../client/contract";
import type { MeetingRules, ModeratedNotice } from "../../client/in-charge";
import { roomWords } from "../room/words";

export interface ActedUpon {
  readonly what: "microphone" | "camera" | "share";
  readonly sentence: string;
}

/** For whom something was turned off; null for everybody else. It stays longer than news, with a way on. */
export function actedUpon(notice: ModeratedNotice): ActedUpon | null {
  const w = roomWords.value.moderation;
  if (!notice.self || notice.own) return null;
  switch (notice.act.kind) {
    case "mute":
      return { what: "microphone", sentence: w.muted(notice.by) };
    case "stop-camera":
      return { what: "camera", sentence: w.cameraStopped(notice.by) };
    case "stop-share":
      return { what: "share", sentence: w.shareStopped(notice.by) };
    default:
      return null;
  }
}

export function moderatedNews(notice: ModeratedNotice, role: Role): string {
  const w = roomWords.value.moderation;
  const { act, own, self, names } = notice;
  switch (act.kind) {
    case "mute":
      // Whose were on nobody knows but they themselves: no number is true.
      if (!own) return "";
      return act.ids.length === 0 ? w.microphonesOff : names.map((name) => w.microphoneOff(name)).join(" ");
    case "lower-hand":
      return self && !own ? w.handLowered(notice.by) : "";
    case "spotlight":
      if (!act.id) return w.spotlightOver;
      return self ? w.spotlightYou : names[0] ? w.spotlight(names[0]) : "";
    case "deny":
      return names.length > 0 ? w.denied(names.join(", ")) : "";
    case "settings":
      return own ? "" : rulesNews(act.change, role).join(" ");
    default:
      return "";
  }
}

/** Hosts and co-hosts may turn theirs on as before, and are not told to ask. */
function unmuteNews(forbidden: boolean, hosts: boolean): string {
  const w = roomWords.value.moderation.rules;
  if (!forbidden) return w.unmuteAllowed;
  return hosts ? w.unmuteForbiddenByHosts : w.unmuteForbidden;
}

function rulesNews(change: Partial<MeetingRules>, role: Role): string[] {
  const w = roomWords.value.moderation.rules;
  const hosts = role !== "participant";
  return [
    change.locked === undefined || !hosts ? "" : change.locked ? w.locked : w.unlocked,
    change.lobby === undefined || !hosts ? "" : change.lobby ? w.lobby : w.noLobby,
    change.unmuteForbidden === undefined ? "" : unmuteNews(change.unmuteForbidden, hosts),
    change.shareMode === undefined ? "" : change.shareMode === "hosts" ? w.shareHosts : w.shareEverybody,
    change.chatMode === undefined ? "" : change.chatMode === "hosts" ? w.chatHosts : w.chatEverybody,
  ].filter(Boolean);
}
