import type { MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, it, vi } from "vitest";
import { FORM, pass, SITI, useRoomStand } from "../../dev/room-stand";
import { MeetingRole } from "../gen/sipulung/common/v1/common_pb";
import { ChatMode, type ModeratedSchema, Reaction, ShareMode } from "../gen/sipulung/roster/v1/moderation_pb";
import { failureOf } from "../protocol/failure";

const stand = useRoomStand();

describe("a host", () => {
  const moderated = (sequence: bigint, value: MessageInitShape<typeof ModeratedSchema>) =>
    stand.signaling.tell({ case: "rosterEvent", value: { sequence, event: { case: "moderated", value } } });

  it("turns one's microphone off at once, and says who", async () => {
    await stand.entered();
    const off = vi.spyOn(stand.room, "setMicrophone");
    moderated(6n, {
      byParticipantId: "andi",
      byName: "Andi Baso",
      act: { act: { case: "mute", value: { participantIds: ["siti"] } } },
      affected: ["siti"],
    });
    expect(off).not.toHaveBeenCalled();
    expect(stand.room.microphoneOn.value).toBe(false);
    expect(stand.notices).toEqual([
      { kind: "moderated", act: { kind: "mute", ids: ["siti"] }, by: "Andi Baso", own: false, self: true, names: [] },
    ]);
  });

  it("forbids and allows microphones and shares, and whom it concerns follows", async () => {
    await stand.entered();
    const settings = { unmuteForbidden: true, shareMode: ShareMode.HOSTS, chatMode: ChatMode.HOSTS };
    const updated = (sequence: bigint, more: object) =>
      stand.signaling.tell({
        case: "rosterEvent",
        value: { sequence, event: { case: "updated", value: { meetingId: FORM.meetingId, ...more } } },
      });
    updated(6n, { settings });
    expect([stand.room.microphoneLocked.value, stand.room.shareLocked.value]).toEqual([true, true]);
    expect(await stand.room.setMicrophone(true)).toBe(false);
    expect(await stand.room.shareScreen()).toBe(false);
    await stand.room.say("Mohon izin bicara.");
    expect(stand.room.chat.value[0]?.toHosts).toBe(true);
    const promoted = { ...SITI, role: MeetingRole.CO_HOST };
    stand.signaling.tell({ case: "rosterEvent", value: { sequence: 7n, event: { case: "changed", value: promoted } } });
    expect([stand.room.microphoneLocked.value, stand.room.shareLocked.value]).toEqual([false, false]);
    expect(stand.notices).toContainEqual({
      kind: "role-changed",
      participantId: "siti",
      name: "Siti Aminah",
      role: "co-host",
    });
  });

  it("takes back what was said to hosts from whoever is one no more", async () => {
    await stand.entered();
    const line = (number: bigint, participantId: string, toHosts: boolean) => ({
      number,
      participantId,
      name: participantId,
      text: `${participantId} ${number}`,
      sentAtMs: number,
      clientLineId: "",
      toHosts,
    });
    const chat = [line(1n, "andi", true), line(2n, "siti", true), line(3n, "andi", false)];
    const told = (sequence: bigint, role: MeetingRole, lines: typeof chat) =>
      stand.signaling.tell({
        case: "snapshot",
        value: { meeting: { meetingId: FORM.meetingId }, participants: [{ ...SITI, role }], chat: lines, sequence },
      });
    told(6n, MeetingRole.CO_HOST, chat);
    expect(stand.room.chat.value.map(({ text }) => text)).toEqual(["andi 1", "siti 2", "andi 3"]);
    told(7n, MeetingRole.PARTICIPANT, chat.slice(1));
    expect(stand.room.chat.value.map(({ text }) => text)).toEqual(["siti 2", "andi 3"]);
  });

  it("acts by one request within the limits", async () => {
    await stand.entered();
    await stand.room.moderate({ kind: "settings", change: { locked: true, chatMode: "hosts" } });
    await stand.room.react("applause");
    expect(stand.signaling.requests.slice(-2).map(({ body }) => body)).toMatchObject([
      {
        case: "moderate",
        value: { act: { case: "changeSettings", value: { locked: true, chatMode: ChatMode.HOSTS } } },
      },
      { case: "react", value: { reaction: Reaction.APPLAUSE } },
    ]);
    const long = "a".repeat(65);
    expect((await stand.room.moderate({ kind: "remove", id: long }).then(() => null, failureOf))?.code).toBe(
      "INVALID_FIELD",
    );
  });

  it("sees reactions for a moment", async () => {
    await stand.entered();
    const reacted = { case: "reacted", value: { participantId: "andi", reaction: Reaction.THANKS } } as const;
    stand.signaling.tell({ case: "rosterEvent", value: { sequence: 6n, event: reacted } });
    expect(stand.room.reactions.value.get("andi")).toMatchObject({ name: "Andi Baso", reaction: "thanks" });
    await pass(7_000);
    expect(stand.room.reactions.value.size).toBe(0);
  });
});
