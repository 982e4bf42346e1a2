// A host writes a question and two to eight options. Enter goes to the next field: only the button asks everybody.
import { useRef, useState } from "preact/hooks";
import type { MeetingSession } from "../../client/contract";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { Field, TextField } from "../parts/field";
import { CROSS, Icon } from "../parts/icon";
import { roomWords } from "../room/words";
import {
  draftOf,
  EMPTY_DRAFT,
  FEWEST_OPTIONS,
  LONGEST_OPTION,
  LONGEST_QUESTION,
  MOST_OPTIONS,
  type PollDraft,
  problemsOf,
  type Wrong,
} from "./poll-draft";

const FIELDS = "textarea, input";

export interface PollFormProps {
  readonly session: MeetingSession;
  readonly onDone: () => void;
}

export function PollForm({ session, onDone }: PollFormProps) {
  const w = roomWords.value.polls;
  const draft = draftOf(session);
  const { question, options } = draft.value;
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<MetFailure | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const problems = tried ? problemsOf(draft.value) : null;
  const change = (more: Partial<PollDraft>) => {
    draft.value = { ...draft.peek(), ...more };
  };
  const sentence = (wrong: Wrong | null | undefined, missing: string, longest: number) =>
    wrong === "missing" ? missing : wrong === "twice" ? w.twice : wrong ? w.tooLong(longest) : undefined;
  /** The field after the one with that number; 0 is the question. */
  const focusOn = (number: number) =>
    requestAnimationFrame(() => form.current?.querySelectorAll<HTMLElement>(FIELDS)[number]?.focus());

  const ask = async () => {
    setTried(true);
    if (busy) return;
    if (problemsOf(draft.value)) {
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      return;
    }
    setBusy(true);
    setFailure(null);
    try {
      await session.polls.open(question.trim(), options.map((text) => text.trim()).filter(Boolean));
      draft.value = EMPTY_DRAFT;
      onDone();
    } catch (error) {
      setFailure(met(error));
      setBusy(false);
    }
  };

  return (
    <form
      ref={form}
      class="stack poll"
      aria-label={w.create}
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || event.isComposing || !(event.target as Element).matches(FIELDS)) return;
        event.preventDefault();
        const fields: readonly EventTarget[] = [...(form.current?.querySelectorAll(FIELDS) ?? [])];
        const next = fields.indexOf(event.target as EventTarget) + 1;
        if (next === fields.length && options.length < MOST_OPTIONS) change({ options: [...options, ""] });
        focusOn(Math.min(next, MOST_OPTIONS));
      }}
    >
      <Field label={w.question} wrong={sentence(problems?.question, w.questionMissing, LONGEST_QUESTION)}>
        {(attributes) => (
          <textarea
            {...attributes}
            rows={2}
            value={question}
            enterkeyhint="next"
            // One paragraph, also when several lines are pasted.
            onInput={(event) => change({ question: event.currentTarget.value.replace(/\s*[\r\n]+\s*/g, " ") })}
          />
        )}
      </Field>
      {options.map((option, index) => (
        <div key={index} class="poll-option">
          <TextField
            label={w.option(index + 1)}
            value={option}
            enterkeyhint="next"
            wrong={sentence(problems?.options[index], w.optionMissing(FEWEST_OPTIONS), LONGEST_OPTION)}
            onText={(text) => change({ options: options.map((one, at) => (at === index ? text : one)) })}
          />
          {options.length > FEWEST_OPTIONS && (
            <button
              type="button"
              class="button plain"
              aria-label={w.removeOption(index + 1)}
              title={w.removeOption(index + 1)}
              onClick={() => {
                change({ options: options.filter((_, at) => at !== index) });
                focusOn(Math.min(index + 1, options.length - 1));
              }}
            >
              <Icon of={CROSS} />
            </button>
          )}
        </div>
      ))}
      {options.length < MOST_OPTIONS && (
        <button
          type="button"
          class="button"
          onClick={() => {
            change({ options: [...options, ""] });
            focusOn(options.length + 1);
          }}
        >
          {w.addOption}
        </button>
      )}
      <p class="quiet">{w.secret}</p>
      {failure && <FailureNotice of={failure} />}
      <button type="submit" class="button main wide" aria-disabled={busy ? "true" : undefined}>
        {busy ? w.opening : w.open}
      </button>
      <button type="button" class="button wide" onClick={onDone}>
        {roomWords.value.app.cancel}
      </button>
    </form>
  );
}
