import { describe, expect, it, vi } from "vitest";
import { FakePeer, peer } from "../../dev/fake-peer";
import { type ANDI, nodeSays, pass, present, SITI, toNode, useRoomStand } from "../../dev/room-stand";
import { ErrorCode } from "../gen/sipulung/common/v1/common_pb";
import { ClosingReason } from "../gen/sipulung/media/v1/session_pb";
import { LeaveReason } from "../gen/sipulung/roster/v1/participant_pb";
import { failureOf } from "../protocol/failure";
import { OwnMedia } from "./own-media";

const stand = useRoomStand();

describe("getting in", () => {
  it("comes to the preview with one token, one Open and the offer in it", async () => {
    await stand.prepared();
    expect(stand.room.phase.value).toBe("preview");
    expect(stand.room.meeting.value).toMatchObject({ title: "Rapat Camat", present: 1 });
    expect(stand.signaling.last.url).toBe("wss://rapat.example.go.id/ws");
    expect(stand.signaling.cases()).toEqual(["open"]);
    expect(stand.signaling.requests[0]?.body.value).toMatchObject({ joinToken: "token", offerSdp: "offer 1" });
    expect(stand.room.self.value).toBeNull();
  });

  it("knows everybody with the answer to Enter", async () => {
    await stand.entered();
    expect(stand.room.phase.value).toBe("in-meeting");
    expect([...stand.room.participants.value.values()].map(({ name, self }) => [name, self])).toEqual(
      expect.arrayContaining([
        ["Andi Baso", false],
        ["Siti Aminah", true],
      ]),
    );
    expect(stand.room.slots.value[1]).toMatchObject({ participantId: "andi", source: "camera" });
    expect(stand.room.speakers.value).toEqual(["andi"]);
    expect(stand.room.participants.value.get("andi")).toMatchObject({ microphone: true, camera: true, screen: false });
  });

  it("is muted where many came while one looked at the preview", async () => {
    const everybody = Array.from({ length: 11 }, (_, index) => present(`p${index}`, `Peserta ${index}`));
    const snapshot = { sequence: 5n, meeting: { meetingId: "8123456789" }, participants: [SITI, ...everybody] };
    stand.signaling.answers.enter = () => ({ case: "entered", value: { participant: SITI, snapshot } });
    await stand.prepared();
    expect(stand.room.joinedMuted.value).toBe(false);
    await stand.room.enter();
    expect(stand.room.joinedMuted.value).toBe(true);
  });

  it("goes back to the form when it is refused, and lets go of everything", async () => {
    const error = { code: "WRONG_ID_OR_PASSWORD", field: "", message: "no", retry_after_ms: 0 };
    stand.fetched.mockImplementation(async () => Response.json({ error }, { status: 403 }));
    const thrown = await stand.prepared().then(() => null, failureOf);
    expect(thrown?.code).toBe("WRONG_ID_OR_PASSWORD");
    expect(stand.room.phase.value).toBe("idle");
    expect(stand.room.failure.value?.code).toBe("WRONG_ID_OR_PASSWORD");
    expect(FakePeer.all.every(({ closed }) => closed)).toBe(true);
  });

  it("stays at the preview when Enter is refused", async () => {
    const enter = stand.signaling.answers.enter;
    stand.signaling.answers.enter = () => ({ case: "error", value: { code: ErrorCode.MEETING_FULL } });
    await stand.prepared();
    expect((await stand.room.enter().then(() => null, failureOf))?.code).toBe("MEETING_FULL");
    expect(stand.room.phase.value).toBe("preview");
    stand.signaling.answers.enter = enter;
    await stand.room.enter();
    expect(stand.room.phase.value).toBe("reconnecting");
    peer(0).becomes("connected");
    expect(stand.room.phase.value).toBe("in-meeting");
  });
});

describe("what others do", () => {
  it("is told once, and not about oneself", async () => {
    await stand.entered();
    const join = (sequence: bigint, participant: typeof ANDI) =>
      stand.signaling.tell({ case: "rosterEvent", value: { sequence, event: { case: "joined", value: participant } } });
    join(6n, present("budi", "Budi"));
    join(6n, present("budi", "Budi"));
    join(7n, SITI);
    expect(stand.notices).toEqual([{ kind: "joined", participantId: "budi", name: "Budi" }]);
    expect(stand.room.participants.value.get("budi")?.name).toBe("Budi");
  });

  it("brings polls, and one's own vote goes out", async () => {
    await stand.entered();
    stand.signaling.answers.vote = () => ({ case: "done", value: {} });
    const polled = { pollId: "p1", question: "Setuju?", options: [{ text: "ya" }, { text: "tidak" }] };
    stand.signaling.tell({ case: "rosterEvent", value: { sequence: 6n, event: { case: "polled", value: polled } } });
    const voting = stand.room.polls.vote("p1", 1);
    await pass(0);
    await voting;
    expect(stand.room.polls.all.value).toMatchObject([{ id: "p1", question: "Setuju?", ownVote: 1 }]);
    expect(stand.signaling.requests[stand.signaling.requests.length - 1]?.body).toMatchObject({
      case: "vote",
      value: { pollId: "p1", option: 1 },
    });
  });

  it("brings a new snapshot by a new socket when events were missed", async () => {
    await stand.entered();
    stand.signaling.tell({
      case: "rosterEvent",
      value: { sequence: 8n, event: { case: "left", value: { participantId: "andi", reason: LeaveReason.LEFT } } },
    });
    await pass(5_000);
    expect(stand.signaling.sockets).toHaveLength(2);
    expect(stand.signaling.cases()).toContain("resume");
    expect([...stand.room.participants.value.keys()]).toEqual(["siti"]);
    expect(stand.room.phase.value).toBe("in-meeting");
  });

  it("shows screens that start and stop", async () => {
    await stand.entered();
    const shares = (screen: boolean) =>
      nodeSays({
        case: "mediaStates",
        value: { states: [{ participantId: "andi", publish: { microphone: true, camera: true, screen } }] },
      });
    shares(true);
    shares(true);
    shares(false);
    expect(stand.notices.map(({ kind }) => kind)).toEqual(["screen-started", "screen-stopped"]);
  });

  it("is heard of by chat, where a line of one's own is there at once", async () => {
    await stand.entered();
    const said = stand.room.say("Selamat pagi.");
    expect(stand.room.chat.value).toMatchObject([
      { text: "Selamat pagi.", own: true, state: "sending", name: "Siti Aminah" },
    ]);
    await said;
    expect(stand.room.chat.value[0]?.state).toBe("sent");
    stand.signaling.tell({
      case: "rosterEvent",
      value: {
        sequence: 6n,
        event: { case: "said", value: { number: 1n, participantId: "andi", name: "Andi Baso", text: "Pagi." } },
      },
    });
    expect(stand.room.chat.value.map(({ text }) => text)).toEqual(["Pagi.", "Selamat pagi."]);
  });
});

describe("the layout", () => {
  it("is told to the node when the channel opens, and later only what is new", async () => {
    await stand.entered();
    const layouts = () => toNode().filter((body) => body.case === "layout").length;
    const before = layouts();
    expect(before).toBeGreaterThan(0);
    stand.room.setLayout([{ slot: 1, height: 360 }]);
    await pass(1_000);
    stand.room.setLayout([{ slot: 1, height: 360 }]);
    await pass(1_000);
    expect(layouts()).toBe(before + 1);
  });
});

describe("an outage", () => {
  it("of the socket changes nothing but the word for it, and the session goes on", async () => {
    await stand.entered();
    stand.signaling.last.breaks();
    expect(stand.room.connection.value).toMatchObject({ socket: "waiting", attempt: 1, media: "up" });
    expect(stand.room.phase.value).toBe("in-meeting");
    await pass(3_000);
    expect(stand.room.connection.value).toMatchObject({ socket: "up", attempt: 0 });
    expect(stand.signaling.cases()).toContain("resume");
    expect(peer(0).closed).toBe(false);
  });

  it("of the media is repaired without a click", async () => {
    await stand.entered();
    peer(0).becomes("disconnected");
    expect(stand.room.phase.value).toBe("reconnecting");
    await pass(600);
    expect(stand.signaling.cases()).toContain("negotiate");
    peer(0).becomes("connected");
    expect(stand.room.phase.value).toBe("in-meeting");
  });

  it("of the node moves one to another, and says so", async () => {
    await stand.entered();
    stand.signaling.tell({ case: "mediaMoved", value: { urgent: true } });
    await pass(100);
    expect(stand.signaling.cases()).toContain("reconnect");
    expect(peer(0).closed).toBe(true);
    expect(stand.notices).toContainEqual({ kind: "media-moved" });
  });

  it("in which signaling forgot the session is answered by a new one, entered again", async () => {
    await stand.entered();
    stand.signaling.answers.resume = () => ({ case: "error", value: { code: ErrorCode.SESSION_GONE } });
    stand.signaling.last.breaks();
    await pass(3_000);
    expect(stand.signaling.cases().filter((one) => one === "open" || one === "enter")).toEqual([
      "open",
      "enter",
      "open",
      "enter",
    ]);
    expect(stand.room.phase.value).toBe("in-meeting");
  });

  it("is noticed in silence: a ping within the limits, and a new socket when it is not answered", async () => {
    await stand.entered();
    await pass(25_000);
    expect(stand.signaling.cases()).toContain("ping");
    expect(stand.signaling.sockets).toHaveLength(1);
    delete stand.signaling.answers.ping;
    await pass(40_000);
    expect(stand.signaling.sockets.length).toBeGreaterThan(1);
  });
});

describe("the end", () => {
  it("says good-bye and lets go of everything at once", async () => {
    await stand.entered();
    await stand.room.leave();
    expect([stand.room.phase.value, stand.room.endReason.value]).toEqual(["ended", "left"]);
    expect(stand.signaling.cases()).toContain("leave");
    expect(peer(0).closed).toBe(true);
  });

  it("does not wait for a server that is away", async () => {
    await stand.entered();
    delete stand.signaling.answers.leave;
    const left = stand.room.leave();
    expect(stand.room.phase.value).toBe("ended");
    await pass(1_100);
    await left;
  });

  it.each([
    [ClosingReason.ENDED, "ended"],
    [ClosingReason.REMOVED, "removed"],
  ] as const)("comes from the node: %s", async (reason, end) => {
    await stand.entered();
    nodeSays({ case: "closing", value: { reason } });
    expect([stand.room.phase.value, stand.room.endReason.value]).toEqual(["ended", end]);
  });

  it("comes from signaling, with its reason", async () => {
    await stand.entered();
    stand.signaling.tell({ case: "closing", value: { mayResume: false, error: { code: ErrorCode.REPLACED } } });
    expect(stand.room.endReason.value).toBe("replaced");
    expect(stand.room.failure.value?.code).toBe("REPLACED");
  });

  it("comes in the preview, too, when the meeting is called off", async () => {
    await stand.prepared();
    const error = { code: ErrorCode.MEETING_CANCELLED };
    stand.signaling.tell({ case: "closing", value: { mayResume: false, error } });
    expect(stand.room.endReason.value).toBe("cancelled");
  });

  it("comes with a resume, when the meeting was called off meanwhile", async () => {
    await stand.prepared();
    stand.signaling.answers.resume = () => ({ case: "error", value: { code: ErrorCode.MEETING_CANCELLED } });
    stand.signaling.last.breaks();
    await pass(3_000);
    expect(stand.room.endReason.value).toBe("cancelled");
    expect(stand.signaling.cases().filter((one) => one === "open")).toHaveLength(1);
  });

  it("comes with the meeting's own, and with being removed", async () => {
    await stand.entered();
    stand.signaling.tell({
      case: "rosterEvent",
      value: { sequence: 6n, event: { case: "left", value: { participantId: "siti", reason: LeaveReason.REMOVED } } },
    });
    expect(stand.room.endReason.value).toBe("removed");
  });
});

it("asks for a microphone that may not be turned on without turning it on", async () => {
  const retry = vi.spyOn(OwnMedia.prototype, "retry").mockResolvedValue();
  await stand.entered();
  await stand.room.retryDevice("microphone");
  const settings = { unmuteForbidden: true };
  const meeting = { meetingId: "8123456789", settings };
  stand.signaling.tell({ case: "rosterEvent", value: { sequence: 6n, event: { case: "updated", value: meeting } } });
  await stand.room.retryDevice("microphone");
  await stand.room.retryDevice("camera");
  expect(retry.mock.calls).toEqual([
    ["microphone", true],
    ["microphone", false],
    ["camera", true],
  ]);
});
