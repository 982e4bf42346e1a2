import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakePeer, installFakePeers, peer } from "../../dev/fake-peer";
import { FakeSignaling } from "../../dev/fake-signaling";
import { ErrorCode, MeetingRole } from "../gen/sipulung/common/v1/common_pb";
import { ClientToNodeSchema, ClosingReason, NodeToClientSchema, Source } from "../gen/sipulung/media/v1/session_pb";
import { ChatMode, type ModeratedSchema, Reaction, ShareMode } from "../gen/sipulung/roster/v1/moderation_pb";
import { LeaveReason, Presence } from "../gen/sipulung/roster/v1/participant_pb";
import { failureOf } from "../protocol/failure";
import type { SessionNotice } from "./contract";
import { MeetingRoom } from "./meeting-room";

const FORM = { name: "Siti Aminah", meetingId: "8123456789", password: "padi-hijau-77" };
const fetched = vi.fn<typeof fetch>();
const present = (participantId: string, name: string) => ({ participantId, name, presence: Presence.PRESENT });
const SITI = present("siti", "Siti Aminah");
const ANDI = present("andi", "Andi Baso");

let signaling: FakeSignaling;
let room: MeetingRoom;
let notices: SessionNotice[];

class FakeStream {
  readonly #tracks: unknown[];
  constructor(tracks: unknown[] = []) {
    this.#tracks = [...tracks];
  }
  getTracks() {
    return [...this.#tracks];
  }
  getAudioTracks() {
    return this.getTracks();
  }
  addTrack(track: unknown) {
    this.#tracks.push(track);
  }
  removeTrack(track: unknown) {
    this.#tracks.splice(this.#tracks.indexOf(track), 1);
  }
}

/** The few things of a page that a meeting touches. */
function installPage(): void {
  const listen = { addEventListener: vi.fn(), removeEventListener: vi.fn() };
  vi.stubGlobal("navigator", {
    onLine: true,
    userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Firefox/127.0",
    ...listen,
  });
  vi.stubGlobal("location", { origin: "https://rapat.example.go.id" });
  vi.stubGlobal("screen", { width: 1280, height: 720 });
  vi.stubGlobal("innerHeight", 720);
  vi.stubGlobal("devicePixelRatio", 1);
  vi.stubGlobal("document", { visibilityState: "visible", ...listen });
  vi.stubGlobal("addEventListener", listen.addEventListener);
  vi.stubGlobal("MediaStream", FakeStream);
  vi.stubGlobal(
    "Audio",
    class {
      srcObject: unknown = null;
      autoplay = false;
      async play() {}
    },
  );
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.advanceTimersByTime(1_000);
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  installFakePeers();
  installPage();
  vi.stubGlobal("fetch", fetched);
  fetched.mockReset().mockImplementation(async () =>
    Response.json({
      join_token: "token",
      participant_id: "siti",
      meeting: { meeting_id: FORM.meetingId, title: "Rapat Camat", present: 1, capacity: 100 },
    }),
  );
  signaling = new FakeSignaling();
  Object.assign(signaling.answers, {
    open: () => ({
      case: "opened",
      value: {
        sessionId: "session",
        resumeToken: "r1",
        answerSdp: "v=0",
        participantId: "siti",
        present: 1,
        mediaSessionId: "m1",
      },
    }),
    enter: () => ({
      case: "entered",
      value: {
        participant: SITI,
        snapshot: {
          sequence: 5n,
          meeting: { meetingId: FORM.meetingId, title: "Rapat Camat", capacity: 100 },
          participants: [SITI, ANDI],
        },
        assignments: { slots: [{ slot: 1, participantId: "andi", source: Source.CAMERA }] },
        mediaStates: { whole: true, states: [{ participantId: "andi", publish: { microphone: true, camera: true } }] },
        speakers: { participantIds: ["andi"] },
      },
    }),
    resume: () => ({ case: "resumed", value: { resumeToken: "r2", snapshot: { sequence: 9n, participants: [SITI] } } }),
    reconnect: () => ({ case: "reconnected", value: { answerSdp: "v=0", mediaSessionId: "m2" } }),
    negotiate: () => ({ case: "negotiated", value: { answerSdp: "v=0" } }),
    ping: () => ({ case: "pong", value: {} }),
    leave: () => ({ case: "done", value: {} }),
    say: () => ({ case: "done", value: {} }),
    raiseHand: () => ({ case: "done", value: {} }),
    moderate: () => ({ case: "done", value: {} }),
    react: () => ({ case: "done", value: {} }),
    timings: () => ({ case: "done", value: {} }),
  });
  notices = [];
  room = new MeetingRoom();
  room.onNotice((notice) => notices.push(notice));
});

afterEach(() => {
  room.dispose();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const prepared = () => room.prepare({ ...FORM, microphone: false, camera: false });

async function entered(): Promise<void> {
  await prepared();
  peer(0).becomes("connected");
  peer(0).channel?.opens();
  await room.enter();
}

function nodeSays(body: NonNullable<MessageInitShape<typeof NodeToClientSchema>["body"]>, from = 0): void {
  const bytes = toBinary(NodeToClientSchema, create(NodeToClientSchema, { body }));
  peer(from).channel?.onmessage?.({ data: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) });
}

const toNode = (index = 0) =>
  (peer(index).channel?.sent ?? []).map((bytes) => fromBinary(ClientToNodeSchema, bytes).body);

describe("getting in", () => {
  it("comes to the preview with one token, one Open and the offer in it", async () => {
    await prepared();
    expect(room.phase.value).toBe("preview");
    expect(room.meeting.value).toMatchObject({ title: "Rapat Camat", present: 1 });
    expect(signaling.last.url).toBe("wss://rapat.example.go.id/ws");
    expect(signaling.cases()).toEqual(["open"]);
    expect(signaling.requests[0]?.body.value).toMatchObject({ joinToken: "token", offerSdp: "offer 1" });
    expect(room.self.value).toBeNull();
  });

  it("knows everybody with the answer to Enter", async () => {
    await entered();
    expect(room.phase.value).toBe("in-meeting");
    expect([...room.participants.value.values()].map(({ name, self }) => [name, self])).toEqual(
      expect.arrayContaining([
        ["Andi Baso", false],
        ["Siti Aminah", true],
      ]),
    );
    expect(room.slots.value[1]).toMatchObject({ participantId: "andi", source: "camera" });
    expect(room.speakers.value).toEqual(["andi"]);
    expect(room.participants.value.get("andi")).toMatchObject({ microphone: true, camera: true, screen: false });
  });

  it("goes back to the form when it is refused, and lets go of everything", async () => {
    const error = { code: "WRONG_ID_OR_PASSWORD", field: "", message: "no", retry_after_ms: 0 };
    fetched.mockImplementation(async () => Response.json({ error }, { status: 403 }));
    const thrown = await prepared().then(() => null, failureOf);
    expect(thrown?.code).toBe("WRONG_ID_OR_PASSWORD");
    expect(room.phase.value).toBe("idle");
    expect(room.failure.value?.code).toBe("WRONG_ID_OR_PASSWORD");
    expect(FakePeer.all.every(({ closed }) => closed)).toBe(true);
  });

  it("stays at the preview when Enter is refused", async () => {
    const enter = signaling.answers.enter;
    signaling.answers.enter = () => ({ case: "error", value: { code: ErrorCode.MEETING_FULL } });
    await prepared();
    expect((await room.enter().then(() => null, failureOf))?.code).toBe("MEETING_FULL");
    expect(room.phase.value).toBe("preview");
    signaling.answers.enter = enter;
    await room.enter();
    expect(room.phase.value).toBe("reconnecting");
    peer(0).becomes("connected");
    expect(room.phase.value).toBe("in-meeting");
  });
});

describe("what others do", () => {
  it("is told once, and not about oneself", async () => {
    await entered();
    const join = (sequence: bigint, participant: typeof ANDI) =>
      signaling.tell({ case: "rosterEvent", value: { sequence, event: { case: "joined", value: participant } } });
    join(6n, present("budi", "Budi"));
    join(6n, present("budi", "Budi"));
    join(7n, SITI);
    expect(notices).toEqual([{ kind: "joined", participantId: "budi", name: "Budi" }]);
    expect(room.participants.value.get("budi")?.name).toBe("Budi");
  });

  it("brings polls, and one's own vote goes out", async () => {
    await entered();
    signaling.answers.vote = () => ({ case: "done", value: {} });
    const polled = { pollId: "p1", question: "Setuju?", options: [{ text: "ya" }, { text: "tidak" }] };
    signaling.tell({ case: "rosterEvent", value: { sequence: 6n, event: { case: "polled", value: polled } } });
    const voting = room.polls.vote("p1", 1);
    await pass(0);
    await voting;
    expect(room.polls.all.value).toMatchObject([{ id: "p1", question: "Setuju?", ownVote: 1 }]);
    expect(signaling.requests[signaling.requests.length - 1]?.body).toMatchObject({
      case: "vote",
      value: { pollId: "p1", option: 1 },
    });
  });

  it("brings a new snapshot by a new socket when events were missed", async () => {
    await entered();
    signaling.tell({
      case: "rosterEvent",
      value: { sequence: 8n, event: { case: "left", value: { participantId: "andi", reason: LeaveReason.LEFT } } },
    });
    await pass(5_000);
    expect(signaling.sockets).toHaveLength(2);
    expect(signaling.cases()).toContain("resume");
    expect([...room.participants.value.keys()]).toEqual(["siti"]);
    expect(room.phase.value).toBe("in-meeting");
  });

  it("shows screens that start and stop", async () => {
    await entered();
    const shares = (screen: boolean) =>
      nodeSays({
        case: "mediaStates",
        value: { states: [{ participantId: "andi", publish: { microphone: true, camera: true, screen } }] },
      });
    shares(true);
    shares(true);
    shares(false);
    expect(notices.map(({ kind }) => kind)).toEqual(["screen-started", "screen-stopped"]);
  });

  it("is heard of by chat, where a line of one's own is there at once", async () => {
    await entered();
    const said = room.say("Selamat pagi.");
    expect(room.chat.value).toMatchObject([
      { text: "Selamat pagi.", own: true, state: "sending", name: "Siti Aminah" },
    ]);
    await said;
    expect(room.chat.value[0]?.state).toBe("sent");
    signaling.tell({
      case: "rosterEvent",
      value: {
        sequence: 6n,
        event: { case: "said", value: { number: 1n, participantId: "andi", name: "Andi Baso", text: "Pagi." } },
      },
    });
    expect(room.chat.value.map(({ text }) => text)).toEqual(["Pagi.", "Selamat pagi."]);
  });
});

describe("the lobby", () => {
  const WAITING = { ...SITI, presence: Presence.WAITING };
  const inLobby = {
    sequence: 5n,
    meeting: { meetingId: FORM.meetingId, title: "Rapat Camat" },
    participants: [WAITING],
  };

  async function waiting(): Promise<void> {
    signaling.answers.enter = () => ({ case: "entered", value: { participant: WAITING, snapshot: inLobby } });
    await entered();
  }

  it("is waited in without a word to anybody, until a host admits", async () => {
    await waiting();
    expect([room.phase.value, room.self.value]).toEqual(["waiting", null]);
    expect(toNode().some((body) => body.case === "publish")).toBe(false);
    const snapshot = { ...inLobby, sequence: 9n, participants: [SITI, ANDI] };
    signaling.tell({
      case: "admitted",
      value: { participant: SITI, snapshot, speakers: { participantIds: ["andi"] } },
    });
    expect(room.phase.value).toBe("in-meeting");
    expect([...room.participants.value.keys()].sort()).toEqual(["andi", "siti"]);
    expect(room.speakers.value).toEqual(["andi"]);
    expect(toNode().some((body) => body.case === "publish")).toBe(true);
  });

  it("is left for the meeting, too, when the host admitted while the socket was away", async () => {
    await waiting();
    signaling.last.breaks();
    await pass(3_000);
    expect(room.phase.value).toBe("in-meeting");
  });

  it("ends when a host says no, and keeps the place over a lost session", async () => {
    await waiting();
    signaling.answers.resume = () => ({ case: "error", value: { code: ErrorCode.SESSION_GONE } });
    signaling.last.breaks();
    await pass(3_000);
    expect(signaling.cases().filter((one) => one === "enter")).toHaveLength(2);
    expect(room.phase.value).toBe("waiting");
    signaling.tell({ case: "closing", value: { mayResume: false, error: { code: ErrorCode.LOBBY_DENIED } } });
    expect([room.phase.value, room.endReason.value]).toEqual(["ended", "denied"]);
  });

  it("is seen by a host, who is told of each who waits once", async () => {
    await entered();
    const budi = { participantId: "budi", name: "Budi", presence: Presence.WAITING, joinedAtMs: 7n };
    const changed = (sequence: bigint) =>
      signaling.tell({ case: "rosterEvent", value: { sequence, event: { case: "changed", value: budi } } });
    changed(6n);
    changed(7n);
    expect(room.waiting.value).toEqual([{ id: "budi", name: "Budi", since: 7 }]);
    expect(room.participants.value.has("budi")).toBe(false);
    expect(notices).toEqual([{ kind: "waiting", participantId: "budi", name: "Budi" }]);
    const joined = { case: "joined", value: { ...budi, presence: Presence.PRESENT } } as const;
    signaling.tell({ case: "rosterEvent", value: { sequence: 8n, event: joined } });
    expect(room.waiting.value).toEqual([]);
    expect(room.participants.value.has("budi")).toBe(true);
  });
});

describe("a host", () => {
  const moderated = (sequence: bigint, value: MessageInitShape<typeof ModeratedSchema>) =>
    signaling.tell({ case: "rosterEvent", value: { sequence, event: { case: "moderated", value } } });

  it("turns one's microphone off at once, and says who", async () => {
    await entered();
    const off = vi.spyOn(room, "setMicrophone");
    moderated(6n, {
      byParticipantId: "andi",
      byName: "Andi Baso",
      act: { act: { case: "mute", value: { participantIds: ["siti"] } } },
      affected: ["siti"],
    });
    expect(off).not.toHaveBeenCalled();
    expect(room.microphoneOn.value).toBe(false);
    expect(notices).toEqual([
      { kind: "moderated", act: { kind: "mute", ids: ["siti"] }, by: "Andi Baso", own: false, self: true, names: [] },
    ]);
  });

  it("forbids and allows microphones and shares, and whom it concerns follows", async () => {
    await entered();
    const settings = { unmuteForbidden: true, shareMode: ShareMode.HOSTS, chatMode: ChatMode.HOSTS };
    const updated = (sequence: bigint, more: object) =>
      signaling.tell({
        case: "rosterEvent",
        value: { sequence, event: { case: "updated", value: { meetingId: FORM.meetingId, ...more } } },
      });
    updated(6n, { settings });
    expect([room.microphoneLocked.value, room.shareLocked.value]).toEqual([true, true]);
    expect(await room.setMicrophone(true)).toBe(false);
    expect(await room.shareScreen()).toBe(false);
    await room.say("Mohon izin bicara.");
    expect(room.chat.value[0]?.toHosts).toBe(true);
    const promoted = { ...SITI, role: MeetingRole.CO_HOST };
    signaling.tell({ case: "rosterEvent", value: { sequence: 7n, event: { case: "changed", value: promoted } } });
    expect([room.microphoneLocked.value, room.shareLocked.value]).toEqual([false, false]);
    expect(notices).toContainEqual({
      kind: "role-changed",
      participantId: "siti",
      name: "Siti Aminah",
      role: "co-host",
    });
  });

  it("acts by one request within the limits", async () => {
    await entered();
    await room.moderate({ kind: "settings", change: { locked: true, chatMode: "hosts" } });
    await room.react("applause");
    expect(signaling.requests.slice(-2).map(({ body }) => body)).toMatchObject([
      {
        case: "moderate",
        value: { act: { case: "changeSettings", value: { locked: true, chatMode: ChatMode.HOSTS } } },
      },
      { case: "react", value: { reaction: Reaction.APPLAUSE } },
    ]);
    const long = "a".repeat(65);
    expect((await room.moderate({ kind: "remove", id: long }).then(() => null, failureOf))?.code).toBe("INVALID_FIELD");
  });

  it("sees reactions for a moment", async () => {
    await entered();
    const reacted = { case: "reacted", value: { participantId: "andi", reaction: Reaction.THANKS } } as const;
    signaling.tell({ case: "rosterEvent", value: { sequence: 6n, event: reacted } });
    expect(room.reactions.value.get("andi")).toMatchObject({ name: "Andi Baso", reaction: "thanks" });
    await pass(7_000);
    expect(room.reactions.value.size).toBe(0);
  });
});

describe("the layout", () => {
  it("is told to the node when the channel opens, and later only what is new", async () => {
    await entered();
    const layouts = () => toNode().filter((body) => body.case === "layout").length;
    const before = layouts();
    expect(before).toBeGreaterThan(0);
    room.setLayout([{ slot: 1, height: 360 }]);
    await pass(1_000);
    room.setLayout([{ slot: 1, height: 360 }]);
    await pass(1_000);
    expect(layouts()).toBe(before + 1);
  });
});

describe("an outage", () => {
  it("of the socket changes nothing but the word for it, and the session goes on", async () => {
    await entered();
    signaling.last.breaks();
    expect(room.connection.value).toMatchObject({ socket: "waiting", attempt: 1, media: "up" });
    expect(room.phase.value).toBe("in-meeting");
    await pass(3_000);
    expect(room.connection.value).toMatchObject({ socket: "up", attempt: 0 });
    expect(signaling.cases()).toContain("resume");
    expect(peer(0).closed).toBe(false);
  });

  it("of the media is repaired without a click", async () => {
    await entered();
    peer(0).becomes("disconnected");
    expect(room.phase.value).toBe("reconnecting");
    await pass(600);
    expect(signaling.cases()).toContain("negotiate");
    peer(0).becomes("connected");
    expect(room.phase.value).toBe("in-meeting");
  });

  it("of the node moves one to another, and says so", async () => {
    await entered();
    signaling.tell({ case: "mediaMoved", value: { urgent: true } });
    await pass(100);
    expect(signaling.cases()).toContain("reconnect");
    expect(peer(0).closed).toBe(true);
    expect(notices).toContainEqual({ kind: "media-moved" });
  });

  it("in which signaling forgot the session is answered by a new one, entered again", async () => {
    await entered();
    signaling.answers.resume = () => ({ case: "error", value: { code: ErrorCode.SESSION_GONE } });
    signaling.last.breaks();
    await pass(3_000);
    expect(signaling.cases().filter((one) => one === "open" || one === "enter")).toEqual([
      "open",
      "enter",
      "open",
      "enter",
    ]);
    expect(room.phase.value).toBe("in-meeting");
  });

  it("is noticed in silence: a ping within the limits, and a new socket when it is not answered", async () => {
    await entered();
    await pass(25_000);
    expect(signaling.cases()).toContain("ping");
    expect(signaling.sockets).toHaveLength(1);
    delete signaling.answers.ping;
    await pass(40_000);
    expect(signaling.sockets.length).toBeGreaterThan(1);
  });
});

describe("the end", () => {
  it("says good-bye and lets go of everything at once", async () => {
    await entered();
    await room.leave();
    expect([room.phase.value, room.endReason.value]).toEqual(["ended", "left"]);
    expect(signaling.cases()).toContain("leave");
    expect(peer(0).closed).toBe(true);
  });

  it("does not wait for a server that is away", async () => {
    await entered();
    delete signaling.answers.leave;
    const left = room.leave();
    expect(room.phase.value).toBe("ended");
    await pass(1_100);
    await left;
  });

  it.each([
    [ClosingReason.ENDED, "ended"],
    [ClosingReason.REMOVED, "removed"],
  ] as const)("comes from the node: %s", async (reason, end) => {
    await entered();
    nodeSays({ case: "closing", value: { reason } });
    expect([room.phase.value, room.endReason.value]).toEqual(["ended", end]);
  });

  it("comes from signaling, with its reason", async () => {
    await entered();
    signaling.tell({ case: "closing", value: { mayResume: false, error: { code: ErrorCode.REPLACED } } });
    expect(room.endReason.value).toBe("replaced");
    expect(room.failure.value?.code).toBe("REPLACED");
  });

  it("comes with the meeting's own, and with being removed", async () => {
    await entered();
    signaling.tell({
      case: "rosterEvent",
      value: { sequence: 6n, event: { case: "left", value: { participantId: "siti", reason: LeaveReason.REMOVED } } },
    });
    expect(room.endReason.value).toBe("removed");
  });
});
