import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { id } from "../../../dev/catalogue";
import { enterRoom } from "../../../dev/fake-room";
import { FakeSession, participant } from "../../../dev/fake-session";
import { type ShownPage, showPage } from "../../../dev/shown-page";
import { room } from "../room";
import { RoomPage } from "../room-page";

let session: FakeSession;
let page: ShownPage;

beforeEach(async () => {
  session = new FakeSession();
  session.phase.value = "waiting";
  page = await showPage(<RoomPage room={enterRoom(session)} />);
});

afterEach(() => {
  page.close();
  room.value = null;
  vi.useRealTimers();
});

const words = () => page.root.textContent ?? "";

describe("the lobby", () => {
  it("says where one is, that the host knows, and since when one waits", () => {
    expect(document.title).toBe(id.lobby.pageTitle);
    expect(words()).toContain("Rapat Koordinasi Camat");
    expect(words()).toContain(id.lobby.told);
    expect(words()).toMatch(/Menunggu sejak pukul \d\d\.\d\d\./);
    expect(document.activeElement?.textContent).toBe(id.lobby.title);
  });

  it("lets one switch microphone and camera as they will be", async () => {
    await page.settle(() => page.root.querySelectorAll<HTMLElement>(".toggle")[0]?.click());
    expect(session.microphoneOn.value).toBe(false);
    await page.settle(() => page.root.querySelectorAll<HTMLElement>(".toggle")[1]?.click());
    expect(session.cameraOn.value).toBe(false);
    expect(words()).toContain(id.preview.cameraOff);
  });

  it("gives way to the meeting without a click", async () => {
    await page.settle(() => {
      session.gather(participant("self", "Siti Aminah"), []);
    });
    expect(page.has(id.lobby.leave)).toBe(false);
    expect(words()).toContain(id.meeting.alone);
  });

  it("ends kindly when the host says no", async () => {
    await page.settle(() => session.end("denied"));
    expect(words()).toContain(id.ended.denied.title);
    expect(page.has(id.ended.again)).toBe(false);
  });

  it("says that the connection is lost and when it is tried again", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
    await page.settle(() => {
      session.connection.value = { socket: "waiting", attempt: 1, nextTryAt: performance.now() + 8_000, media: "up" };
    });
    expect(words()).not.toContain(id.lobby.reconnectingText);
    await page.settle(() => vi.advanceTimersByTime(1_000));
    expect(words()).toContain(id.lobby.reconnectingText);
    await page.press(id.meeting.reconnectNow);
    await page.settle(() => vi.advanceTimersByTime(1_000));
    expect(words()).not.toContain(id.lobby.reconnectingText);
  });

  it("is left by one press", async () => {
    await page.press(id.lobby.leave);
    expect(session.endReason.value).toBe("left");
    expect(room.value).toBeNull();
  });
});
