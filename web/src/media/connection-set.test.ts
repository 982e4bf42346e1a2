import { create, toBinary } from "@bufbuild/protobuf";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakePeer, installFakePeers, peer } from "../../dev/fake-peer";
import { NodeToClientSchema } from "../gen/sipulung/media/v1/session_pb";
import { failed } from "../protocol/failure";
import { ConnectionSet, type NegotiatedMedia, type SetHooks } from "./connection-set";

const media = (mediaSessionId: string): NegotiatedMedia => ({ answerSdp: "v=0", mediaSessionId });
const hooks = {
  negotiate: vi.fn<SetHooks["negotiate"]>(),
  reconnect: vi.fn<SetHooks["reconnect"]>(),
  socketUp: vi.fn<SetHooks["socketUp"]>(),
  onState: vi.fn<SetHooks["onState"]>(),
  onActive: vi.fn<SetHooks["onActive"]>(),
  onChannelOpen: vi.fn<SetHooks["onChannelOpen"]>(),
  onMessage: vi.fn<SetHooks["onMessage"]>(),
  onCreated: vi.fn<SetHooks["onCreated"]>(),
};
let set: ConnectionSet;

beforeEach(() => {
  vi.useFakeTimers();
  // A page is not at the first millisecond of its life any more.
  vi.advanceTimersByTime(1_000);
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  installFakePeers();
  for (const hook of Object.values(hooks)) hook.mockReset();
  hooks.socketUp.mockReturnValue(true);
  hooks.negotiate.mockResolvedValue("v=0");
  hooks.reconnect.mockImplementation(async () => media(`m${hooks.reconnect.mock.calls.length + 1}`));
  set = new ConnectionSet(1, hooks);
});

afterEach(() => {
  set.close();
  vi.useRealTimers();
});

async function begun(): Promise<FakePeer> {
  const { connection } = await set.prepare();
  await set.begin(connection, media("m1"));
  return peer(0);
}

async function up(): Promise<FakePeer> {
  const first = await begun();
  first.becomes("connected");
  return first;
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const says = (from: FakePeer) => {
  const message = create(NodeToClientSchema, { body: { case: "speakers", value: { participantIds: ["ani"] } } });
  const bytes = toBinary(NodeToClientSchema, message);
  from.channel?.onmessage?.({ data: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) });
};

describe("coming up", () => {
  it("is active with the answer and up with the transport", async () => {
    const { connection, offerSdp } = await set.prepare();
    expect(offerSdp).toBe("offer 1");
    expect(hooks.onCreated).toHaveBeenCalledWith(connection);
    await set.begin(connection, media("m1"));
    expect(set.active).toBe(connection);
    expect(hooks.onActive).toHaveBeenCalledWith(connection, false);
    peer(0).becomes("connecting");
    peer(0).becomes("connected");
    expect(hooks.onState.mock.calls.map(([state]) => state)).toEqual(
      expect.arrayContaining(["new", "connecting", "up"]),
    );
    peer(0).channel?.opens();
    expect(hooks.onChannelOpen).toHaveBeenCalledWith(connection);
    says(peer(0));
    expect(hooks.onMessage).toHaveBeenCalledTimes(1);
  });

  it("starts again from nothing when the first handshake never ends", async () => {
    (await begun()).becomes("connecting");
    await pass(14_000);
    expect(hooks.reconnect).not.toHaveBeenCalled();
    await pass(2_000);
    expect(hooks.reconnect).toHaveBeenCalledTimes(1);
    expect(peer(0).closed).toBe(true);
    expect(set.active?.mediaSessionId).toBe("m2");
  });

  it("closes what is answered after the end", async () => {
    const { connection } = await set.prepare();
    set.close();
    await set.begin(connection, media("m1"));
    expect(peer(0).closed).toBe(true);
    expect(hooks.onActive).not.toHaveBeenCalled();
  });
});

describe("a lost transport", () => {
  it("gets an ICE restart, and is left alone once it is back", async () => {
    const first = await up();
    first.becomes("disconnected");
    expect(hooks.onState).toHaveBeenLastCalledWith("lost");
    await pass(600);
    expect(hooks.negotiate.mock.calls).toEqual([["m1", "offer 2 restart"]]);
    first.becomes("connected");
    expect(hooks.onState).toHaveBeenLastCalledWith("up");
    await pass(20_000);
    expect(hooks.negotiate).toHaveBeenCalledTimes(1);
    expect(hooks.reconnect).not.toHaveBeenCalled();
  });

  it("is replaced after two restarts that did not help", async () => {
    (await up()).becomes("disconnected");
    await pass(10_000);
    expect(hooks.negotiate).toHaveBeenCalledTimes(2);
    expect(hooks.reconnect).toHaveBeenCalledTimes(1);
    expect(hooks.onActive).toHaveBeenLastCalledWith(set.active, true);
    expect(peer(0).closed).toBe(true);
  });

  it("waits for the socket", async () => {
    hooks.socketUp.mockReturnValue(false);
    (await up()).becomes("failed");
    await pass(5_000);
    expect(hooks.reconnect).not.toHaveBeenCalled();
    hooks.socketUp.mockReturnValue(true);
    await pass(300);
    expect(hooks.reconnect).toHaveBeenCalledTimes(1);
  });

  it("is replaced at once when the node knows the session no more", async () => {
    hooks.negotiate.mockRejectedValue(failed("SESSION_GONE", "restarted"));
    (await up()).becomes("disconnected");
    await pass(1_000);
    expect(hooks.reconnect).toHaveBeenCalledTimes(1);
    expect(set.active?.mediaSessionId).toBe("m2");
  });

  it("is tried again later and later while it cannot be replaced, not before the server's own advice", async () => {
    hooks.reconnect.mockRejectedValueOnce(failed("NO_MEDIA_NODE", "full", "", 5_000));
    (await up()).becomes("failed");
    await pass(1_000);
    expect(hooks.reconnect).toHaveBeenCalledTimes(1);
    await pass(3_000);
    expect(hooks.reconnect).toHaveBeenCalledTimes(1);
    await pass(3_000);
    expect(hooks.reconnect).toHaveBeenCalledTimes(2);
    expect(set.active?.mediaSessionId).toBe("m3");
    expect(peer(1).closed).toBe(true);
  });
});

it("restarts at once on a new network, though nothing is lost yet", async () => {
  await up();
  set.networkChanged();
  await pass(0);
  expect(hooks.negotiate.mock.calls).toEqual([["m1", "offer 2 restart"]]);
});

it("takes an offer back that got no answer", async () => {
  const first = await up();
  hooks.negotiate.mockRejectedValueOnce(failed("UNAVAILABLE", "away"));
  set.networkChanged();
  await pass(0);
  expect(first.rollbacks).toBe(1);
});

describe("a drained node", () => {
  it("is heard until the next one is up, then closed", async () => {
    const first = await up();
    await set.move(false);
    expect([...set.all()]).toHaveLength(2);
    says(first);
    says(peer(1));
    expect(hooks.onMessage).toHaveBeenCalledTimes(1);
    peer(1).becomes("connected");
    expect(hooks.onActive).toHaveBeenLastCalledWith(set.active, true);
    expect(first.closed).toBe(true);
    expect([...set.all()]).toHaveLength(1);
    says(peer(1));
    expect(hooks.onMessage).toHaveBeenCalledTimes(2);
  });

  it("is let go after a while all the same", async () => {
    const first = await up();
    await set.move(false);
    await pass(4_900);
    expect(first.closed).toBe(false);
    await pass(200);
    expect(first.closed).toBe(true);
  });

  it("is kept while its successor is refused, and asked again without a gap", async () => {
    const first = await up();
    hooks.reconnect.mockRejectedValueOnce(failed("NO_MEDIA_NODE", "full", "", 1_000));
    await set.move(false);
    expect(first.closed).toBe(false);
    await pass(4_000);
    expect(hooks.reconnect).toHaveBeenCalledTimes(2);
    expect(first.closed).toBe(false);
    peer(2).becomes("connected");
    expect(first.closed).toBe(true);
  });

  it("is left after the exchange that was under way", async () => {
    await up();
    let answer: (sdp: string) => void = () => undefined;
    hooks.negotiate.mockReturnValueOnce(
      new Promise((resolve) => {
        answer = resolve;
      }),
    );
    set.networkChanged();
    await pass(0);
    await set.move(false);
    expect(hooks.reconnect).not.toHaveBeenCalled();
    answer("v=0");
    await pass(500);
    expect(hooks.reconnect).toHaveBeenCalledTimes(1);
  });

  it("is not waited for when it is gone", async () => {
    const first = await up();
    await set.move(true);
    expect(first.closed).toBe(true);
    expect(set.active?.mediaSessionId).toBe("m2");
  });
});

it("asks for more m-lines by one exchange and shows the connection again", async () => {
  await up();
  await set.growTo(1);
  expect(hooks.negotiate).not.toHaveBeenCalled();
  await set.growTo(3);
  expect(hooks.negotiate.mock.calls).toEqual([["m1", "offer 2"]]);
  expect(hooks.onActive).toHaveBeenLastCalledWith(set.active, false);
  expect(set.active?.videoTrack(3)).toBeDefined();
});

it("stands a new session's connection by while the old one still works", async () => {
  const first = await up();
  const { connection } = await set.prepare();
  await set.begin(connection, media("m9"));
  expect(first.closed).toBe(false);
  peer(1).becomes("connected");
  expect(set.active?.mediaSessionId).toBe("m9");
  expect(first.closed).toBe(true);
});

it("does nothing more after the end", async () => {
  (await up()).becomes("failed");
  set.close();
  await pass(60_000);
  expect(hooks.reconnect).not.toHaveBeenCalled();
  expect(FakePeer.all.every(({ closed }) => closed)).toBe(true);
});
