// A line on its way, while the services behind it come and go.
import { create } from "@bufbuild/protobuf";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ChatLineSchema } from "../gen/sipulung/roster/v1/participant_pb";
import { failed } from "../protocol/failure";
import { ChatLines, type ChatPort } from "./chat-lines";

let send: ReturnType<typeof vi.fn<ChatPort["send"]>>;
let chat: ChatLines;

beforeEach(() => {
  vi.useFakeTimers();
  send = vi.fn<ChatPort["send"]>(async () => undefined);
  chat = new ChatLines({ self: () => ({ id: "p1", name: "Ani" }), send });
});

afterEach(() => vi.useRealTimers());

const states = () => chat.lines.value.map(({ text, state }) => `${text} ${state}`);
const texts = () => send.mock.calls.map(([say]) => say.text);

describe("a line of chat", () => {
  it("is sent again, as the same line, while the roster is away", async () => {
    send.mockRejectedValueOnce(failed("UNAVAILABLE", "away")).mockRejectedValueOnce(failed("DEADLINE_EXCEEDED", ""));
    const said = chat.say("Hadir", false);
    await vi.advanceTimersByTimeAsync(0);
    expect(states()).toEqual(["Hadir sending"]);
    await vi.advanceTimersByTimeAsync(2000);
    await said;
    expect(states()).toEqual(["Hadir sent"]);
    expect(new Set(send.mock.calls.map(([say]) => say.clientLineId)).size).toBe(1);
    expect(send).toHaveBeenCalledTimes(3);
  });

  it("has failed when that takes too long, and is sent by hand", async () => {
    send.mockRejectedValue(failed("UNAVAILABLE", "away"));
    const said = chat.say("Hadir", false);
    await vi.advanceTimersByTimeAsync(31_000);
    await said;
    expect(states()).toEqual(["Hadir failed"]);
    send.mockResolvedValue(undefined);
    await chat.retry(chat.lines.value[0]?.key ?? "");
    expect(states()).toEqual(["Hadir sent"]);
  });

  it("has failed at once when sending it again would change nothing", async () => {
    send.mockRejectedValue(failed("PERMISSION_DENIED", "no"));
    await chat.say("Hadir", false);
    expect(states()).toEqual(["Hadir failed"]);
    expect(send).toHaveBeenCalledOnce();
  });

  it("is not sent again when only its answer was lost", async () => {
    send.mockImplementationOnce(async ({ text, clientLineId }) => {
      chat.add([create(ChatLineSchema, { number: 7n, participantId: "p1", text, clientLineId })]);
      throw failed("UNAVAILABLE", "away");
    });
    await chat.say("Hadir", false);
    expect(states()).toEqual(["Hadir sent"]);
    expect(send).toHaveBeenCalledOnce();
  });

  it("goes without what came along unseen, and is refused before it is in the list", async () => {
    await chat.say("\u202aNama\tNIP\u202c \u{1f926}\u200d\u2640\ufe0f\u200e ", false);
    expect(texts()).toEqual(["Nama NIP \u{1f926}\u200d\u2640\ufe0f"]);
    await expect(chat.say("\ue000", false)).rejects.toThrow();
    await expect(chat.say("\u200b", false)).rejects.toThrow();
    expect(states()).toHaveLength(1);
  });

  it("waits for the one before it", async () => {
    send.mockRejectedValueOnce(failed("UNAVAILABLE", "away"));
    const first = chat.say("Satu", false);
    const second = chat.say("Dua", false);
    await vi.advanceTimersByTimeAsync(2000);
    await Promise.all([first, second]);
    expect(texts()).toEqual(["Satu", "Satu", "Dua"]);
    expect(states()).toEqual(["Satu sent", "Dua sent"]);
  });
});
