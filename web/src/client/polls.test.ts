import { create } from "@bufbuild/protobuf";
import { describe, expect, it, vi } from "vitest";
import { PollSchema, PollState } from "../gen/sipulung/roster/v1/poll_pb";
import { Polls } from "./polls";

const asked = (pollId: string, more = {}) =>
  create(PollSchema, {
    pollId,
    question: "Setuju?",
    options: [{ text: "ya" }, { text: "tidak" }],
    state: PollState.OPEN,
    ...more,
  });

describe("the polls of a meeting", () => {
  it("are those of the snapshot, then what is heard of them", () => {
    const polls = new Polls(async () => undefined);
    polls.replace([asked("a", { state: PollState.CLOSED })]);
    polls.hear(asked("b"));
    polls.hear(create(PollSchema, { pollId: "b", state: PollState.OPEN, voters: 3 }));
    expect(polls.all.value.map(({ id, open, voters, question }) => [id, open, voters, question])).toEqual([
      ["a", false, 0, "Setuju?"],
      ["b", true, 3, "Setuju?"],
    ]);
    polls.hear(asked("b", { state: PollState.CLOSED, voters: 3, options: [{ text: "ya", votes: 3 }] }));
    expect(polls.all.value[1]?.options).toEqual([{ text: "ya", votes: 3 }]);
    expect(polls.all.value[1]?.open).toBe(false);
  });

  it("remember the own vote once the server has it, also over a new snapshot", async () => {
    const send = vi.fn(async () => undefined);
    const polls = new Polls(send);
    polls.replace([asked("a")]);
    await polls.vote("a", 1);
    expect(send).toHaveBeenCalledWith({ case: "vote", value: { pollId: "a", option: 1 } });
    polls.replace([asked("a", { voters: 1 })]);
    expect(polls.all.value[0]?.ownVote).toBe(1);
    send.mockRejectedValueOnce(new Error("no"));
    await expect(polls.vote("a", 0)).rejects.toThrow();
    expect(polls.all.value[0]?.ownVote).toBe(1);
  });

  it("ask and close by requests, and never what is beyond the limits", async () => {
    const send = vi.fn(async () => undefined);
    const polls = new Polls(send);
    await polls.open("Setuju?", ["ya", "tidak"]);
    await polls.close("a");
    expect(send.mock.calls).toEqual([
      [{ case: "openPoll", value: { question: "Setuju?", options: ["ya", "tidak"] } }],
      [{ case: "closePoll", value: { pollId: "a" } }],
    ]);
    await expect(polls.open("x".repeat(201), ["ya", "tidak"])).rejects.toMatchObject({
      failure: { field: "question" },
    });
    await expect(polls.vote("a", 8)).rejects.toMatchObject({ failure: { field: "option" } });
    expect(send).toHaveBeenCalledTimes(2);
  });
});
