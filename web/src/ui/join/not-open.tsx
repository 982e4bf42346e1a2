// A meeting that opens later: when, in words, and this page goes on by itself then.
import { useEffect } from "preact/hooks";
import { dateTimeOf } from "../i18n/format";
import { words } from "../i18n/language";
import type { MetFailure } from "../parts/failure-notice";
import { Notice } from "../parts/notice";

/** Whoever waits comes within so long after the opening, and not all in the same instant. */
const SPREAD_MS = 3_000;
/** The longest that a browser's timer can wait is 24.8 days; a phone may sleep, so the time left is looked at again. */
const LOOK_AGAIN_MS = 30_000;

export interface NotOpenProps {
  readonly of: MetFailure;
  readonly onOpen: () => void;
  readonly onStop: () => void;
}

export function NotOpen({ of, onOpen, onStop }: NotOpenProps) {
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
    <Notice kind="good">
      <p>
        <strong>{w.notOpenTitle}</strong>
      </p>
      <p>{w.opens(dateTimeOf(of.failure.opensAt ?? 0, of.failure.timeZone ?? ""))}</p>
      <p>{w.opensItself}</p>
      <button type="button" class="button" onClick={onStop}>
        {w.stopWaiting}
      </button>
    </Notice>
  );
}
