// Something done again and again, while somebody looks.
import { useEffect, useRef } from "preact/hooks";

/** How long one has been present grows by itself, and a meeting may begin in another window. One's day and week are looked at
 * together, so that the sum says what the day says. */
export const OWN_AGAIN_MS = 60_000;

/** Every `ms` while the page is visible, and at once when it becomes visible again. `ms` 0: never. */
export function useEvery(ms: number, act: () => void): void {
  const newest = useRef(act);
  newest.current = act;
  useEffect(() => {
    if (ms <= 0) return;
    const look = () => {
      if (document.visibilityState === "visible") newest.current();
    };
    const timer = setInterval(look, ms);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [ms]);
}
