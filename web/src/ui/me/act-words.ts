// What a record of the audit log says, in a sentence, and what belongs to it, in words.
import { formatMeetingId } from "../../client/links";
import type { OwnAct } from "../../client/own-data-api";
import { wholeDay } from "../i18n/format";
import { ownWords } from "./words";

/** "Anda dibisukan oleh Ibu Sari dalam rapat “Apel pagi”." */
export function sentence(act: OwnAct): string {
  const w = ownWords.value.acts;
  if (act.bySelf) return (w.mine[act.action] ?? ((about) => w.unknown.mine(act.action, about)))(about(act));
  return (w.onMe[act.action] ?? ((who, about) => w.unknown.onMe(act.action, who, about)))(author(act), about(act));
}

/** Lines below it; none where the sentence says all. */
export function details(act: OwnAct): readonly string[] {
  const d = ownWords.value.acts.details;
  if (!act.detail) return [];
  if (act.action.startsWith("session.")) return fromWhere(act.detail);
  if (act.action in READERS) return READERS[act.action]?.(act.detail) ?? [];
  const known = ownWords.value.acts;
  return act.action in known.mine || act.action in known.onMe ? [] : [d.other(act.detail)];
}

function about({ meetingId, title, objectName, onSelf }: OwnAct): string {
  const w = ownWords.value.acts;
  if (meetingId) return title ? w.meeting(title) : w.meetingGone(formatMeetingId(meetingId));
  return objectName || (onSelf ? w.yourself : "");
}

function author({ actor, actorName }: OwnAct): string {
  const w = ownWords.value.acts;
  if (actor === "service") return w.system;
  return actorName || (actor === "nobody" ? w.nobody : w.somebody);
}

/** "wrong password, from 10.0.0.1" */
function fromWhere(detail: string): readonly string[] {
  const d = ownWords.value.acts.details;
  const [, reason = "", address = ""] = /^(.*?)(?:(?:^|, )from (\S+))?$/.exec(detail) ?? [];
  return [...(d.reasons[reason] ? [d.reasons[reason]] : []), ...(address ? [d.address(address)] : [])];
}

const READERS: Readonly<Record<string, (detail: string) => readonly string[]>> = {
  "account.create": (detail) => changed(detail),
  "account.update": (detail) => changed(detail),
  "tenant.update": (detail) => changed(detail),
  "meeting.update": (detail) => meetingChanged(detail),
  "meeting.change_settings": (detail) => settings(detail),
  "meeting.set_role": (detail) => {
    const d = ownWords.value.acts.details;
    return [d.role(d.meetingRoles[detail] ?? detail)];
  },
  "poll.open": (detail) => [ownWords.value.acts.details.question(detail)],
  "poll.close": (detail) => [ownWords.value.acts.details.question(detail.replace(/ \([0-9]+ votes\)$/, ""))],
  "attendance.read": (detail) => looked(detail),
};

/** "name, nip, role head_of_unit" */
function changed(detail: string): readonly string[] {
  const d = ownWords.value.acts.details;
  const roles: Readonly<Record<string, string>> = ownWords.value.account.roles;
  const parts = detail.split(", ").filter(Boolean);
  const role = parts.find((part) => part.startsWith("role "))?.slice(5);
  const fields = parts.filter((part) => !part.startsWith("role ")).map((part) => d.fields[part] ?? part);
  return [
    ...(fields.length ? [d.changed(fields.join(", "))] : []),
    ...(role ? [d.role(roles[role.replaceAll("_", "-")] ?? role)] : []),
  ];
}

/** "revision 3: title, schedule; called off 2026-11-23, 2026-11-24; takes place again 2026-11-25" */
function meetingChanged(detail: string): readonly string[] {
  const d = ownWords.value.acts.details;
  const [fields = "", ...more] = detail.replace(/^revision [0-9]+: /, "").split("; ");
  const days = (said: string) => {
    const [, off, list = ""] = /^(called off|takes place again) (.*)$/.exec(said) ?? [];
    const named = list.split(", ").map((day) => wholeDay(day));
    return off === "called off" ? d.calledOff(named.join("; ")) : d.again(named.join("; "));
  };
  return [...changed(fields), ...more.filter((said) => /[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(said)).map(days)];
}

/** "lobby True, share_mode SHARE_MODE_HOSTS" */
function settings(detail: string): readonly string[] {
  const d = ownWords.value.acts.details;
  const named = detail.split(", ").map((part) => {
    const [name = "", value = ""] = part.split(" ");
    const now = d.values[value];
    return `${d.fields[name] ?? name}${now ? `: ${now}` : ""}`;
  });
  return [d.changed(named.join("; "))];
}

/** "office as a file, 30 people, 2026-11-01 to 2026-11-30" */
function looked(detail: string): readonly string[] {
  const a = ownWords.value.accesses;
  const kinds: Readonly<Record<string, string>> = a.kinds;
  const [, kind = "", file, from, to = ""] =
    /^(\w+)( as a file)?(?:, occurrence \d+)?, \d+ people(?:, (\S+) to (\S+))?$/.exec(detail) ?? [];
  const day = (text: string) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? wholeDay(text) : text);
  return [
    [(kind && kinds[kind]) || "", from ? a.days(day(from), day(to)) : "", file ? a.asFile : ""]
      .filter(Boolean)
      .join(" · "),
  ].filter(Boolean);
}
