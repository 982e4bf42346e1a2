import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { failure } from "../../../dev/fake-session";
import { type ShownPage, showPage } from "../../../dev/shown-page";
import type { Failure, JoinForm, MeetingSession } from "../../client/contract";
import { id } from "../i18n/id";
import { room } from "../room";
import { route } from "../route";
import { JoinPage } from "./join-page";

const FORM = { name: "Budi", meetingId: "8123456789", password: "padi" };
const OPENS_AT = Date.parse("2026-11-22T23:30:00Z");
const HOUR_MS = 3_600_000;

let page: ShownPage;
let prepare: ReturnType<typeof vi.fn<(form: JoinForm) => Promise<void>>>;
let whetherOpen: ReturnType<typeof vi.fn<(form: JoinForm, signal: AbortSignal) => Promise<Failure | null>>>;

const notOpen = (opensAt: number, retryAfterMs: number) =>
  failure("MEETING_NOT_OPEN", { opensAt, retryAfterMs, timeZone: "Asia/Makassar" });
const pass = (ms: number) => page.settle(() => vi.advanceTimersByTimeAsync(ms));
const text = () => page.root.textContent ?? "";
const alert = () => page.root.querySelector("[role=alert]")?.textContent ?? "";

/** Somebody with an invitation, whom the meeting does not let in for so long. */
async function wait(retryAfterMs = HOUR_MS) {
  prepare.mockRejectedValueOnce(notOpen(OPENS_AT, retryAfterMs));
  const session = { prepare, dispose: () => undefined } as unknown as MeetingSession;
  page = await showPage(<JoinPage />, {
    loadOpenSession: async () => () => session,
    loadWhetherOpen: async () => whetherOpen,
  });
  await page.type(id.join.name, FORM.name);
  await page.submit();
}

beforeEach(() => {
  vi.useFakeTimers();
  // In the middle of what is drawn: looks every 30 s, in at 2 s after the opening, 1 s after the network is back.
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  localStorage.clear();
  room.value = null;
  route.value = { page: "join", meetingId: FORM.meetingId, password: FORM.password };
  prepare = vi.fn<(form: JoinForm) => Promise<void>>().mockResolvedValue(undefined);
  whetherOpen = vi.fn<(form: JoinForm, signal: AbortSignal) => Promise<Failure | null>>();
  whetherOpen.mockResolvedValue(notOpen(OPENS_AT, HOUR_MS).failure);
});

afterEach(() => {
  page.close();
  room.value = null;
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("says that it looks by itself, looks as who asked, and says nothing new while nothing is", async () => {
  await wait();
  expect(text()).toContain(id.join.looksItself);
  const before = text();
  await pass(30_000);
  expect(whetherOpen).toHaveBeenCalledTimes(1);
  expect(whetherOpen.mock.calls[0]?.[0]).toEqual(FORM);
  await pass(60_000);
  expect(whetherOpen).toHaveBeenCalledTimes(3);
  expect(text()).toBe(before);
  expect(prepare).toHaveBeenCalledTimes(1);
});

it("says that the meeting was moved, and goes in at the new time", async () => {
  await wait();
  whetherOpen.mockResolvedValue(notOpen(OPENS_AT - HOUR_MS / 2, 60_000).failure);
  await pass(30_000);
  expect(text()).toContain(id.join.movedTitle);
  expect(text()).toContain(id.join.opensNow("Senin, 23 November 2026 pukul 07.00 WITA"));
  await pass(61_900);
  expect(prepare).toHaveBeenCalledTimes(1);
  await pass(200);
  expect(prepare).toHaveBeenLastCalledWith(FORM);
  expect(room.value?.form).toEqual(FORM);
});

it("goes in when the meeting is open already, without a click", async () => {
  await wait();
  whetherOpen.mockResolvedValue(null);
  await pass(30_000);
  expect(prepare).toHaveBeenCalledTimes(2);
  expect(room.value?.form).toEqual(FORM);
  await pass(HOUR_MS);
  expect(whetherOpen).toHaveBeenCalledTimes(1);
});

it.each(["MEETING_CANCELLED", "MEETING_ENDED", "WRONG_ID_OR_PASSWORD"] as const)(
  "says %s, and asks no more",
  async (code) => {
    await wait();
    whetherOpen.mockResolvedValue(failure(code).failure);
    await pass(30_000);
    expect(alert()).toContain(id.errors[code]);
    expect(page.has(id.join.outOfCalendar)).toBe(code === "MEETING_CANCELLED");
    expect(text()).not.toContain(id.join.looksItself);
    dispatchEvent(new Event("online"));
    await pass(2 * HOUR_MS);
    expect(whetherOpen).toHaveBeenCalledTimes(1);
    expect(prepare).toHaveBeenCalledTimes(1);
  },
);

it("says that the server cannot be reached, and that it can again", async () => {
  await wait();
  whetherOpen.mockRejectedValueOnce(failure("OFFLINE"));
  await pass(30_000);
  expect(text()).toContain(id.join.notReached);
  expect(text()).toContain(id.join.notOpenTitle);
  dispatchEvent(new Event("online"));
  await pass(5_000);
  expect(whetherOpen).toHaveBeenCalledTimes(2);
  expect(text()).not.toContain(id.join.notReached);
  expect(text()).toContain(id.join.looksItself);
});

it("goes on when the network is away at the moment of opening", async () => {
  await wait(60_000);
  prepare.mockRejectedValueOnce(failure("OFFLINE"));
  await pass(62_000);
  expect(prepare).toHaveBeenCalledTimes(2);
  expect(text()).toContain(id.join.openedTitle);
  expect(text()).toContain(id.errors.OFFLINE);
  const looks = whetherOpen.mock.calls.length;
  whetherOpen.mockResolvedValue(null);
  await pass(6_000);
  dispatchEvent(new Event("online"));
  await pass(1_000);
  expect(whetherOpen).toHaveBeenCalledTimes(looks + 1);
  expect(prepare).toHaveBeenCalledTimes(3);
  expect(room.value?.form).toEqual(FORM);
});

it("waits on with the time when the clocks of two servers differ a little", async () => {
  await wait(60_000);
  prepare.mockRejectedValueOnce(notOpen(OPENS_AT, 0));
  await pass(62_000);
  expect(prepare).toHaveBeenCalledTimes(2);
  expect(text()).toContain(id.join.notOpenTitle);
  await pass(20_000);
  expect(prepare).toHaveBeenCalledTimes(2);
  whetherOpen.mockResolvedValue(null);
  await pass(10_000);
  expect(prepare).toHaveBeenCalledTimes(3);
});

it("is waited for no longer when another meeting is typed, or the page is left", async () => {
  await wait();
  await page.press(id.join.otherMeeting);
  expect(text()).not.toContain(id.join.notOpenTitle);
  await pass(2 * HOUR_MS);
  expect(whetherOpen).not.toHaveBeenCalled();
  expect(prepare).toHaveBeenCalledTimes(1);
});
