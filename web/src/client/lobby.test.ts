import { describe, expect, it, vi } from "vitest";
import { peer } from "../../dev/fake-peer";
import { ANDI, FORM, nodeSays, pass, present, SITI, toNode, useRoomStand } from "../../dev/room-stand";
import { ErrorCode } from "../gen/sipulung/common/v1/common_pb";
import { ClosingReason } from "../gen/sipulung/media/v1/session_pb";
import { MeetingState } from "../gen/sipulung/roster/v1/meeting_pb";
import { Presence } from "../gen/sipulung/roster/v1/participant_pb";
import { OwnMedia } from "./own-media";

const stand = useRoomStand();

describe("the lobby", () => {
  const WAITING = { ...SITI, presence: Presence.WAITING };
  const inLobby = {
    sequence: 5n,
    meeting: { meetingId: FORM.meetingId, title: "Rapat Camat" },
    participants: [WAITING],
  };

  async function waiting(): Promise<void> {
    stand.signaling.answers.enter = () => ({ case: "entered", value: { participant: WAITING, snapshot: inLobby } });
    await stand.entered();
  }

  it("is waited in without a word to anybody, until a host admits", async () => {
    await waiting();
    expect([stand.room.phase.value, stand.room.self.value]).toEqual(["waiting", null]);
    expect(toNode().some((body) => body.case === "publish")).toBe(false);
    const snapshot = { ...inLobby, sequence: 9n, participants: [SITI, ANDI] };
    stand.signaling.tell({
      case: "admitted",
      value: { participant: SITI, snapshot, speakers: { participantIds: ["andi"] } },
    });
    expect(stand.room.phase.value).toBe("in-meeting");
    expect([...stand.room.participants.value.keys()].sort()).toEqual(["andi", "siti"]);
    expect(stand.room.speakers.value).toEqual(["andi"]);
    expect(toNode().some((body) => body.case === "publish")).toBe(true);
  });

  it("is left for the meeting, too, when the host admitted while the socket was away", async () => {
    await waiting();
    stand.signaling.last.breaks();
    await pass(3_000);
    expect(stand.room.phase.value).toBe("in-meeting");
  });

  it("is where somebody goes back to whom a resume finds waiting, and who sends nothing until admitted", async () => {
    await stand.entered();
    expect(stand.room.phase.value).toBe("in-meeting");
    stand.signaling.answers.resume = () => ({
      case: "resumed",
      value: { resumeToken: "r2", snapshot: { ...inLobby, sequence: 9n } },
    });
    stand.signaling.last.breaks();
    await pass(3_000);
    expect([stand.room.phase.value, stand.room.self.value]).toEqual(["waiting", null]);
    const published = () => toNode().filter((body) => body.case === "publish").length;
    const before = published();
    await stand.room.setCamera(false);
    expect(published()).toBe(before);
    const snapshot = { ...inLobby, sequence: 10n, participants: [SITI, ANDI] };
    stand.signaling.tell({ case: "admitted", value: { participant: SITI, snapshot } });
    expect(stand.room.phase.value).toBe("in-meeting");
    expect(published()).toBeGreaterThan(before);
  });

  it("goes on where the node let go of media that nobody was admitted with", async () => {
    await waiting();
    nodeSays({ case: "closing", value: { reason: ClosingReason.EXPIRED } });
    await pass(100);
    expect(stand.signaling.cases()).toContain("reconnect");
    expect([stand.room.phase.value, stand.room.endReason.value]).toEqual(["waiting", null]);
    peer(1).becomes("connected");
    peer(1).channel?.opens();
    expect(toNode(1).some((body) => body.case === "publish")).toBe(false);
    const snapshot = { ...inLobby, sequence: 9n, participants: [SITI, ANDI] };
    stand.signaling.tell({ case: "admitted", value: { participant: SITI, snapshot } });
    expect(stand.room.phase.value).toBe("in-meeting");
    expect(toNode(1).some((body) => body.case === "publish")).toBe(true);
  });

  it("ends when a host says no, and keeps the place over a lost session", async () => {
    await waiting();
    stand.signaling.answers.resume = () => ({ case: "error", value: { code: ErrorCode.SESSION_GONE } });
    stand.signaling.last.breaks();
    await pass(3_000);
    expect(stand.signaling.cases().filter((one) => one === "enter")).toHaveLength(2);
    expect(stand.room.phase.value).toBe("waiting");
    stand.signaling.tell({ case: "closing", value: { mayResume: false, error: { code: ErrorCode.LOBBY_DENIED } } });
    expect([stand.room.phase.value, stand.room.endReason.value]).toEqual(["ended", "denied"]);
  });

  it("is seen by a host, who is told of each who waits once", async () => {
    await stand.entered();
    const budi = { participantId: "budi", name: "Budi", presence: Presence.WAITING, joinedAtMs: 7n };
    const changed = (sequence: bigint) =>
      stand.signaling.tell({ case: "rosterEvent", value: { sequence, event: { case: "changed", value: budi } } });
    changed(6n);
    changed(7n);
    expect(stand.room.waiting.value).toEqual([{ id: "budi", name: "Budi", since: 7 }]);
    expect(stand.room.participants.value.has("budi")).toBe(false);
    expect(stand.notices).toEqual([{ kind: "waiting", participantId: "budi", name: "Budi" }]);
    const joined = { case: "joined", value: { ...budi, presence: Presence.PRESENT } } as const;
    stand.signaling.tell({ case: "rosterEvent", value: { sequence: 8n, event: joined } });
    expect(stand.room.waiting.value).toEqual([]);
    expect(stand.room.participants.value.has("budi")).toBe(true);
  });

  it("is left muted where many are let in at once, before anything goes out", async () => {
    await waiting();
    const mute = vi.spyOn(OwnMedia.prototype, "setMicrophone");
    const many = Array.from({ length: 11 }, (_, index) => present(`p${index}`, `Peserta ${index}`));
    const before = toNode().length;
    mute.mockImplementation(async () => {
      expect(toNode()).toHaveLength(before);
      return false;
    });
    const admitted = (sequence: bigint) =>
      stand.signaling.tell({
        case: "admitted",
        value: { participant: SITI, snapshot: { ...inLobby, sequence, participants: [SITI, ...many] } },
      });
    admitted(9n);
    expect([stand.room.phase.value, stand.room.joinedMuted.value]).toEqual(["in-meeting", true]);
    expect(mute.mock.calls).toEqual([[false]]);
    // Who is inside already is not muted again.
    admitted(10n);
    expect(mute).toHaveBeenCalledOnce();
  });

  it("is over when the meeting is called off, which is what is said, whoever tells it first", async () => {
    await waiting();
    nodeSays({ case: "closing", value: { reason: ClosingReason.ENDED } });
    expect(stand.room.phase.value).toBe("waiting");
    const meeting = { ...inLobby.meeting, state: MeetingState.CANCELLED };
    stand.signaling.tell({ case: "rosterEvent", value: { sequence: 6n, event: { case: "ended", value: meeting } } });
    expect([stand.room.phase.value, stand.room.endReason.value]).toEqual(["ended", "cancelled"]);
  });

  it("is over, also where only the node says so", async () => {
    await waiting();
    nodeSays({ case: "closing", value: { reason: ClosingReason.ENDED } });
    await pass(2_100);
    expect([stand.room.phase.value, stand.room.endReason.value]).toEqual(["ended", "ended"]);
  });
});
