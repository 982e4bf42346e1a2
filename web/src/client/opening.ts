// Whether a meeting lets somebody in by now: what a page that waits for its opening asks from time to time.
import { failureOf, isPassing } from "../protocol/failure";
import type { Failure, JoinForm } from "./contract";
import { checkedForm } from "./join-form";
import { requestJoin } from "./join-request";

/** Null: it does; else why not. Opens no socket and no device. Rejects with SessionFailure when the server did not say. */
export async function whetherOpen(form: JoinForm, signal: AbortSignal): Promise<Failure | null> {
  try {
    await requestJoin(checkedForm(form), { signal });
    return null;
  } catch (thrown) {
    const failure = failureOf(thrown);
    if (isPassing(failure)) throw thrown;
    return failure;
  }
}
