import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Publisher } from "../media/publisher";
import type { SessionNotice } from "./contract";
import { OwnMedia } from "./own-media";

const INPUTS = [
  { kind: "audioinput", deviceId: "m1", label: "Mikrofon" },
  { kind: "videoinput", deviceId: "c1", label: "Kamera" },
];
const getUserMedia = vi.fn<(wanted: MediaStreamConstraints) => Promise<unknown>>();
const enumerateDevices = vi.fn<() => Promise<unknown>>();
const getDisplayMedia = vi.fn<() => Promise<unknown>>();
const publisher = { setOn: vi.fn(), setTrack: vi.fn(), setScreenSound: vi.fn() };
let notices: SessionNotice[];
let own: OwnMedia;

interface FakeTrack {
  readonly kind: string;
  readonly stop: ReturnType<typeof vi.fn<() => void>>;
  onended: (() => void) | null;
  contentHint: string;
  getSettings(): { deviceId: string };
}

const track = (kind: string): FakeTrack => ({
  kind,
  stop: vi.fn<() => void>(),
  onended: null,
  contentHint: "",
  getSettings: () => ({ deviceId: kind === "audio" ? "m1" : "c1" }),
});

const streamOf = (tracks: readonly FakeTrack[]) => ({
  getTracks: () => tracks,
  getAudioTracks: () => tracks.filter(({ kind }) => kind === "audio"),
  getVideoTracks: () => tracks.filter(({ kind }) => kind === "video"),
});

const asked = (wanted: MediaStreamConstraints) =>
  streamOf([...(wanted.audio ? [track("audio")] : []), ...(wanted.video ? [track("video")] : [])]);

beforeEach(() => {
  getUserMedia.mockReset().mockImplementation(async (wanted) => asked(wanted));
  enumerateDevices.mockReset().mockResolvedValue(INPUTS);
  const mediaDevices = {
    getUserMedia,
    getDisplayMedia,
    enumerateDevices,
    addEventListener: vi.fn(),
    removeEventListener: vi.fn(),
  };
  vi.stubGlobal("navigator", { mediaDevices, permissions: { query: async () => ({ state: "prompt" }) } });
  vi.stubGlobal("MediaStream", class {});
  notices = [];
  own = new OwnMedia(publisher as unknown as Publisher, {
    onPublish: vi.fn(),
    onNotice: (notice) => notices.push(notice),
  });
});

afterEach(() => own.dispose());

const refuse = (name: string) => getUserMedia.mockRejectedValue(new DOMException("", name));

describe("what one sends", () => {
  it("is asked for in one question and on with its devices", async () => {
    await own.open(true, true);
    expect(getUserMedia).toHaveBeenCalledTimes(1);
    expect([own.microphoneOn.value, own.cameraOn.value]).toEqual([true, true]);
    expect(own.cameraPreview.value).not.toBeNull();
    expect(own.devices.view.value).toMatchObject({ microphone: "granted", camera: "granted", chosenCamera: "c1" });
  });

  it("is off when it was refused, and nobody is asked a second time", async () => {
    refuse("NotAllowedError");
    await own.open(true, true);
    expect(getUserMedia).toHaveBeenCalledTimes(1);
    expect([own.microphoneOn.value, own.cameraOn.value]).toEqual([false, false]);
    expect(own.devices.view.value).toMatchObject({ microphone: "denied", camera: "denied" });
  });

  it("is the microphone alone when there is no camera", async () => {
    enumerateDevices.mockResolvedValue(INPUTS.slice(0, 1));
    await own.open(true, true);
    expect([own.microphoneOn.value, own.cameraOn.value]).toEqual([true, false]);
    expect(own.devices.view.value.camera).toBe("none");
  });

  it("is off at an address without HTTPS", async () => {
    vi.stubGlobal("navigator", {});
    const bare = new OwnMedia(publisher as unknown as Publisher, { onPublish: vi.fn(), onNotice: vi.fn() });
    await bare.open(true, true);
    expect([bare.microphoneOn.value, bare.cameraOn.value]).toEqual([false, false]);
    expect(bare.devices.view.value).toMatchObject({ microphone: "insecure", camera: "insecure" });
  });

  it("lets the camera go when it is off, and keeps the microphone for unmuting", async () => {
    await own.open(true, true);
    const camera = own.devices.track("camera") as unknown as FakeTrack;
    const microphone = own.devices.track("microphone") as unknown as FakeTrack;
    await own.setCamera(false);
    await own.setMicrophone(false);
    expect(camera.stop).toHaveBeenCalled();
    expect(microphone.stop).not.toHaveBeenCalled();
    expect(own.cameraPreview.value).toBeNull();
    expect(await own.setCamera(true)).toBe(true);
  });

  it("stays off when turning it on is refused", async () => {
    await own.open(false, false);
    refuse("NotReadableError");
    expect(await own.setCamera(true)).toBe(false);
    expect(own.devices.view.value.camera).toBe("in-use");
  });

  it("says that a device was unplugged and takes the next one", async () => {
    await own.open(true, false);
    const microphone = own.devices.track("microphone") as unknown as FakeTrack;
    microphone.onended?.();
    await vi.waitFor(() => expect(own.devices.track("microphone")).not.toBeNull());
    expect(notices).toEqual([{ kind: "device-unplugged", device: "microphone" }]);
    expect(own.devices.view.value.unplugged).toBe("microphone");
  });
});

describe("a screen that is chosen too late", () => {
  /** Opens the dialog; what is returned chooses in it. */
  function choosing(may?: () => boolean) {
    const picture = track("video");
    let choose: (stream: unknown) => void = () => undefined;
    getDisplayMedia.mockReset().mockReturnValue(new Promise((resolve) => (choose = resolve)));
    publisher.setTrack.mockClear();
    const shared = own.shareScreen(may);
    return { picture, shared, choose: () => choose(streamOf([picture])) };
  }

  it("is let go of when hosts do not allow it any more", async () => {
    let may = true;
    const { picture, shared, choose } = choosing(() => may);
    may = false;
    choose();
    expect(await shared).toBe(false);
    expect(picture.stop).toHaveBeenCalled();
    expect([own.ownScreen.value, publisher.setTrack.mock.calls]).toEqual([null, []]);
  });

  it("is let go of when the meeting is over", async () => {
    const { picture, shared, choose } = choosing();
    own.dispose();
    choose();
    expect(await shared).toBe(false);
    expect(picture.stop).toHaveBeenCalled();
    expect(publisher.setTrack.mock.calls.filter(([, one]) => one !== null)).toEqual([]);
  });
});

it("is repaired without being turned on where that is not allowed", async () => {
  refuse("NotAllowedError");
  await own.open(true, false);
  getUserMedia.mockReset().mockImplementation(async (wanted) => asked(wanted));
  await own.retry("microphone", false);
  expect([own.devices.track("microphone") !== null, own.microphoneOn.value]).toEqual([true, false]);
});
