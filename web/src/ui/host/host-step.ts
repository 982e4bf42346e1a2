// What is shown of one meeting is a step of the history: the browser's back button leads to the lists, which are as they were left.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { leaveGuarded } from "../route";

const atStep = () => (history.state as { hostStep?: boolean } | null)?.hostStep === true;
const pushStep = () => history.pushState({ hostStep: true }, "", location.pathname + location.search);

/** What is shown instead of the lists (null: the lists), what shows it, and what goes back. */
export function useHostStep<T>(): readonly [T | null, (next: T) => void, () => void] {
  const [shown, setShown] = useState<T | null>(null);
  const now = useRef(shown);
  now.current = shown;
  // At once, not after the next frame: a step that is shown meanwhile would be taken for one that is not known any more.
  useLayoutEffect(() => {
    const follow = () => {
      if (atStep()) {
        // A step whose meeting is not known any more: after reloading, out of a meeting, or forward again.
        if (!now.current) history.back();
      } else if (now.current && !leaveGuarded(back)) {
        // The browser has gone already: back to what would be lost, and on only after the question.
        pushStep();
      }
    };
    follow();
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, []);
  const show = (next: T) => {
    if (!atStep()) pushStep();
    // At once: `follow` may run before the next drawing.
    now.current = next;
    setShown(next);
  };
  const back = () => {
    setShown(null);
    if (atStep()) history.back();
  };
  return [shown, show, back];
}
