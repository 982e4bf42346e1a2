import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { MeetingRole } from "../gen/sipulung/common/v1/common_pb";
import { AssignmentsSchema, MediaStatesSchema, PauseCause, Source } from "../gen/sipulung/media/v1/session_pb";
import {
  ChatLineSchema,
  LeaveReason,
  ParticipantSchema,
  Presence,
  RosterEventSchema,
  SnapshotSchema,
} from "../gen/sipulung/roster/v1/participant_pb";
import { withLines, withOutcome, withOwnLine } from "./chat";
import { formatMeetingId, invitationText, joinLink, meetingIdOf, parseLink } from "./links";
import { handsOf, participantViews, reduceMediaStates, reduceRoster, rosterOf } from "./roster";
import { freeSlot, reduceSlots } from "./slots";
import { clientName, facesFor, isWeak } from "./this-device";

const person = (participantId: string, more: MessageInitShape<typeof ParticipantSchema> = {}) =>
  create(ParticipantSchema, { participantId, name: participantId.toUpperCase(), presence: Presence.PRESENT, ...more });
const event = (sequence: bigint, body: NonNullable<MessageInitShape<typeof RosterEventSchema>["event"]>) =>
  create(RosterEventSchema, { sequence, event: body });
const start = rosterOf(
  create(SnapshotSchema, { sequence: 5n, participants: [person("ani"), person("gone", { presence: Presence.LEFT })] }),
);
const OFF = { publish: { microphone: false, camera: false, screen: false, screenAudio: false }, lost: false };

describe("roster", () => {
  it("takes events in order and tells who came and went", () => {
    const joined = reduceRoster(start, event(6n, { case: "joined", value: person("budi") }));
    expect([...joined.roster.participants.keys()]).toEqual(["ani", "budi"]);
    expect(joined).toMatchObject({ gap: false, stale: false, notice: { kind: "joined", name: "BUDI" } });
    const left = reduceRoster(
      joined.roster,
      event(7n, { case: "left", value: { participantId: "budi", reason: LeaveReason.LOST } }),
    );
    expect(left.notice).toMatchObject({ kind: "left", reason: "lost", name: "BUDI" });
    expect(left.roster.participants.has("budi")).toBe(false);
  });

  it("ignores what it already has, and reports a gap", () => {
    const body = { case: "joined", value: person("budi") } as const;
    expect(reduceRoster(start, event(5n, body))).toMatchObject({ stale: true, notice: null });
    expect(reduceRoster(start, event(5n, body)).roster).toBe(start);
    expect(reduceRoster(start, event(8n, body))).toMatchObject({ gap: true, stale: false, roster: { sequence: 8n } });
  });

  it("tells a raised hand once and the end of the meeting", () => {
    const raised = { case: "changed", value: person("ani", { handRaisedAtMs: 9n }) } as const;
    const step = reduceRoster(start, event(6n, raised));
    expect(step.notice?.kind).toBe("hand-raised");
    expect(reduceRoster(step.roster, event(7n, raised)).notice).toBeNull();
    expect(reduceRoster(start, event(6n, { case: "ended", value: { meetingId: "1" } })).roster.ended).toBe(true);
  });

  it("lays media over people, the own state from here", () => {
    const roster = rosterOf(
      create(SnapshotSchema, {
        participants: [
          person("me", { joinedAtMs: 3n, role: MeetingRole.HOST, handRaisedAtMs: 8n }),
          person("ani", { joinedAtMs: 1n, handRaisedAtMs: 4n }),
          person("lost", { joinedAtMs: 2n, presence: Presence.LOST }),
        ],
      }),
    );
    const states = create(MediaStatesSchema, {
      whole: true,
      states: [
        { participantId: "ani", publish: { camera: true } },
        { participantId: "me", publish: {} },
      ],
    });
    const media = reduceMediaStates(new Map([["old", OFF]]), states);
    expect(media.has("old")).toBe(false);
    const own = { publish: { ...OFF.publish, microphone: true }, lost: false };
    const views = participantViews(roster, media, "me", own);
    expect([...views.keys()]).toEqual(["ani", "lost", "me"]);
    expect(views.get("me")).toMatchObject({ self: true, role: "host", microphone: true });
    expect(views.get("ani")).toMatchObject({ camera: true, lost: false });
    expect(views.get("lost")).toMatchObject({ lost: true, presence: "lost" });
    expect(handsOf(views).map(({ id }) => id)).toEqual(["ani", "me"]);
  });
});

describe("slots", () => {
  const stream = (id: string) => ({ id }) as unknown as MediaStream;
  const slots = [freeSlot(0, stream("s0")), freeSlot(1, stream("s1"))];
  const assigned = (list: MessageInitShape<typeof AssignmentsSchema>["slots"]) =>
    create(AssignmentsSchema, { slots: list });

  it("fills and frees slots and keeps each one's stream", () => {
    const filled = reduceSlots(
      slots,
      assigned([
        { slot: 1, participantId: "ani", source: Source.CAMERA, paused: PauseCause.BANDWIDTH },
        { slot: 40, participantId: "x" },
      ]),
    );
    expect(filled[1]).toMatchObject({ participantId: "ani", paused: "bandwidth", stream: slots[1]?.stream });
    expect(filled[0]).toBe(slots[0]);
    expect(filled).toHaveLength(2);
    expect(reduceSlots(filled, assigned([]))[1]).toEqual(slots[1]);
  });

  it("is the same list when nothing changed", () => {
    expect(reduceSlots(slots, assigned([]))).toBe(slots);
  });
});

describe("chat", () => {
  const line = (number: bigint, participantId: string, clientLineId = "") =>
    create(ChatLineSchema, { number, participantId, clientLineId, text: `line ${number}` });
  const own = { key: "k", participantId: "me", name: "Me", text: "line 2", sentAt: 1, toHosts: false };

  it("recognises the own line and keeps the order", () => {
    const sending = withOwnLine([], own);
    expect(sending[0]?.state).toBe("sending");
    const arrived = withLines(sending, [line(2n, "me", "k"), line(1n, "ani", "k")], "me");
    expect(arrived.map(({ key, state }) => [key, state])).toEqual([
      ["n1", "sent"],
      ["k", "sent"],
    ]);
    expect(withLines(arrived, [line(1n, "ani")], "me")).toHaveLength(2);
  });

  it("marks a line that failed, but not one that arrived after all", () => {
    const failure = { code: "OFFLINE", message: "", field: "", retryAfterMs: 0 } as const;
    expect(withOutcome(withOwnLine([], own), "k", failure)[0]).toMatchObject({ state: "failed", failure });
    const arrived = withLines(withOwnLine([], own), [line(2n, "me", "k")], "me");
    expect(withOutcome(arrived, "k", failure)[0]?.state).toBe("sent");
  });
});

describe("links", () => {
  it("reads meeting ids as people type them", () => {
    expect([
      meetingIdOf("812 345-6789"),
      meetingIdOf("0123456789"),
      meetingIdOf("81234"),
      meetingIdOf("８１２３４５６７８９"),
    ]).toEqual(["8123456789", "", "", "8123456789"]);
    expect(formatMeetingId("8123456789")).toBe("812 345 6789");
  });

  it("carries any password in the fragment and back", () => {
    const password = "pås #?&%/ 1";
    const url = new URL(joinLink("8123456789", password, "https://rapat.example"));
    expect(url.pathname).toBe("/r/8123456789");
    expect(parseLink(url)).toEqual({ page: "join", meetingId: "8123456789", password });
  });

  it("ends with nothing that a messenger would leave out of it", () => {
    for (const password of ["Rahasia123!", "(apel)", "rapat.", "rapat-", "rapat_", "a*b*", "it's~"]) {
      const link = joinLink("8123456789", password, "https://rapat.example");
      expect(link).toMatch(/[0-9A-Za-z]$/);
      expect(link).not.toMatch(/[!'()*]/);
      expect(parseLink(new URL(link))).toMatchObject({ password });
    }
    expect(joinLink("8123456789", "padi-hijau", "")).toBe("/r/8123456789#padi-hijau");
  });

  it("never throws on what a messenger made of a link", () => {
    expect(parseLink({ pathname: "/r/8123456789", hash: "#%E0%A4%A" })).toMatchObject({
      page: "join",
      password: "%E0%A4%A",
    });
    expect(parseLink({ pathname: "/r/%zz", hash: "" }).page).toBe("unknown");
    expect(parseLink({ pathname: "/", hash: "#x" })).toEqual({ page: "join", meetingId: "", password: "" });
  });

  it("writes an invitation with the link on a line of its own", () => {
    const words = {
      heading: "Undangan rapat",
      meetingId: "ID rapat",
      password: "Kata sandi",
      link: "Tautan",
      when: "",
    };
    const text = invitationText({ id: "8123456789", title: "Rapat *A*", password: "rahasia" }, words, "https://x");
    expect(text.split("\n")).toContain("https://x/r/8123456789#rahasia");
    expect(text).toContain("*Rapat A*");
  });
});

it("knows what this device is", () => {
  expect([facesFor({ width: 360, height: 640 }), facesFor({ width: 1920, height: 1080 })]).toEqual([4, 9]);
  expect([isWeak({ deviceMemory: 2 }), isWeak({ deviceMemory: 8, hardwareConcurrency: 8 })]).toEqual([true, false]);
  const agent =
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36";
  expect(clientName(agent)).toBe("Chrome 156, Android");
  expect(clientName(`${agent} Edg/155.0.0.0`)).toBe("Edg 155, Android");
});
