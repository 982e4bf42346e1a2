// The meeting ID grouped as it is typed (812 345 6789), with the caret kept at its digit.
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { words } from "../i18n/language";
import { TextField } from "../parts/field";
import { caretAfterDigits, digitsOf, groupDigits } from "./typed-meeting-id";

export interface MeetingIdFieldProps {
  readonly value: string;
  readonly wrong: string | undefined;
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly onText: (text: string) => void;
}

export function MeetingIdField({ value, wrong, inputRef, onText }: MeetingIdFieldProps) {
  const w = words.value;
  const caret = useRef<number | null>(null);
  useLayoutEffect(() => {
    const input = inputRef.current;
    if (input && caret.current !== null && document.activeElement === input) {
      input.setSelectionRange(caret.current, caret.current);
    }
    caret.current = null;
  });
  return (
    <TextField
      label={w.join.meetingId}
      fieldClass="meeting-id"
      inputmode="numeric"
      autocomplete="off"
      enterkeyhint="next"
      value={value}
      wrong={wrong}
      inputRef={inputRef}
      onText={(text, input) => {
        const grouped = groupDigits(text);
        caret.current = caretAfterDigits(grouped, digitsOf(text.slice(0, input.selectionStart ?? text.length)).length);
        input.value = grouped;
        onText(grouped);
      }}
    />
  );
}
