import { describe, expect, it } from "vitest";
import { DataSaving } from "../gen/sipulung/media/v1/session_pb";
import { withVoiceSettings } from "./answer";
import { cameraCodecs, faceCodecs, screenCodecs } from "./codecs";
import { accessOf, constraintsOf } from "./devices";
import { cameraEncodings, layerSettings, screenFrames } from "./encodings";
import { LAYOUT_INTERVAL_MS, LayoutRequests } from "./layout-requests";
import { levelOf, TalkingDetector } from "./level-meter";
import { repairAction, type TransportView } from "./repair";
import { changeBetween, sampleOf, UsageRate } from "./stats";

const codec = (mimeType: string, sdpFmtpLine = "") => ({ mimeType, sdpFmtpLine, clockRate: 90_000 });
const ALL = [
  codec("video/VP8"),
  codec("video/rtx"),
  codec("video/VP9"),
  codec("video/H264", "packetization-mode=0;profile-level-id=42e01f"),
  codec("video/H264", "packetization-mode=1;profile-level-id=640032"),
  codec("video/H264", "packetization-mode=1;profile-level-id=42e01f"),
  codec("video/AV1", "profile=1"),
  codec("video/AV1", "level-idx=5;profile=0;tier=0"),
];
const names = (codecs: { mimeType: string }[]) => codecs.map(({ mimeType }) => mimeType);

describe("codecs", () => {
  it("sends the camera in VP8, and in H.264 where there is no VP8", () => {
    expect(names(cameraCodecs(ALL))).toEqual(["video/VP8", "video/rtx"]);
    expect(names(cameraCodecs(ALL.slice(1)))).toEqual(["video/H264", "video/rtx"]);
  });

  it("offers one variant each, AV1 first for the screen, VP9 never", () => {
    expect(names(faceCodecs(ALL))).toEqual(["video/VP8", "video/H264", "video/rtx"]);
    const screen = screenCodecs(ALL);
    expect(names(screen)).toEqual(["video/AV1", "video/VP8", "video/H264", "video/rtx"]);
    expect(screen[0]?.sdpFmtpLine).toContain("profile=0");
    expect(screen[2]?.sdpFmtpLine).toBe("packetization-mode=1;profile-level-id=42e01f");
  });
});

describe("demand", () => {
  const active = (wanted: number, lines: number) => layerSettings(wanted, lines).map((layer) => layer.active);

  it("sends no layer that nobody watches", () => {
    expect(active(0, 720)).toEqual([false, false, false]);
    expect(active(2, 720)).toEqual([true, true, false]);
    expect(active(3, 720)).toEqual([true, true, true]);
  });

  it("has two layers for a small camera", () => {
    expect(active(3, 360)).toEqual([true, true, false]);
    expect(layerSettings(3, 360).map((layer) => layer.scaleResolutionDownBy)).toEqual([2, 1, 1]);
  });

  it("starts with everything off, lowest layer first", () => {
    expect(
      cameraEncodings().map(({ rid, active: on, scaleResolutionDownBy }) => [rid, on, scaleResolutionDownBy]),
    ).toEqual([
      ["q", false, 4],
      ["h", false, 2],
      ["f", false, 1],
    ]);
  });

  it("lowers the screen's frame rate on a weak uplink, with a band in which nothing changes", () => {
    expect([
      screenFrames(0, 0),
      screenFrames(300, 15),
      screenFrames(450, 4),
      screenFrames(450, 15),
      screenFrames(600, 4),
    ]).toEqual([15, 4, 4, 15, 15]);
  });
});

it("turns on DTX and FEC in the answer, with or without an fmtp line", () => {
  const answer = [
    "v=0",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    "a=rtpmap:111 opus/48000/2",
    "a=fmtp:111 minptime=10;useinbandfec=0",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    "a=rtpmap:111 opus/48000/2",
    "m=video 9 UDP/TLS/RTP/SAVPF 96",
    "a=fmtp:96 x=1",
    "",
  ].join("\r\n");
  expect(withVoiceSettings(answer).split("\r\n")).toEqual([
    "v=0",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    "a=rtpmap:111 opus/48000/2",
    "a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    "a=rtpmap:111 opus/48000/2",
    "a=fmtp:111 useinbandfec=1;usedtx=1",
    "m=video 9 UDP/TLS/RTP/SAVPF 96",
    "a=fmtp:96 x=1",
    "",
  ]);
});

describe("layout requests", () => {
  it("sends only what is new, at most once per interval, under growing numbers", () => {
    const requests = new LayoutRequests();
    expect(requests.fresh(0)).toMatchObject({ number: 1, tiles: [], dataSaving: DataSaving.OFF });
    expect(requests.next(1000)).toBeNull();
    requests.setTiles([{ slot: 1, height: 179.6 }]);
    expect(requests.next(1000)).toMatchObject({ number: 2, tiles: [{ slot: 1, height: 180, participantId: "" }] });
    requests.setTiles([{ slot: 1, height: 99_999, participantId: "p" }]);
    expect(requests.next(1050)).toBe(LAYOUT_INTERVAL_MS - 50);
    expect(requests.next(1150)).toMatchObject({ number: 3, tiles: [{ height: 4320, participantId: "p" }] });
    requests.setSaving("audio-only");
    expect(requests.next(2000)).toMatchObject({ number: 4, dataSaving: DataSaving.AUDIO_ONLY });
  });
});

describe("repair", () => {
  const lost: TransportView = {
    state: "lost",
    downMs: 1000,
    sinceRestartMs: Number.POSITIVE_INFINITY,
    restarts: 0,
    networkChanged: false,
    socketUp: true,
  };
  it.each<[string, Partial<TransportView>, string]>([
    ["restarts when lost", {}, "restart"],
    ["waits for the socket", { socketUp: false }, "none"],
    ["gives a blink of an outage a chance", { downMs: 100 }, "none"],
    ["restarts at once on a new network", { state: "up", downMs: 0, networkChanged: true }, "restart"],
    ["leaves a good connection alone", { state: "up", downMs: 0 }, "none"],
    ["gives a restart its time", { sinceRestartMs: 1000, restarts: 1 }, "none"],
    ["replaces after restarts that did not help", { sinceRestartMs: 5000, restarts: 2 }, "replace"],
    ["replaces what failed", { state: "failed" }, "replace"],
    ["replaces what never comes up", { state: "connecting", downMs: 16_000 }, "replace"],
    ["lets a first connection come up", { state: "connecting", downMs: 3000 }, "none"],
  ])("%s", (_name, change, action) => expect(repairAction({ ...lost, ...change })).toBe(action));
});

describe("measurements", () => {
  const report = (bytes: number, lost: number, concealed: number) =>
    new Map<string, unknown>([
      ["T", { type: "transport", bytesReceived: bytes, bytesSent: 10, selectedCandidatePairId: "P" }],
      ["P", { type: "candidate-pair", currentRoundTripTime: 0.12, availableOutgoingBitrate: 300_000 }],
      [
        "A",
        {
          type: "inbound-rtp",
          packetsReceived: 90 + bytes,
          packetsLost: lost,
          totalSamplesReceived: 1000 + bytes,
          concealedSamples: concealed,
          silentConcealedSamples: 0,
        },
      ],
    ]);

  it("tells the difference of two samples, and counts a new connection from zero", () => {
    const first = sampleOf(report(0, 0, 0), 0);
    const second = sampleOf(report(1000, 10, 100), 5000);
    expect(second).toMatchObject({ roundTripMs: 120, outgoingKbps: 300 });
    expect(changeBetween(first, second)).toMatchObject({
      receivedBytes: 1000,
      lossPerMille: 10,
      concealedPerMille: 100,
      elapsedMs: 5000,
    });
    expect(changeBetween(second, first).receivedBytes).toBe(0);
    expect(changeBetween(null, second)).toMatchObject({ receivedBytes: 1000, elapsedMs: 0 });
  });

  it("gives megabytes per hour over the last minute", () => {
    const rate = new UsageRate();
    expect(rate.add(0, 0)).toBe(0);
    expect(rate.add(10_000, 5000)).toBeCloseTo(7.2);
    for (let index = 0; index < 12; index += 1) rate.add(0, 5000);
    expect(rate.add(0, 5000)).toBe(0);
  });
});

describe("the microphone", () => {
  it("has a level of 0 in silence and of 1 at full scale", () => {
    expect(levelOf(new Float32Array(8))).toBe(0);
    expect(levelOf(new Float32Array(8).fill(1))).toBe(1);
  });

  it("is talked into after half a second of voice, and no more after a while without", () => {
    const detector = new TalkingDetector();
    expect([detector.hear(0.6, 0), detector.hear(0.6, 400), detector.hear(0.1, 600), detector.hear(0, 2000)]).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });

  it("tells refused, absent and taken apart", () => {
    const named = (name: string) => accessOf(new DOMException("", name));
    expect([named("NotAllowedError"), named("NotFoundError"), named("NotReadableError"), named("TypeError")]).toEqual([
      "denied",
      "none",
      "in-use",
      "failed",
    ]);
  });

  it("asks a weak phone for 360 lines", () => {
    expect(constraintsOf("camera", "", true)).toMatchObject({ height: { ideal: 360 }, frameRate: { max: 30 } });
    expect(constraintsOf("microphone", "m", false)).toMatchObject({ deviceId: { ideal: "m" }, echoCancellation: true });
  });
});
