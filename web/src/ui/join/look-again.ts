// Looks again and again whether something has changed on the server, gently: only while the page is seen, at once when it is seen
// again, soon when the network is back, and ever more rarely while the server cannot be reached.
import { listenToPage } from "../../client/page-events";
import { failureOf } from "../parts/failure-notice";

/** Mean of the time between two looks, each up to a fifth sooner or later: pages that were opened together drift apart.
    A hundred pages behind one address ask 3.3 times a second: a third of what signaling lets an address ask for lastingly, and
    their burst of a hundred when a network is back a third of what it lets it ask for at once (rate_limit.py, which tests it). */
const PERIOD_MS = 30_000;
const JITTER = 0.2;
const LONGEST_MS = 300_000;
/** Whoever goes to and fro between two pages does not make it look each time. */
const SOONEST_MS = 5_000;
/** The network of a whole office comes back at the same moment. */
const SPREAD_MS = 2_000;

export interface Looks {
  /** Whether to go on looking. Rejects with a FailureError when nothing was learnt. */
  readonly look: (signal: AbortSignal) => Promise<boolean>;
  /** Whether the last look reached the server. */
  readonly onReached: (reached: boolean) => void;
  /** Not before this moment (performance.now() clock): the server has asked for it. */
  readonly notBefore: number;
}

/** Begins with the first wait: whoever calls this has just asked. Returns what stops it. */
export function lookAgain({ look, onReached, notBefore }: Looks): () => void {
  const over = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looking = false;
  let failures = 0;
  let earliest = Math.max(notBefore, performance.now() + SOONEST_MS);

  const plan = (ms: number) => {
    clearTimeout(timer);
    const wait = Math.max(ms, earliest - performance.now());
    if (!over.signal.aborted) timer = setTimeout(run, wait);
  };
  const rest = () => {
    const mean = Math.min(PERIOD_MS * 2 ** failures, LONGEST_MS);
    plan(mean * (1 - JITTER + 2 * JITTER * Math.random()));
  };
  const run = async () => {
    // Seen again, it looks.
    if (looking || document.visibilityState !== "visible") return;
    looking = true;
    let goOn = true;
    let retryAfterMs = 0;
    try {
      goOn = await look(over.signal);
      failures = 0;
    } catch (thrown) {
      failures += 1;
      retryAfterMs = failureOf(thrown).retryAfterMs;
    }
    looking = false;
    if (over.signal.aborted) return;
    if (!goOn) return stop();
    onReached(failures === 0);
    earliest = performance.now() + Math.max(retryAfterMs, SOONEST_MS);
    rest();
  };
  const stopListening = listenToPage({
    onNetwork: () => looking || plan(Math.random() * SPREAD_MS),
    onVisible: () => looking || plan(0),
    onGone: () => stop(),
  });
  const stop = () => {
    over.abort();
    clearTimeout(timer);
    stopListening();
  };
  rest();
  return stop;
}
