// A failure as a sentence, with a countdown where the server said when to try again.
import type { Failure, FailureCode, FailureError } from "../../client/contract";
import { words } from "../i18n/language";
import { FormNotice } from "./form-notice";
import { useSecondsUntil } from "./time";

/** What was thrown, as a failure: anything that is none is a fault of this page. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof Error && "failure" in thrown) return (thrown as FailureError).failure;
  return { code: "UNKNOWN", field: "", message: String(thrown), retryAfterMs: 0 };
}

export function sentenceOf(code: FailureCode): string {
  const errors = words.value.errors;
  return errors[code] ?? errors.UNKNOWN;
}

/** A failure that somebody has just met, with the moment (performance.now() clock) from which trying again makes sense. */
export interface MetFailure {
  readonly failure: Failure;
  readonly retryAt: number;
}

export function metNow(failure: Failure): MetFailure {
  return { failure, retryAt: failure.retryAfterMs > 0 ? performance.now() + failure.retryAfterMs : 0 };
}

export function met(thrown: unknown): MetFailure {
  return metNow(failureOf(thrown));
}

export function FailureNotice({ of }: { readonly of: MetFailure }) {
  const w = words.value;
  const seconds = useSecondsUntil(of.retryAt);
  return (
    <FormNotice kind="error" of={of}>
      <p>{sentenceOf(of.failure.code)}</p>
      {of.retryAt > 0 && (
        <p class="meter-text" aria-live="off">
          {seconds > 0 ? w.join.waitSeconds(seconds) : w.join.mayTryAgain}
        </p>
      )}
    </FormNotice>
  );
}
