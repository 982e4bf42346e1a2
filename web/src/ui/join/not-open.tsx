// A meeting that opens later: when, in words. This page goes on by itself then, and looks meanwhile whether that has changed.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Failure } from "../../client/contract";
import { dateTimeOf } from "../i18n/format";
import { words } from "../i18n/language";
import { type MetFailure, sentenceOf } from "../parts/failure-notice";
import { Notice } from "../parts/notice";
import { lookAgain } from "./look-again";
import { ToCalendar } from "./to-calendar";

/** Whoever waits comes within so long after the opening, and not all in the same instant. */
const SPREAD_MS = 3_000;
/** The longest that a browser's timer can wait is 24.8 days; a phone may sleep, so the time left is looked at again. */
const CLOCK_MS = 30_000;

export interface NotOpenProps {
  /** The refusal that says when it opens. Another one that says another time: it was moved. */
  readonly of: MetFailure;
  /** Why entering it at that time did not work, for now. */
  readonly trouble: MetFailure | null;
  /** Null: it is open. Rejects with a FailureError when the server did not say. */
  readonly look: (signal: AbortSignal) => Promise<Failure | null>;
  readonly onOpen: () => void;
  /** A look was answered with that. */
  readonly onRefused: (failure: Failure) => void;
  readonly onStop: () => void;
  /** The meeting as a file for calendars, and its name. Rejects with a FailureError. */
  readonly calendar: () => Promise<{ file: Blob; name: string }>;
}

export function NotOpen(props: NotOpenProps) {
  const { of, trouble, onOpen, onStop, calendar } = props;
  const w = words.value.join;
  const now = useRef(props);
  now.current = props;
  const first = useRef(of.failure.opensAt);
  const [reached, setReached] = useState(true);
  useEffect(() => {
    if (trouble) return;
    // By the monotonic clock: whether the device's own is right makes no difference. Without a time (clocks of two servers that
    // differ by a little) the looks find out.
    if (of.retryAt === 0) return;
    const at = Math.max(of.retryAt, performance.now()) + 500 + Math.random() * SPREAD_MS;
    let timer: ReturnType<typeof setTimeout>;
    const wait = () => {
      const left = at - performance.now();
      if (left <= 0) onOpen();
      else timer = setTimeout(wait, Math.min(left, CLOCK_MS));
    };
    wait();
    return () => clearTimeout(timer);
  }, [of, trouble]);
  useEffect(
    () =>
      lookAgain({
        look: async (signal) => {
          const failure = await now.current.look(signal);
          if (signal.aborted) return false;
          if (failure) now.current.onRefused(failure);
          else now.current.onOpen();
          return failure?.code === "MEETING_NOT_OPEN";
        },
        onReached: setReached,
        notBefore: trouble?.retryAt ?? 0,
      }),
    [],
  );
  const moved = of.failure.opensAt !== first.current;
  const when = dateTimeOf(of.failure.opensAt ?? 0, of.failure.timeZone ?? "");
  return (
    <Notice kind={trouble ? "warning" : "info"}>
      <p>
        <strong>{trouble ? w.openedTitle : moved ? w.movedTitle : w.notOpenTitle}</strong>
      </p>
      {trouble ? <p>{sentenceOf(trouble.failure.code)}</p> : <p>{moved ? w.opensNow(when) : w.opens(when)}</p>}
      <p>{trouble ? w.triesItself : w.opensItself}</p>
      {!trouble && <p>{reached ? w.looksItself : w.notReached}</p>}
      <ToCalendar label={w.toCalendar} saved={w.calendarSaved} calendar={calendar} />
      <button type="button" class="button" onClick={onStop}>
        {w.stopWaiting}
      </button>
    </Notice>
  );
}
