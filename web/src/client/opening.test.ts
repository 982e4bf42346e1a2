import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { whetherOpen } from "./opening";

const FORM = { name: "Siti  Aminah", meetingId: "812 345 6789", password: "padi-hijau-77" };
const fetched = vi.fn<typeof fetch>();
const never = new AbortController().signal;
const refused = (status: number, code: string, more: Record<string, unknown> = {}) =>
  new Response(JSON.stringify({ error: { code, field: "", message: "", retry_after_ms: 0, ...more } }), { status });

beforeEach(() => {
  vi.stubGlobal("fetch", fetched);
  for (const part of ["RTCPeerConnection", "WebSocket"]) vi.stubGlobal(part, class {});
  fetched.mockReset();
});

afterEach(() => vi.unstubAllGlobals());

it("asks as a join does, and says that it is open", async () => {
  fetched.mockResolvedValueOnce(new Response(JSON.stringify({ join_token: "t" })));
  expect(await whetherOpen(FORM, never)).toBeNull();
  const [path, init] = fetched.mock.calls[0] ?? [];
  expect(path).toBe("/api/v1/join");
  expect(JSON.parse(String(init?.body))).toMatchObject({
    meeting_id: "8123456789",
    password: FORM.password,
    name: "Siti Aminah",
  });
});

it("says why not, with the time where there is one", async () => {
  fetched.mockResolvedValueOnce(
    refused(409, "MEETING_NOT_OPEN", { opens_at_ms: 9_000, time_zone: "Asia/Makassar", retry_after_ms: 60_000 }),
  );
  expect(await whetherOpen(FORM, never)).toMatchObject({
    code: "MEETING_NOT_OPEN",
    opensAt: 9_000,
    timeZone: "Asia/Makassar",
    retryAfterMs: 60_000,
  });
  fetched.mockResolvedValueOnce(refused(410, "MEETING_CANCELLED"));
  expect(await whetherOpen(FORM, never)).toMatchObject({ code: "MEETING_CANCELLED" });
});

it("counts as one try with an account whose session is over: the password is enough", async () => {
  fetched.mockResolvedValueOnce(refused(401, "TOKEN_EXPIRED"));
  fetched.mockResolvedValueOnce(refused(409, "MEETING_NOT_OPEN", { opens_at_ms: 9_000 }));
  expect(await whetherOpen({ ...FORM, accessToken: "old" }, never)).toMatchObject({ code: "MEETING_NOT_OPEN" });
  const bearers = fetched.mock.calls.map(([, init]) => new Headers(init?.headers).get("authorization"));
  expect(bearers).toEqual(["Bearer old", null]);
});

it("rejects when the server did not say", async () => {
  fetched.mockResolvedValueOnce(refused(429, "THROTTLED", { retry_after_ms: 4_000 }));
  await expect(whetherOpen(FORM, never)).rejects.toMatchObject({ failure: { code: "THROTTLED", retryAfterMs: 4_000 } });
  fetched.mockRejectedValueOnce(new TypeError("network"));
  await expect(whetherOpen(FORM, never)).rejects.toMatchObject({ failure: { code: "OFFLINE" } });
});
