import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { id } from "../../../dev/catalogue";
import { FakeSession, failure } from "../../../dev/fake-session";
import { type ShownPage, showPage } from "../../../dev/shown-page";
import { type Room, room } from "../room";
import { PreviewPage } from "./preview-page";

const FORM = { name: "Siti Aminah", meetingId: "8123456789", password: "padi-hijau-77" };
const ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36";

let session: FakeSession;
let page: ShownPage;

beforeEach(() => {
  session = new FakeSession();
  session.phase.value = "preview";
});

afterEach(() => {
  page.close();
  room.value = null;
});

async function show(change: (session: FakeSession) => void = () => undefined): Promise<ShownPage> {
  change(session);
  const current: Room = { session, form: FORM, from: "join" };
  room.value = current;
  page = await showPage(<PreviewPage room={current} />);
  return page;
}

describe("the preview", () => {
  it("says where one is going and that nobody sees one yet", async () => {
    await show();
    expect(page.root.querySelector("h1")?.textContent).toBe("Rapat Koordinasi Camat");
    expect(document.activeElement).toBe(page.root.querySelector("h1"));
    expect(page.root.textContent).toContain(id.preview.present(4));
    expect(page.root.textContent).toContain(id.preview.nobodySees);
    expect(page.root.textContent).toContain(id.preview.transport.up);
  });

  it("turns microphone and camera on and off, in words and for a screen reader", async () => {
    await show();
    expect(page.button("Mikrofon").getAttribute("aria-pressed")).toBe("true");
    await page.press("Mikrofon");
    await page.press("Kamera");
    expect(session.microphoneOn.value).toBe(false);
    expect(page.button("Mikrofon").getAttribute("aria-pressed")).toBe("false");
    expect(page.button("Kamera").textContent).toContain(id.controls.off);
    expect(page.root.textContent).toContain(id.preview.cameraOff);
  });

  it("shows the microphone's level as it moves, and that a voice was heard", async () => {
    await show();
    expect(page.root.textContent).toContain(id.preview.levelSilent);
    await page.settle(() => {
      session.microphoneLevel.value = 0.5;
    });
    expect(page.root.querySelector<HTMLElement>(".level-bar")?.style.transform).toBe("scaleX(0.500)");
    expect(page.root.textContent).toContain(id.preview.levelHearing);
  });

  it("says exactly what to do when permission was denied, and asks for both again", async () => {
    vi.spyOn(navigator, "userAgent", "get").mockReturnValue(ANDROID);
    await show((fake) => {
      fake.devices.value = { ...fake.devices.value, camera: "denied", microphone: "denied" };
    });
    expect(page.button("Mikrofon").getAttribute("aria-pressed")).toBe("false");
    const steps = [...page.root.querySelectorAll(".steps li")].map((step) => step.textContent);
    expect(steps).toEqual(id.preview.steps["chrome-android"]);
    await page.press(id.preview.askAgain);
    expect(session.devices.value).toMatchObject({ camera: "granted", microphone: "granted" });
    expect(page.has(id.preview.askAgain)).toBe(false);
  });

  it("works with neither camera nor microphone", async () => {
    await show((fake) => {
      fake.devices.value = { ...fake.devices.value, camera: "none", microphone: "none", cameras: [], microphones: [] };
      fake.cameraOn.value = fake.microphoneOn.value = false;
    });
    expect(page.root.textContent).toContain(id.preview.none(id.preview.both));
    await page.press("Gabung");
    expect(session.phase.value).toBe("in-meeting");
  });

  it("says why one joins muted", async () => {
    await show((fake) => {
      fake.joinedMuted.value = true;
      fake.microphoneOn.value = false;
    });
    expect(page.root.textContent).toContain(id.preview.mutedBecauseMany);
    await page.press("Mikrofon");
    expect(page.root.textContent).not.toContain(id.preview.mutedBecauseMany);
  });

  it("chooses a device", async () => {
    await show();
    const choice = page.field(id.preview.microphone);
    await page.settle(() => {
      choice.value = "m2";
      choice.dispatchEvent(new Event("change", { bubbles: true }));
    });
    expect(session.devices.value.chosenMicrophone).toBe("m2");
  });

  it("enters once, however often Gabung is pressed", async () => {
    const enter = vi.spyOn(session, "enter");
    session.hanging.add("enter");
    await show();
    await page.press("Gabung");
    await page.settle(() => page.root.querySelector<HTMLElement>(".preview-join .main")?.click());
    expect(enter).toHaveBeenCalledTimes(1);
    expect(page.root.querySelector(".preview-join .main")?.getAttribute("aria-disabled")).toBe("true");
  });

  it("says why it was not let in, and lets one try again", async () => {
    session.refusals.enter = failure("MEETING_FULL");
    await show();
    await page.press("Gabung");
    expect(page.root.querySelector("[role=alert]")?.textContent).toContain(id.errors.MEETING_FULL);
    await page.press("Gabung");
    expect(session.phase.value).toBe("in-meeting");
  });

  it("goes back without a trace", async () => {
    await show();
    await page.press("Kembali");
    expect(session.phase.value).toBe("ended");
    expect(room.value).toBeNull();
  });
});
