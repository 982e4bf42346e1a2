// The JSON API that the pages use before there is a socket (signaling, /api/v1).
import { failed, failureFromHttp } from "./failure";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface HttpCall {
  /** JSON, or a file as it is. */
  readonly body?: unknown;
  /** The account's access token. */
  readonly bearer?: string;
  readonly traceparent?: string;
  /** A slow phone on 3G with a full queue still makes it; a dead network is said after that. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

const DEADLINE_MS = 20_000;

/** JSON in, JSON out. Rejects with SessionFailure: OFFLINE (no answer), DEADLINE_EXCEEDED, or what the server said. */
export function callHttp(
  method: Method,
  path: string,
  call: HttpCall = {},
  fetchIt: typeof fetch = fetch,
): Promise<Record<string, unknown>> {
  return exchange(method, path, call, fetchIt, async (response, json) => {
    const body = await json();
    if (typeof body === "object" && body !== null) return body as Record<string, unknown>;
    // 204, or an empty body of a call that returns nothing.
    if (body === undefined && (response.status === 204 || response.headers.get("content-length") === "0")) return {};
    throw failed("MALFORMED", `the answer to ${path} is no JSON object`);
  });
}

/** A file, by GET, or by POST where there is a body. Rejects as `callHttp` does. */
export function fetchFile(path: string, call: HttpCall = {}, fetchIt: typeof fetch = fetch): Promise<Blob> {
  return exchange(call.body === undefined ? "GET" : "POST", path, call, fetchIt, (response) => response.blob());
}

/** One request, whose answer `read` takes in while the deadline still runs. Rejects as `callHttp` does. */
export async function exchange<T>(
  method: Method,
  path: string,
  call: HttpCall,
  fetchIt: typeof fetch,
  read: (response: Response, json: () => Promise<unknown>) => Promise<T>,
): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json, */*;q=0.5" };
  const file = call.body instanceof Blob ? call.body : null;
  if (call.body !== undefined) headers["content-type"] = file ? "application/octet-stream" : "application/json";
  if (call.bearer) headers.authorization = `Bearer ${call.bearer}`;
  if (call.traceparent) headers.traceparent = call.traceparent;
  const abort = new AbortController();
  const deadlineMs = call.deadlineMs ?? DEADLINE_MS;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    abort.abort();
  }, deadlineMs);
  const given = () => abort.abort();
  call.signal?.addEventListener("abort", given);
  try {
    const response = await fetchIt(path, {
      method,
      headers,
      body: file ?? (call.body === undefined ? null : JSON.stringify(call.body)),
      signal: abort.signal,
      cache: "no-store",
      credentials: "same-origin",
    });
    const json = (): Promise<unknown> =>
      response.json().catch((error: unknown) => {
        if (abort.signal.aborted) throw error;
        return undefined;
      });
    if (!response.ok) throw failureFromHttp(response.status, await json());
    // Waited for here, so that the deadline holds for the body too.
    return await read(response, json);
  } catch (error) {
    if (late) throw failed("DEADLINE_EXCEEDED", `no answer to ${path} within ${deadlineMs} ms`);
    if (error instanceof TypeError) throw failed("OFFLINE", `${path}: ${error.message}`);
    throw error;
  } finally {
    clearTimeout(timer);
    call.signal?.removeEventListener("abort", given);
  }
}

export function stringOf(body: Record<string, unknown>, field: string): string {
  const value = body[field];
  if (typeof value !== "string") throw failed("MALFORMED", `the answer lacks ${field}`);
  return value;
}

/** JSON of protobuf writes 64-bit integers as strings; both are taken. Absent: 0. */
export function numberOf(body: Record<string, unknown>, field: string): number {
  const value = Number(body[field] ?? 0);
  if (!Number.isFinite(value)) throw failed("MALFORMED", `${field} is no number`);
  return value;
}

export function objectOf(body: Record<string, unknown>, field: string): Record<string, unknown> {
  const value = body[field];
  if (typeof value !== "object" || value === null) throw failed("MALFORMED", `the answer lacks ${field}`);
  return value as Record<string, unknown>;
}

export function listOf(body: Record<string, unknown>, field: string): readonly Record<string, unknown>[] {
  const value = body[field];
  if (!Array.isArray(value)) throw failed("MALFORMED", `the answer lacks ${field}`);
  return value;
}

/** None where there is no list. */
export function itemsOf(body: Record<string, unknown>, field: string): readonly Record<string, unknown>[] {
  const value = body[field];
  return Array.isArray(value) ? value : [];
}
