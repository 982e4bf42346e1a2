// A meeting that opens later: when, in words, and this page goes on by itself then.
import { useEffect, useState } from "preact/hooks";
import { dateTimeOf } from "../i18n/format";
import { words } from "../i18n/language";
import { failureOf, type MetFailure, sentenceOf } from "../parts/failure-notice";
import { Notice } from "../parts/notice";
import { saveFile } from "../parts/save-file";

/** Whoever waits comes within so long after the opening, and not all in the same instant. */
const SPREAD_MS = 3_000;
/** The longest that a browser's timer can wait is 24.8 days; a phone may sleep, so the time left is looked at again. */
const LOOK_AGAIN_MS = 30_000;

export interface NotOpenProps {
  readonly of: MetFailure;
  readonly onOpen: () => void;
  readonly onStop: () => void;
  /** The meeting as a file for calendars, and its name. Rejects with a FailureError. */
  readonly calendar: () => Promise<{ file: Blob; name: string }>;
}

export function NotOpen({ of, onOpen, onStop, calendar }: NotOpenProps) {
  const w = words.value.join;
  useEffect(() => {
    // By the monotonic clock: whether the device's own is right makes no difference.
    const at = Math.max(of.retryAt, performance.now()) + 500 + Math.random() * SPREAD_MS;
    let timer: ReturnType<typeof setTimeout>;
    const look = () => {
      const left = at - performance.now();
      if (left <= 0) onOpen();
      else timer = setTimeout(look, Math.min(left, LOOK_AGAIN_MS));
    };
    look();
    return () => clearTimeout(timer);
  }, [of]);
  return (
    <Notice kind="info">
      <p>
        <strong>{w.notOpenTitle}</strong>
      </p>
      <p>{w.opens(dateTimeOf(of.failure.opensAt ?? 0, of.failure.timeZone ?? ""))}</p>
      <p>{w.opensItself}</p>
      <ToCalendar calendar={calendar} />
      <button type="button" class="button" onClick={onStop}>
        {w.stopWaiting}
      </button>
    </Notice>
  );
}

function ToCalendar({ calendar }: Pick<NotOpenProps, "calendar">) {
  const w = words.value.join;
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
          setTold(w.calendarSaved);
        },
        // Within a notice another one would be too much: a sentence says it.
        (thrown: unknown) => setTold(sentenceOf(failureOf(thrown).code)),
      )
      .finally(() => setWorking(false));
  };
  return (
    <>
      <button type="button" class="button" aria-disabled={working ? "true" : undefined} onClick={save}>
        {w.toCalendar}
      </button>
      <p role="status">{told}</p>
    </>
  );
}
