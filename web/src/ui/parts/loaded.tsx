// What comes from the server: words while it comes, a way on when it does not, then whatever is made of it.
import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { words } from "../i18n/language";
import { FailureNotice, type MetFailure, met } from "./failure-notice";
import { useLasting } from "./time";

export interface Loading<T> {
  /** What came last; it stays while something newer is on its way. */
  readonly value: T | undefined;
  readonly failed: MetFailure | null;
  readonly working: boolean;
  readonly again: () => void;
  /** For looking again and again: waits for the try under way rather than beginning anew, as on a slow network none would ever come
   * to an end. What failed before stays said until an answer comes. */
  readonly look: () => void;
  /** For what the page knows without asking, after a change of its own. */
  readonly replace: (value: T) => void;
}

/** Loads at once, again when one of `inputs` changes, and when `again` or `look` is called. An answer that comes too late is not taken;
 * `load` is told by its signal that nobody waits for it any more. When `inputs` change, what came for the old ones stays until the new
 * ones are answered: a component that would show it under another name is given a `key` of them. */
export function useLoading<T>(load: (signal: AbortSignal) => Promise<T>, inputs: readonly unknown[]): Loading<T> {
  const [value, setValue] = useState<T | undefined>(undefined);
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const [working, setWorking] = useState(true);
  const running = useRef(new AbortController());
  const underWay = useRef(false);
  const stop = useCallback(() => {
    running.current.abort();
    underWay.current = false;
  }, []);
  const start = useCallback(() => {
    stop();
    const mine = new AbortController();
    running.current = mine;
    underWay.current = true;
    setWorking(true);
    const end = (how: () => void) => {
      if (mine.signal.aborted) return;
      underWay.current = false;
      how();
      setWorking(false);
    };
    load(mine.signal).then(
      (loaded) =>
        end(() => {
          setValue(() => loaded);
          setFailed(null);
        }),
      (thrown: unknown) => end(() => setFailed(met(thrown))),
    );
  }, inputs);
  const again = useCallback(() => {
    setFailed(null);
    start();
  }, [start]);
  const look = useCallback(() => {
    if (!underWay.current) start();
  }, [start]);
  useEffect(() => {
    again();
    return stop;
  }, [again]);
  const replace = useCallback((next: T) => {
    stop();
    setValue(() => next);
    setFailed(null);
    setWorking(false);
  }, []);
  return { value, failed, working, again, look, replace };
}

export interface LoadedProps<T> {
  readonly of: Loading<T>;
  /** What is awaited, in words; else only that something is. */
  readonly waiting?: string;
  readonly children: (value: T) => ComponentChildren;
}

export function Loaded<T>({ of, waiting, children }: LoadedProps<T>) {
  const w = words.value;
  const slow = useLasting(of.value === undefined && !of.failed, 300);
  return (
    <>
      {of.failed && (
        <div class="stack">
          <FailureNotice of={of.failed} />
          <button type="button" class="button" onClick={of.again}>
            {w.app.tryAgain}
          </button>
        </div>
      )}
      {of.value !== undefined
        ? children(of.value)
        : !of.failed && (
            <p role="status" class={slow ? "waiting" : "unseen"}>
              {waiting ?? w.app.loading}
            </p>
          )}
    </>
  );
}
