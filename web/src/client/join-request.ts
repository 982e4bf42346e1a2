// The one request by which somebody asks to be let in: with the meeting's password, and as their account where they have one.
import { failureOf } from "../protocol/failure";
import { callHttp } from "../protocol/http-api";
import type { JoinForm } from "./contract";
import { deviceId } from "./this-device";

export interface JoinRequest {
  /** "" for the page's own. */
  readonly origin?: string;
  readonly traceparent?: string;
  readonly signal?: AbortSignal;
}

/** Rejects with SessionFailure: why the meeting does not let this person in, or that the server was not reached. */
export async function requestJoin(form: JoinForm, request: JoinRequest = {}): Promise<Record<string, unknown>> {
  const { origin = "", ...rest } = request;
  const body = { meeting_id: form.meetingId, password: form.password, name: form.name, device: deviceId() };
  const ask = (bearer: string | undefined) =>
    callHttp("POST", `${origin}/api/v1/join`, { ...rest, body, ...(bearer && { bearer }) });
  return ask(form.accessToken).catch((error: unknown) => {
    // Whoever has the password comes in all the same when the account's session is over.
    const { code } = failureOf(error);
    const over = code === "UNAUTHENTICATED" || code === "TOKEN_EXPIRED" || code === "ACCOUNT_DISABLED";
    if (over && form.accessToken && form.password) return ask(undefined);
    throw error;
  });
}
