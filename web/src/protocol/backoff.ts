// When to try again. A node that restarts must not be met by all its clients in the same instant, so the wait is random.

const FIRST_MS = 300;
const LONGEST_MS = 10_000;

/**
 * Milliseconds until try number `attempt` (from 1), with `random` in [0, 1): half of an exponential step fixed, half random.
 * `retryAfterMs` of the server is kept, with up to a quarter more.
 */
export function retryDelayMs(attempt: number, random: number, retryAfterMs = 0): number {
  const step = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 10));
  const drawn = step / 2 + (step / 2) * random;
  return Math.round(Math.max(drawn, retryAfterMs * (1 + random / 4)));
}
