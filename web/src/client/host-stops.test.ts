import { describe, expect, it, vi } from "vitest";
import { peer } from "../../dev/fake-peer";
import { FORM, nodeSays, pass, toNode, useRoomStand } from "../../dev/room-stand";

const stand = useRoomStand();

/** In the meeting, heard. */
async function heard(): Promise<void> {
  const track = {
    kind: "audio",
    stop: vi.fn(),
    onended: null,
    contentHint: "",
    getSettings: () => ({ deviceId: "m1" }),
  };
  const stream = { getTracks: () => [track], getAudioTracks: () => [track], getVideoTracks: () => [] };
  const mediaDevices = {
    getUserMedia: async () => stream,
    enumerateDevices: async () => [{ kind: "audioinput", deviceId: "m1", label: "Mikrofon" }],
    addEventListener: vi.fn(),
    removeEventListener: vi.fn(),
  };
  vi.stubGlobal("navigator", { ...navigator, mediaDevices, permissions: { query: async () => ({ state: "prompt" }) } });
  await stand.room.prepare({ ...FORM, microphone: true, camera: false });
  await pass(10);
  peer(0).becomes("connected");
  peer(0).channel?.opens();
  await stand.room.enter();
  expect(stand.room.self.value?.microphone).toBe(true);
}

const published = () => toNode().flatMap((body) => (body.case === "publish" ? [body.value] : []));
const stop = (number: number) => nodeSays({ case: "stopped", value: { number, sources: { microphone: true } } });
const muted: Parameters<typeof stand.signaling.tell>[0] = {
  case: "rosterEvent",
  value: {
    sequence: 6n,
    event: {
      case: "moderated",
      value: {
        byParticipantId: "andi",
        byName: "Andi Baso",
        act: { act: { case: "mute", value: { participantIds: ["siti"] } } },
        affected: ["siti"],
      },
    },
  },
};

describe("what a host turns off", () => {
  it("is off here and said, also while the socket is away, and the node learns that it was heard", async () => {
    await heard();
    stand.signaling.last.breaks();
    stop(1);
    expect([stand.room.microphoneOn.value, stand.room.self.value?.microphone]).toEqual([false, false]);
    expect(stand.notices).toEqual([
      { kind: "moderated", act: { kind: "mute", ids: ["siti"] }, by: "", own: false, self: true, names: [] },
    ]);
    expect(published().at(-1)).toMatchObject({ microphone: false, stopsHeard: 1 });
    // Nothing that knows of the stop says that the microphone is on.
    expect(published().some(({ microphone, stopsHeard }) => microphone && stopsHeard === 1)).toBe(false);
    await pass(5_000);
    expect([stand.room.connection.value.socket, stand.room.microphoneOn.value]).toEqual(["up", false]);
    expect(stand.notices).toHaveLength(1);
  });

  it("is said once, by name, where the socket tells it too", async () => {
    await heard();
    stop(1);
    expect(stand.room.microphoneOn.value).toBe(false);
    stand.signaling.tell(muted);
    await pass(5_000);
    expect(stand.notices).toMatchObject([{ kind: "moderated", by: "Andi Baso" }]);
  });

  it("is said all the same where the socket only seems to be there", async () => {
    await heard();
    stop(1);
    expect(stand.notices).toEqual([]);
    await pass(2_100);
    expect(stand.notices).toMatchObject([{ kind: "moderated", by: "", self: true }]);
  });

  it("may be turned on again, and what was off already is only acknowledged", async () => {
    await heard();
    stop(1);
    await pass(2_100);
    await stand.room.setMicrophone(true);
    expect(published().at(-1)).toMatchObject({ microphone: true, stopsHeard: 1 });
    await stand.room.setMicrophone(false);
    stand.notices.length = 0;
    stop(2);
    await pass(5_000);
    expect(published().at(-1)).toMatchObject({ microphone: false, stopsHeard: 2 });
    expect(stand.notices).toEqual([]);
  });
});
