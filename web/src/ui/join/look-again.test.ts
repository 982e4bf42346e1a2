import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { lookAgain } from "./look-again";

let look: ReturnType<typeof vi.fn<(signal: AbortSignal) => Promise<boolean>>>;
let onReached: ReturnType<typeof vi.fn<(reached: boolean) => void>>;
let visible: "visible" | "hidden";
let stop: () => void;

const refused = (code: string, retryAfterMs = 0) =>
  Object.assign(new Error(code), { failure: { code, field: "", message: "", retryAfterMs } });
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const begin = (notBefore = 0) => {
  stop = lookAgain({ look, onReached, notBefore });
};
const become = (state: typeof visible) => {
  visible = state;
  document.dispatchEvent(new Event("visibilitychange"));
};

beforeEach(() => {
  vi.useFakeTimers();
  // In the middle of what is drawn: 30 s, and 1 s after the network is back.
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  visible = "visible";
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => visible);
  look = vi.fn<(signal: AbortSignal) => Promise<boolean>>().mockResolvedValue(true);
  onReached = vi.fn<(reached: boolean) => void>();
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("looks about every 30 s, and not at once: whoever begins has just asked", async () => {
  begin();
  await pass(29_000);
  expect(look).not.toHaveBeenCalled();
  await pass(2_000);
  expect(look).toHaveBeenCalledTimes(1);
  await pass(60_000);
  expect(look).toHaveBeenCalledTimes(3);
  expect(onReached.mock.calls.every(([reached]) => reached)).toBe(true);
});

it("comes a fifth sooner or later, so that pages that were opened together drift apart", async () => {
  vi.mocked(Math.random).mockReturnValue(0);
  begin();
  await pass(24_000);
  expect(look).toHaveBeenCalledTimes(1);
  vi.mocked(Math.random).mockReturnValue(0.999);
  await pass(24_000);
  expect(look).toHaveBeenCalledTimes(2);
  await pass(35_000);
  expect(look).toHaveBeenCalledTimes(2);
  await pass(1_000);
  expect(look).toHaveBeenCalledTimes(3);
});

it("does not look while nobody sees the page, and at once when somebody does again", async () => {
  begin();
  become("hidden");
  await pass(600_000);
  expect(look).not.toHaveBeenCalled();
  become("visible");
  await pass(0);
  expect(look).toHaveBeenCalledTimes(1);
  await pass(30_000);
  expect(look).toHaveBeenCalledTimes(2);
});

it("does not look each time that somebody goes to and fro", async () => {
  begin();
  await pass(30_000);
  expect(look).toHaveBeenCalledTimes(1);
  for (let turn = 0; turn < 10; turn++) {
    become("hidden");
    become("visible");
    await pass(400);
  }
  expect(look).toHaveBeenCalledTimes(1);
  await pass(1_000);
  expect(look).toHaveBeenCalledTimes(2);
});

it("looks soon when the network is back, spread over two seconds", async () => {
  begin();
  await pass(10_000);
  dispatchEvent(new Event("online"));
  await pass(900);
  expect(look).not.toHaveBeenCalled();
  await pass(200);
  expect(look).toHaveBeenCalledTimes(1);
});

describe("a server that cannot be reached", () => {
  it("is asked ever more rarely, and said; then as often as before", async () => {
    look.mockRejectedValue(refused("UNAVAILABLE"));
    begin();
    await pass(30_000);
    expect(onReached).toHaveBeenLastCalledWith(false);
    await pass(59_000);
    expect(look).toHaveBeenCalledTimes(1);
    await pass(1_000);
    expect(look).toHaveBeenCalledTimes(2);
    await pass(120_000 + 240_000 + 300_000);
    expect(look).toHaveBeenCalledTimes(5);
    look.mockResolvedValue(true);
    await pass(300_000);
    expect(onReached).toHaveBeenLastCalledWith(true);
    await pass(30_000);
    expect(look).toHaveBeenCalledTimes(7);
  });

  it("is not asked before the time that it names, whatever happens to page and network", async () => {
    look.mockRejectedValueOnce(refused("THROTTLED", 200_000));
    begin();
    await pass(30_000);
    dispatchEvent(new Event("online"));
    become("hidden");
    become("visible");
    await pass(199_000);
    expect(look).toHaveBeenCalledTimes(1);
    await pass(1_000);
    expect(look).toHaveBeenCalledTimes(2);
  });

  it("is not asked before a time that it has named already", async () => {
    begin(performance.now() + 90_000);
    await pass(89_000);
    expect(look).not.toHaveBeenCalled();
    await pass(2_000);
    expect(look).toHaveBeenCalledTimes(1);
  });
});

it("stops when there is nothing more to learn", async () => {
  look.mockResolvedValue(false);
  begin();
  await pass(30_000);
  expect(look).toHaveBeenCalledTimes(1);
  dispatchEvent(new Event("online"));
  await pass(600_000);
  expect(look).toHaveBeenCalledTimes(1);
});

it("gives up a look that is under way when it is stopped, and says nothing more", async () => {
  let given: AbortSignal | undefined;
  look.mockImplementation((signal) => {
    given = signal;
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
  });
  begin();
  await pass(30_000);
  // One at a time, however long it takes.
  dispatchEvent(new Event("online"));
  await pass(60_000);
  expect(look).toHaveBeenCalledTimes(1);
  stop();
  expect(given?.aborted).toBe(true);
  await pass(600_000);
  expect(look).toHaveBeenCalledTimes(1);
  expect(onReached).not.toHaveBeenCalled();
});
