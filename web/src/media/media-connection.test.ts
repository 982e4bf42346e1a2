import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { installFakePeers, peer } from "../../dev/fake-peer";
import { ClientToNodeSchema, NodeToClientSchema } from "../gen/sipulung/media/v1/session_pb";
import { failureOf } from "../protocol/failure";
import { MediaConnection } from "./media-connection";

const hooks = { onTransport: vi.fn(), onChannelOpen: vi.fn(), onMessage: vi.fn() };
const track = (kind: string) => ({ kind }) as MediaStreamTrack;

beforeEach(installFakePeers);
afterEach(() => {
  for (const hook of Object.values(hooks)) hook.mockReset();
});

/** "send audio", "receive video" … in the order of the m-lines. */
const lines = (index = 0) =>
  peer(index).transceivers.map(({ kind, direction }) => `${direction === "sendonly" ? "send" : "receive"} ${kind}`);

describe("the offer", () => {
  it("has the m-lines in the order that the node reads", () => {
    new MediaConnection(2, hooks);
    expect(lines()).toEqual([
      "send audio",
      "send video",
      "send video",
      "send audio",
      ...Array<string>(3).fill("receive audio"),
      ...Array.from({ length: 3 }, () => ["receive audio", "receive video"]).flat(),
    ]);
    expect(peer(0).channel).toMatchObject({ label: "session", options: { negotiated: true, id: 0 } });
    expect(peer(0).options).toMatchObject({ bundlePolicy: "max-bundle", iceServers: [] });
  });

  it("names only the codecs of each line", () => {
    new MediaConnection(1, hooks);
    const [microphone, camera, screen] = peer(0).transceivers;
    const [screenSlot, faceSlot] = peer(0).transceivers.filter(
      ({ kind, direction }) => kind === "video" && direction === "recvonly",
    );
    expect(microphone?.codecs).toEqual(["audio/opus"]);
    expect(camera?.codecs).toEqual(["video/VP8", "video/rtx"]);
    expect(screen?.codecs).toEqual(["video/AV1", "video/VP8", "video/H264", "video/rtx"]);
    expect(screenSlot?.codecs).toEqual(screen?.codecs);
    expect(faceSlot?.codecs).toEqual(["video/VP8", "video/H264", "video/rtx"]);
  });

  it("has three layers for the camera and one for the screen", () => {
    new MediaConnection(1, hooks);
    const [, camera, screen] = peer(0).transceivers;
    expect(camera?.sender.parameters.encodings.map(({ rid }) => rid)).toEqual(["q", "h", "f"]);
    expect(screen?.sender.parameters.encodings).toHaveLength(1);
  });

  it("appends pairs for a larger layout and says whether it did", () => {
    const connection = new MediaConnection(1, hooks);
    const before = lines().length;
    expect(connection.growTo(1)).toBe(false);
    expect(connection.growTo(3)).toBe(true);
    expect(lines().slice(before)).toEqual(["receive audio", "receive video", "receive audio", "receive video"]);
    expect(connection.videoTrack(3)?.kind).toBe("video");
    expect(connection.videoTrack(4)).toBeUndefined();
    expect(connection.audioTracks()).toHaveLength(3 + 4);
  });

  it("is taken back when no answer came, and only then", async () => {
    const connection = new MediaConnection(1, hooks);
    await connection.offer();
    await connection.accept("v=0");
    await connection.withdraw();
    expect(peer(0).rollbacks).toBe(0);
    expect(await connection.offer(true)).toBe("offer 2 restart");
    await connection.withdraw();
    expect(peer(0).rollbacks).toBe(1);
  });
});

describe("the transport", () => {
  it.each([
    ["new", "new", "new"],
    ["connecting", "checking", "connecting"],
    ["connected", "connected", "up"],
    ["connected", "disconnected", "lost"],
    ["disconnected", "connected", "lost"],
    ["failed", "disconnected", "failed"],
  ])("is %s and %s: %s", (connectionState, iceState, state) => {
    const connection = new MediaConnection(1, hooks);
    peer(0).becomes(connectionState, iceState);
    expect(connection.state).toBe(state);
    expect(hooks.onTransport).toHaveBeenCalledWith(connection);
  });

  it("remembers when ICE and DTLS were there first", () => {
    const connection = new MediaConnection(1, hooks);
    peer(0).becomes("connecting", "connected");
    expect(connection.reachedAt.ice).toBeGreaterThan(0);
    expect(connection.reachedAt.dtls).toBe(0);
    peer(0).becomes("connected", "completed");
    const { ice, dtls } = connection.reachedAt;
    expect(dtls).toBeGreaterThan(0);
    peer(0).becomes("connected", "connected");
    expect(connection.reachedAt).toEqual({ ice, dtls });
  });

  it("says nothing more once it is closed", () => {
    const connection = new MediaConnection(1, hooks);
    connection.close();
    peer(0).becomes("failed");
    peer(0).channel?.opens();
    expect(peer(0).closed).toBe(true);
    expect(connection.state).toBe("closed");
    expect(hooks.onTransport).not.toHaveBeenCalled();
    expect(hooks.onChannelOpen).not.toHaveBeenCalled();
  });
});

describe("the channel", () => {
  const layout = (number: number) => ({
    case: "layout" as const,
    value: { number, tiles: [{ slot: 1, height: 180 }] },
  });

  it("carries nothing before it is open", () => {
    const connection = new MediaConnection(1, hooks);
    expect(connection.send(layout(1))).toBe(false);
    peer(0).channel?.opens();
    expect(hooks.onChannelOpen).toHaveBeenCalledWith(connection);
    expect(connection.send(layout(2))).toBe(true);
    const sent = peer(0).channel?.sent.map((bytes) => fromBinary(ClientToNodeSchema, bytes).body);
    expect(sent).toMatchObject([{ case: "layout", value: { number: 2, tiles: [{ slot: 1, height: 180 }] } }]);
  });

  it("refuses what the node would refuse", () => {
    const connection = new MediaConnection(1, hooks);
    peer(0).channel?.opens();
    const tiles = Array.from({ length: 500 }, (_, slot) => ({ slot, height: 90 }));
    let thrown: unknown;
    try {
      connection.send({ case: "layout", value: { number: 1, tiles } });
    } catch (error) {
      thrown = error;
    }
    expect(failureOf(thrown)).toMatchObject({ code: "INVALID_FIELD", field: "layout.tiles" });
    expect(peer(0).channel?.sent).toHaveLength(0);
  });

  it("hands on what the node says and survives what nobody can read", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const connection = new MediaConnection(1, hooks);
    const message = create(NodeToClientSchema, { body: { case: "speakers", value: { participantIds: ["ani"] } } });
    const bytes = toBinary(NodeToClientSchema, message);
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    for (const data of ["text", new Uint8Array([0x0a, 0xff, 0xff]).buffer, buffer]) {
      peer(0).channel?.onmessage?.({ data });
    }
    expect(warn).toHaveBeenCalledTimes(1);
    expect(hooks.onMessage).toHaveBeenCalledTimes(1);
    expect(hooks.onMessage.mock.calls[0]).toMatchObject([connection, { case: "speakers" }]);
  });
});

describe("what is sent", () => {
  it("puts a track on its line once, and takes it off without a new offer", async () => {
    const connection = new MediaConnection(1, hooks);
    const microphone = track("audio");
    await connection.setTrack("microphone", microphone);
    await connection.setTrack("microphone", microphone);
    await connection.setTrack("microphone", null);
    expect(peer(0).transceivers[0]?.sender.replaceTrack.mock.calls).toEqual([[microphone], [null]]);
  });

  it("changes the camera's layers only when they differ", async () => {
    const connection = new MediaConnection(1, hooks);
    const camera = peer(0).transceivers[1]?.sender;
    await connection.setCameraLayers(2, 720);
    await connection.setCameraLayers(2, 720);
    expect(camera?.setParameters).toHaveBeenCalledTimes(1);
    expect(camera?.parameters.encodings.map(({ active }) => active)).toEqual([true, true, false]);
  });

  it("keeps the screen sharp and its voice small", async () => {
    const connection = new MediaConnection(1, hooks);
    await connection.setScreen(true, 4);
    await connection.setScreen(true, 4);
    await connection.setVoiceBitrate(16_000);
    const [microphone, , screen] = peer(0).transceivers;
    expect(screen?.sender.setParameters).toHaveBeenCalledTimes(1);
    expect(screen?.sender.parameters).toMatchObject({
      degradationPreference: "maintain-resolution",
      encodings: [{ active: true, maxFramerate: 4 }],
    });
    expect(microphone?.sender.parameters.encodings[0]?.maxBitrate).toBe(16_000);
  });

  it("goes on after a sender refused", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const connection = new MediaConnection(1, hooks);
    const sender = peer(0).transceivers[1]?.sender;
    sender?.replaceTrack.mockRejectedValueOnce(new Error("busy"));
    await connection.setTrack("camera", track("video"));
    await connection.setTrack("camera", track("video"));
    expect(sender?.track).toMatchObject({ kind: "video" });
  });
});
