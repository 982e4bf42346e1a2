// A button that gives the meeting as a file for calendars, and says what came of it.
import { useState } from "preact/hooks";
import type { FailureCode } from "../../client/contract";
import { failureOf, sentenceOf } from "../parts/failure-notice";
import { saveFile } from "../parts/save-file";

export interface ToCalendarProps {
  readonly label: string;
  /** What is said when it was saved. */
  readonly saved: string;
  /** Where a code says more here than elsewhere. */
  readonly refusals?: Partial<Record<FailureCode, string>>;
  /** The file, and its name. Rejects with a FailureError. */
  readonly calendar: () => Promise<{ file: Blob; name: string }>;
}

export function ToCalendar({ label, saved, refusals = {}, calendar }: ToCalendarProps) {
  const [working, setWorking] = useState(false);
  const [told, setTold] = useState("");
  const save = () => {
    if (working) return;
    setWorking(true);
    setTold("");
    calendar()
      .then(
        ({ file, name }) => {
          saveFile(file, name);
          setTold(saved);
        },
        // Within a notice another one would be too much: a sentence says it.
        (thrown: unknown) => {
          const { code } = failureOf(thrown);
          setTold(refusals[code] ?? sentenceOf(code));
        },
      )
      .finally(() => setWorking(false));
  };
  return (
    <>
      <button type="button" class="button" aria-disabled={working ? "true" : undefined} onClick={save}>
        {label}
      </button>
      <p role="status">{told}</p>
    </>
  );
}
