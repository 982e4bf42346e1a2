// Text that people see whole: the rule of services/common/validation.py (`visible_problem`), and what is made of a text that was pasted.

// Zero-width joiner and non-joiner hold emoji and Arabic letters together; they pass between two visible characters only.
const JOINER = /[\u200c\u200d]/u;
// Drawn as nothing though Unicode counts them as letters or symbols.
const BLANK: ReadonlySet<string> = new Set(
  "\u115f\u1160\u17b4\u17b5\u3164\uffa0\u034f\u2800\u180b\u180c\u180d\u180e\u180f",
);
// Control, format, surrogate and private use; line and paragraph separators. Unassigned ones are left to the server, whose
// Unicode may be newer than this browser's.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;
const MARK = /[\p{Mn}\p{Me}]/u;
const NOTHING_SEEN = /^[\p{M}\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{Co}\s]*$/u;
const MOST_MARKS = 4;

/** What is wrong with it, in English; "": nothing. */
export function visibleProblem(text: string, multiline = false): string {
  let marks = 0;
  let previous = "";
  const characters = [...text];
  for (const [index, character] of characters.entries()) {
    if (JOINER.test(character)) {
      if (!joins(previous, characters[index + 1])) return "joiners stand between visible characters";
    } else if ((HIDDEN.test(character) || BLANK.has(character)) && !(multiline && character === "\n")) {
      return "must be visible text";
    }
    marks = MARK.test(character) && character !== "\ufe0f" ? marks + 1 : 0;
    if (marks > MOST_MARKS) return `must have at most ${MOST_MARKS} marks on one letter`;
    previous = character;
  }
  return text !== "" && NOTHING_SEEN.test(text) ? "must have visible characters" : "";
}

function joins(previous: string, following = ""): boolean {
  return previous !== "" && following !== "" && !/\s/u.test(previous + following) && !JOINER.test(following);
}

/**
 * A text as it is sent. What comes along unseen when somebody pastes (cells of a table, the direction marks of WhatsApp,
 * soft hyphens of a PDF) is no fault of theirs, and nobody could find it to delete it.
 */
export function cleanedText(text: string): string {
  const plain = text
    .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/gu, "\n")
    .replaceAll("\t", " ")
    .replace(/[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu, "");
  // Where a joiner has nothing to join it is left over from what was deleted beside it.
  const characters = [...plain].filter((one, index, all) => !(JOINER.test(one) && JOINER.test(all[index + 1] ?? "")));
  return characters
    .filter((one, at) => !JOINER.test(one) || joins(characters[at - 1] ?? "", characters[at + 1]))
    .join("");
}
