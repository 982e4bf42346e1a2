import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ACCOUNT, FakeAccount } from "../../../dev/fake-account";
import { FakeHost, hostMeeting } from "../../../dev/fake-host";
import { FakeSession, failure, NOW } from "../../../dev/fake-session";
import { type ShownPage, showPage } from "../../../dev/shown-page";
import { id } from "../i18n/id";
import { room } from "../room";
import { HostPage } from "./host-page";

let host: FakeHost;
let session: FakeSession;
let page: ShownPage;

beforeEach(() => {
  host = new FakeHost();
  session = new FakeSession();
  host.meetings = [
    hostMeeting("6204918375", "Apel pagi", { state: "ended", endedAt: NOW }),
    hostMeeting("8123456789", "Rapat Camat", { present: 12 }),
  ];
});

afterEach(() => {
  page.close();
  room.value = null;
});

async function show(): Promise<void> {
  page = await showPage(<HostPage session={new FakeAccount()} account={ACCOUNT} rest="" />, {
    loadHostApi: async () => host,
    loadOpenSession: async () => () => session,
  });
}

const alert = () => page.root.querySelector("[role=alert]")?.textContent ?? "";

describe("my meetings", () => {
  it("stand with the open ones first, whole titles, and nothing to do for what has ended", async () => {
    await show();
    expect([...page.root.querySelectorAll("h2")].map((title) => title.textContent)).toEqual([
      "Rapat Camat",
      "Apel pagi",
    ]);
    expect(page.has(id.host.joinMeeting("Rapat Camat"))).toBe(true);
    expect(page.has(id.host.joinMeeting("Apel pagi"))).toBe(false);
    expect(page.root.textContent).toContain(id.host.presentNow(12));
  });

  it("say so when there are none, and when they cannot be loaded", async () => {
    host.meetings = [];
    host.refusals.listMeetings = failure("UNAVAILABLE");
    await show();
    expect(alert()).toContain(id.errors.UNAVAILABLE);
    expect(page.root.textContent).not.toContain(id.host.empty);
    await page.press(id.app.tryAgain);
    expect(page.root.textContent).toContain(id.host.empty);
  });

  it("are joined without a password, as the host", async () => {
    const prepare = vi.spyOn(session, "prepare");
    await show();
    await page.press(id.host.joinMeeting("Rapat Camat"));
    expect(prepare).toHaveBeenCalledWith({
      name: ACCOUNT.name,
      meetingId: "8123456789",
      password: "",
      accessToken: "access-token",
    });
    expect(room.value?.from).toBe("host");
  });

  it("are ended only after the question, whose first answer is no", async () => {
    await show();
    await page.press(id.host.endMeeting("Rapat Camat"));
    expect(page.root.textContent).toContain(id.host.endText("Rapat Camat"));
    expect(document.activeElement).toBe(page.button(id.app.cancel));
    await page.press(id.app.cancel);
    expect(host.meetings[1]?.state).toBe("open");
    await page.press(id.host.endMeeting("Rapat Camat"));
    await page.press(id.host.end);
    expect(host.meetings[1]?.state).toBe("ended");
    expect(page.has(id.host.endMeeting("Rapat Camat"))).toBe(false);
  });
});

describe("a new meeting", () => {
  const writeText = vi.fn<(text: string) => Promise<void>>();

  beforeEach(() => {
    writeText.mockReset().mockResolvedValue(undefined);
    vi.spyOn(navigator, "clipboard", "get").mockReturnValue({ writeText } as unknown as Clipboard);
  });

  it("needs a title, and a password that is long enough when it is one's own", async () => {
    await show();
    await page.press(id.host.newMeeting);
    await page.settle(() => page.root.querySelectorAll<HTMLInputElement>("input[type=radio]")[1]?.click());
    await page.type(id.host.password, "123");
    await page.submit();
    expect(page.root.textContent).toContain(id.host.titleMissing);
    expect(page.field(id.host.password).getAttribute("aria-invalid")).toBe("true");
  });

  it("gives an invitation that is copied whole", async () => {
    await show();
    await page.press(id.host.newMeeting);
    await page.type(id.host.title, " Rapat Koordinasi ");
    await page.submit();
    expect(page.root.querySelector("h1")?.textContent).toBe("Rapat Koordinasi");
    expect(page.root.textContent).toContain("812 345 6781");
    await page.press(id.invitation.copy);
    const copied = writeText.mock.calls[0]?.[0] ?? "";
    for (const part of ["*Rapat Koordinasi*", "/r/8123456781#padi-hijau-77", "812 345 6781", "padi-hijau-77"]) {
      expect(copied).toContain(part);
    }
    expect(page.root.textContent).toContain(id.invitation.copied);
  });

  it("shows the text to be copied by hand where the browser forbids it", async () => {
    writeText.mockRejectedValue(new DOMException("no", "NotAllowedError"));
    await show();
    await page.press(id.host.newMeeting);
    await page.type(id.host.title, "Rapat Koordinasi");
    await page.submit();
    await page.press(id.invitation.copy);
    expect(page.root.textContent).toContain(id.invitation.copyFailed);
    expect(page.root.querySelector("textarea")?.value).toContain("/r/8123456781#padi-hijau-77");
  });

  it("says why it was not made, and keeps what was typed", async () => {
    host.refusals.createMeeting = failure("UNAVAILABLE");
    await show();
    await page.press(id.host.newMeeting);
    await page.type(id.host.title, "Rapat Koordinasi");
    await page.submit();
    expect(alert()).toContain(id.errors.UNAVAILABLE);
    expect(page.field(id.host.title).value).toBe("Rapat Koordinasi");
  });

  it("gets a new password when the old one is not known any more", async () => {
    await show();
    await page.press(id.host.inviteTo("Rapat Camat"));
    expect(page.root.textContent).toContain(id.host.inviteNeedsPassword);
    await page.press(id.host.newPassword);
    await page.press(id.host.newPasswordMake);
    expect(page.root.textContent).toContain("kopi-toraja-42");
    await page.press(id.invitation.done);
    await page.press(id.host.inviteTo("Rapat Camat"));
    expect(page.root.textContent).toContain("kopi-toraja-42");
  });
});
