import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { failed, failureOf } from "../protocol/failure";
import { Arrival, type ArrivalPort } from "./arrival";
import type { Failure } from "./contract";

const FORM = { name: "Siti Aminah", meetingId: "8123456789", password: "padi-hijau-77" };
const TOKEN = {
  join_token: "token",
  participant_id: "siti",
  meeting: { meeting_id: FORM.meetingId, title: "Rapat Camat", present: 3, capacity: 100 },
};
const OFFER = { connection: {} as never, offerSdp: "v=0" };

const publisher = { admit: vi.fn(), state: vi.fn(() => ({}) as never) };
const signaling = { open: vi.fn(), request: vi.fn() };
const media = { prepare: vi.fn(), begin: vi.fn(), discard: vi.fn() };
const onEntered = vi.fn();
const onRefused = vi.fn<(failure: Failure) => void>();
const fetched = vi.fn<typeof fetch>();
let inside = false;
let connected = true;
let arrival: Arrival;

const answered = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });
const error = (code: string) => ({ error: { code, field: "", message: code, retry_after_ms: 0 } });

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  vi.stubGlobal("fetch", fetched);
  vi.stubGlobal("navigator", { userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0" });
  for (const mock of [
    publisher.admit,
    signaling.open,
    signaling.request,
    ...Object.values(media),
    onEntered,
    onRefused,
    fetched,
  ])
    mock.mockReset();
  fetched.mockImplementation(async () => answered(200, TOKEN));
  media.prepare.mockResolvedValue(OFFER);
  signaling.open.mockResolvedValue({ participantId: "siti", meetingTitle: "Rapat Koordinasi Camat", present: 4 });
  signaling.request.mockResolvedValue({ participant: { participantId: "siti-2" } });
  inside = false;
  connected = true;
  const port = {
    publisher,
    signaling: () => (connected ? signaling : null),
    media: () => (connected ? media : null),
    layout: () => ({ number: 1 }),
    entered: () => inside,
    onEntered,
    onRefused,
  };
  arrival = new Arrival("", port as unknown as ArrivalPort);
  arrival.begin(FORM);
});

afterEach(() => {
  arrival.stop();
  vi.useRealTimers();
});

describe("getting in", () => {
  it("asks for a token with what was typed, and knows the meeting from its answer", async () => {
    await arrival.fetchToken();
    const [path, init] = fetched.mock.calls[0] ?? [];
    expect(path).toBe("/api/v1/join");
    expect(JSON.parse(String(init?.body))).toMatchObject({
      meeting_id: FORM.meetingId,
      password: FORM.password,
      name: FORM.name,
      device: expect.stringMatching(/^[a-f0-9]{32}$/),
    });
    expect(arrival.selfId.value).toBe("siti");
    expect(arrival.meeting.value).toMatchObject({
      id: FORM.meetingId,
      title: "Rapat Camat",
      present: 3,
      capacity: 100,
    });
  });

  it("opens with the token under the same trace, then enters with the tracks on their way", async () => {
    await arrival.fetchToken();
    await arrival.open(OFFER);
    const [open, trace] = signaling.open.mock.calls[0] ?? [];
    expect(open).toMatchObject({ joinToken: "token", offerSdp: "v=0" });
    expect(trace).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(media.begin).toHaveBeenCalledWith(OFFER.connection, expect.objectContaining({ participantId: "siti" }));
    expect(arrival.meeting.value).toMatchObject({ title: "Rapat Koordinasi Camat", present: 4 });
    await arrival.enter();
    expect(publisher.admit).toHaveBeenCalledWith(true);
    expect(signaling.request).toHaveBeenCalledWith(expect.objectContaining({ case: "enter" }), "entered", {
      traceparent: trace,
    });
    expect(arrival.selfId.value).toBe("siti-2");
    expect(onEntered).toHaveBeenCalledTimes(1);
  });

  it("lets go of the connection whose offer was refused", async () => {
    signaling.open.mockRejectedValueOnce(failed("OFFER_REFUSED", "no"));
    const thrown = await arrival.open(OFFER).then(() => null, failureOf);
    expect(thrown?.code).toBe("OFFER_REFUSED");
    expect(media.discard).toHaveBeenCalledWith(OFFER.connection);
  });

  it("has nothing to do without a connection", async () => {
    connected = false;
    expect((await arrival.enter().then(() => null, failureOf))?.code).toBe("WRONG_STATE");
    expect(onEntered).not.toHaveBeenCalled();
  });

  it("does so as a guest when the account's session is over, and there is a password", async () => {
    arrival.begin({ ...FORM, accessToken: "old" });
    const error = { code: "TOKEN_EXPIRED", field: "", message: "no", retry_after_ms: 0 };
    fetched.mockImplementationOnce(async () => Response.json({ error }, { status: 401 }));
    await arrival.fetchToken();
    const bearers = fetched.mock.calls.map(([, init]) => new Headers(init?.headers).get("authorization"));
    expect(bearers).toEqual(["Bearer old", null]);
  });
});

describe("a session that signaling knows no more", () => {
  const gone = failed("SESSION_GONE", "gone").failure;

  it("is opened anew, and entered again by who was inside", async () => {
    inside = true;
    await arrival.reopen(gone);
    expect(signaling.open).toHaveBeenCalledTimes(1);
    expect(onEntered).toHaveBeenCalledTimes(1);
    expect(arrival.reopening).toBe(false);
  });

  it("is only opened for who still looks at the preview", async () => {
    await arrival.reopen(gone);
    expect(signaling.open).toHaveBeenCalledTimes(1);
    expect(onEntered).not.toHaveBeenCalled();
  });

  it("is tried again while the trouble passes, once at a time", async () => {
    signaling.open.mockRejectedValueOnce(failed("UNAVAILABLE", "away"));
    const first = arrival.reopen(gone);
    await arrival.reopen(gone);
    expect(arrival.reopening).toBe(true);
    await vi.runAllTimersAsync();
    await first;
    expect(signaling.open).toHaveBeenCalledTimes(2);
  });

  it("gets a new token when the old one ran out", async () => {
    signaling.open.mockRejectedValueOnce(failed("TOKEN_EXPIRED", "old"));
    const reopened = arrival.reopen(gone);
    await vi.runAllTimersAsync();
    await reopened;
    expect(fetched).toHaveBeenCalledTimes(1);
    expect(signaling.open).toHaveBeenCalledTimes(2);
  });

  it("is given up when no token is to be had any more", async () => {
    signaling.open.mockRejectedValueOnce(failed("TOKEN_EXPIRED", "old"));
    fetched.mockImplementation(async () => answered(409, error("MEETING_ENDED")));
    await arrival.reopen(gone);
    expect(onRefused).toHaveBeenCalledWith(expect.objectContaining({ code: "MEETING_ENDED" }));
  });

  it("is given up when it is refused for good", async () => {
    signaling.open.mockRejectedValueOnce(failed("REMOVED", "removed"));
    await arrival.reopen(gone);
    expect(onRefused).toHaveBeenCalledWith(expect.objectContaining({ code: "REMOVED" }));
  });

  it("is not looked for after the person has left", async () => {
    signaling.open.mockImplementationOnce(async () => {
      connected = false;
      throw failed("UNAVAILABLE", "away");
    });
    const reopened = arrival.reopen(gone);
    await vi.runAllTimersAsync();
    await reopened;
    expect(signaling.open).toHaveBeenCalledTimes(1);
    expect(onRefused).not.toHaveBeenCalled();
  });
});
