// The one error of the client, and every way by which it comes to be. No protobuf here: the first page loads it.
import type { Failure, FailureCode, FailureError } from "../client/contract";

/** The numbers of sipulung.common.v1.ErrorCode; a test compares them with the generated enum. */
const CODES: Readonly<Record<number, FailureCode>> = {
  1: "INTERNAL",
  2: "UNAVAILABLE",
  3: "INVALID_FIELD",
  4: "MALFORMED",
  5: "WRONG_STATE",
  6: "THROTTLED",
  7: "NOT_FOUND",
  8: "PERMISSION_DENIED",
  9: "UNAUTHENTICATED",
  10: "TOKEN_EXPIRED",
  11: "CONFLICT",
  12: "TOO_LARGE",
  13: "DEADLINE_EXCEEDED",
  20: "WRONG_ID_OR_PASSWORD",
  21: "WRONG_USER_OR_PASSWORD",
  22: "MEETING_FULL",
  23: "MEETING_ENDED",
  24: "MEETING_NOT_OPEN",
  25: "REMOVED",
  26: "ACCOUNT_DISABLED",
  27: "MEETING_LOCKED",
  28: "LOBBY_DENIED",
  30: "OFFER_REFUSED",
  31: "NO_MEDIA_NODE",
  32: "SESSION_GONE",
  33: "PREVIEW_EXPIRED",
  34: "REPLACED",
  35: "SHUTTING_DOWN",
  36: "MEETING_CANCELLED",
};
const NAMES: ReadonlySet<string> = new Set(Object.values(CODES));

export class SessionFailure extends Error implements FailureError {
  override readonly name = "SessionFailure";

  constructor(readonly failure: Failure) {
    super(`${failure.code}${failure.field ? ` (${failure.field})` : ""}: ${failure.message}`);
  }
}

export function failed(code: FailureCode, message: string, field = "", retryAfterMs = 0): SessionFailure {
  return new SessionFailure({ code, message, field, retryAfterMs });
}

/** A code that this client does not know yet is UNKNOWN: neighbouring versions work together. */
export function codeOfNumber(number: number): FailureCode {
  return CODES[number] ?? "UNKNOWN";
}

export function failureFromProto(error: {
  readonly code: number;
  readonly message: string;
  readonly field: string;
  readonly retryAfterMs: number;
}): SessionFailure {
  return failed(codeOfNumber(error.code), error.message, error.field, error.retryAfterMs);
}

/** The body of an error answer of the HTTP API; what is no such body (a proxy's page) goes by the status. */
export function failureFromHttp(status: number, body: unknown): SessionFailure {
  const error = record(record(body)?.error);
  if (error) {
    const code = text(error.code);
    const found = failed(
      NAMES.has(code) ? (code as FailureCode) : "UNKNOWN",
      text(error.message),
      text(error.field),
      typeof error.retry_after_ms === "number" ? error.retry_after_ms : 0,
    );
    if (typeof error.opens_at_ms !== "number") return found;
    return new SessionFailure({ ...found.failure, opensAt: error.opens_at_ms, timeZone: text(error.time_zone) });
  }
  const message = `HTTP ${status} without an error of ours`;
  if (status === 401) return failed("UNAUTHENTICATED", message);
  if (status === 403) return failed("PERMISSION_DENIED", message);
  if (status === 404) return failed("NOT_FOUND", message);
  if (status === 413) return failed("TOO_LARGE", message);
  if (status === 429) return failed("THROTTLED", message);
  if (status === 502 || status === 503 || status === 504) return failed("UNAVAILABLE", message);
  return failed("INTERNAL", message);
}

/** Whatever was thrown, as a failure: a bug of ours is INTERNAL. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof SessionFailure) return thrown.failure;
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return { code: "INTERNAL", message, field: "", retryAfterMs: 0 };
}

/** True where the same request may succeed a little later, without anybody doing anything. */
export function isPassing(failure: Failure): boolean {
  return (
    failure.code === "UNAVAILABLE" ||
    failure.code === "OFFLINE" ||
    failure.code === "DEADLINE_EXCEEDED" ||
    failure.code === "THROTTLED" ||
    failure.code === "INTERNAL" ||
    failure.code === "SHUTTING_DOWN" ||
    failure.code === "NO_MEDIA_NODE"
  );
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
