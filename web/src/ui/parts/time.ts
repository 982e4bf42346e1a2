// Hooks of time: words that appear only when something takes long, and countdowns.
import { useEffect, useRef, useState } from "preact/hooks";

/** True once `active` has lasted `ms`. */
export function useLasting(active: boolean, ms: number): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    setLasting(false);
    if (!active) return;
    const timer = setTimeout(() => setLasting(true), ms);
    return () => clearTimeout(timer);
  }, [active, ms]);
  return active && lasting;
}

/** True for `ms` after `active` has ended. */
export function useJustOver(active: boolean, ms: number): boolean {
  const before = useRef(active);
  const [over, setOver] = useState(false);
  useEffect(() => {
    const ended = before.current && !active;
    before.current = active;
    setOver(ended);
    if (!ended) return;
    const timer = setTimeout(() => setOver(false), ms);
    return () => clearTimeout(timer);
  }, [active, ms]);
  return over;
}

/** True for `ms` when `active` begins, and then not again for `restMs`: a reminder, not a nuisance. */
export function useReminder(active: boolean, ms: number, restMs: number): boolean {
  const [shown, setShown] = useState(false);
  const notBefore = useRef(0);
  useEffect(() => {
    if (!active) return setShown(false);
    const now = performance.now();
    if (now < notBefore.current) return;
    notBefore.current = now + ms + restMs;
    setShown(true);
    const timer = setTimeout(() => setShown(false), ms);
    return () => clearTimeout(timer);
  }, [active, ms, restMs]);
  return active && shown;
}

/** True for the first `ms` of a value: what has been said long enough gets out of the way. */
export function useFresh(value: unknown, ms: number): boolean {
  const [old, setOld] = useState<unknown>(undefined);
  useEffect(() => {
    setOld(undefined);
    const timer = setTimeout(() => setOld(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return old !== value;
}

/** Whole seconds until `deadline` (performance.now() clock), counting down; 0 when it is over or there is none. */
export function useSecondsUntil(deadline: number): number {
  const left = () => Math.max(0, Math.ceil((deadline - performance.now()) / 1000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    setSeconds(left());
    if (deadline <= performance.now()) return;
    const timer = setInterval(() => {
      const now = left();
      setSeconds(now);
      if (now === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [deadline]);
  return seconds;
}
