// A question that a host is writing. It stays when the panel is closed, and is checked before it is asked.
import { type Signal, signal } from "@preact/signals";
import type { MeetingSession } from "../../client/contract";

/** services: roster.v1.OpenPollRequest */
export const LONGEST_QUESTION = 200;
export const LONGEST_OPTION = 100;
export const FEWEST_OPTIONS = 2;
export const MOST_OPTIONS = 8;

export interface PollDraft {
  readonly question: string;
  /** As they stand in the form: empty ones do not count. */
  readonly options: readonly string[];
}

export const EMPTY_DRAFT: PollDraft = { question: "", options: ["", ""] };
const drafts = new WeakMap<MeetingSession, Signal<PollDraft>>();

export function draftOf(session: MeetingSession): Signal<PollDraft> {
  let draft = drafts.get(session);
  if (!draft) {
    draft = signal(EMPTY_DRAFT);
    drafts.set(session, draft);
  }
  return draft;
}

export type Wrong = "missing" | "too-long" | "twice";

export interface PollProblems {
  readonly question: Wrong | null;
  /** One for each field. */
  readonly options: readonly (Wrong | null)[];
}

/** What is wrong with it, at its field; null: nothing. */
export function problemsOf({ question, options }: PollDraft): PollProblems | null {
  const tidy = options.map((text) => text.trim().replace(/\s+/g, " ").toLocaleLowerCase());
  const given = tidy.filter((text) => text !== "").length;
  let missing = FEWEST_OPTIONS - given;
  const found: PollProblems = {
    question: question.trim() === "" ? "missing" : tooLong(question, LONGEST_QUESTION),
    options: tidy.map((text, index) => {
      if (text === "") return missing-- > 0 ? "missing" : null;
      return tidy.indexOf(text) < index ? "twice" : tooLong(text, LONGEST_OPTION);
    }),
  };
  return found.question || found.options.some((one) => one) ? found : null;
}

function tooLong(text: string, longest: number): Wrong | null {
  return [...text.trim()].length > longest ? "too-long" : null;
}
