// After a row went, what lies under the pointer is another person's button: the second press of a double click must hit nothing.
import { useEffect, useRef, useState } from "preact/hooks";

const REST_MS = 600;

/** True for a moment after those who stood in this order moved up. Whoever comes at the end moves nobody. */
export function useJustMoved(ids: readonly string[]): boolean {
  const before = useRef(ids);
  const moves = useRef(0);
  const [rested, setRested] = useState(0);
  // While it is drawn, not after: there is no moment in which the moved rows can be pressed.
  if (before.current.some((id, place) => id !== ids[place])) moves.current += 1;
  before.current = ids;
  const now = moves.current;
  useEffect(() => {
    const timer = setTimeout(() => setRested(now), REST_MS);
    return () => clearTimeout(timer);
  }, [now]);
  return now !== rested;
}
