// Invitation links and meeting ids as people type them. The password stands in the fragment, which no server ever sees.
import type { ParsedLink } from "./contract";

/** The ten digits of what was typed ("812 345-6789"), or "" when it is no meeting id. Arabic-Indic and full-width digits count. */
export function meetingIdOf(typed: string): string {
  const digits = typed.normalize("NFKC").replace(/[\s\-–.·]/g, "");
  return /^[1-9][0-9]{9}$/.test(digits) ? digits : "";
}

/** As it is shown and read aloud: 812 345 6789. What is not ten digits comes back as it is. */
export function formatMeetingId(id: string): string {
  return /^[0-9]{10}$/.test(id) ? `${id.slice(0, 3)} ${id.slice(3, 6)} ${id.slice(6)}` : id;
}

export function joinLink(id: string, password: string, origin: string = location.origin): string {
  return `${origin}/r/${id}${password ? `#${inLink(password)}` : ""}`;
}

/** Messengers leave out what a sentence could end with when they find the link in a text: that is encoded too. */
function inLink(password: string): string {
  return encodeURIComponent(password).replace(/[!'()*]|[._~-]$/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
}

/** Of the pages that need no account. Never throws: a fragment that is no proper encoding (a messenger cut it) is taken as it stands. */
export function parseLink(where: { readonly pathname: string; readonly hash: string }): ParsedLink {
  const path = where.pathname.replace(/\/+$/, "");
  if (path === "") return { page: "join", meetingId: "", password: "" };
  const room = /^\/r\/([^/]+)$/.exec(path);
  const meetingId = room?.[1] ? meetingIdOf(decoded(room[1])) : "";
  if (!meetingId) return { page: "unknown", meetingId: "", password: "" };
  return { page: "join", meetingId, password: decoded(where.hash.replace(/^#/, "")) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The words come from the catalogue; their order and the line breaks that WhatsApp keeps are fixed here. */
export interface InvitationWords {
  /** "Undangan rapat" */
  readonly heading: string;
  readonly meetingId: string;
  readonly password: string;
  readonly link: string;
  /** "Kamis, 19 Maret 2020 pukul 09.00 WITA", or "" for a meeting that is open now. */
  readonly when: string;
}

/** Plain text for a messenger: title in bold as WhatsApp writes it, link alone on its line so that it stays clickable. */
export function invitationText(
  /** A password that is not known any more ("") is left out: who was invited before has it. */
  meeting: { readonly id: string; readonly title: string; readonly password: string },
  words: InvitationWords,
  origin: string = location.origin,
): string {
  const title = meeting.title.replace(/\*/g, "");
  return [
    words.heading,
    `*${title}*`,
    ...(words.when ? [words.when] : []),
    "",
    `${words.link}:`,
    joinLink(meeting.id, meeting.password, origin),
    "",
    `${words.meetingId}: ${formatMeetingId(meeting.id)}`,
    ...(meeting.password ? [`${words.password}: ${meeting.password}`] : []),
  ].join("\n");
}
