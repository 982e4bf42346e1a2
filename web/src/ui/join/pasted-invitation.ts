// Pure: what somebody copies out of a messenger, from a bare link to the whole invitation.
import { meetingIdOf, parseLink } from "../../client/links";

export interface Pasted {
  readonly meetingId: string;
  /** "": the text has none. */
  readonly password: string;
}

const LINK = /https?:\/\/[^\s<>"]+/g;
const ID_IN_TEXT = /(?<![0-9])[1-9][0-9]{2}[ \-–.]?[0-9]{3}[ \-–.]?[0-9]{4}(?![0-9])/;

/** null: no invitation. The link counts most; without one, the first ID and what stands behind the colon of a later line. */
export function pastedInvitation(text: string): Pasted | null {
  for (const [link] of text.matchAll(LINK)) {
    try {
      const url = new URL(link);
      const parsed = parseLink(url);
      if (parsed.meetingId) return { meetingId: parsed.meetingId, password: parsed.password };
    } catch {
      // Not a URL after all: the next one may be.
    }
  }
  const found = ID_IN_TEXT.exec(text);
  const meetingId = found ? meetingIdOf(found[0]) : "";
  if (!found || !meetingId) return null;
  const after = text.slice(found.index + found[0].length).split("\n");
  for (const line of after) {
    const colon = line.indexOf(":");
    const value = colon >= 0 ? line.slice(colon + 1).trim() : "";
    if (value && !value.startsWith("//")) return { meetingId, password: value };
  }
  return { meetingId, password: "" };
}
