import { beforeEach, describe, expect, it, vi } from "vitest";
import { id } from "../../../dev/catalogue";
import { hostMeeting, ROLL_CALL } from "../../../dev/fake-host";
import { choose, host, page, show, standing } from "../../../dev/host-page-stand";
import { id as planning } from "./i18n/id";

standing();

describe("an invitation", () => {
  const writeText = vi.fn<(text: string) => Promise<void>>();

  beforeEach(() => {
    writeText.mockReset().mockResolvedValue(undefined);
    vi.spyOn(navigator, "clipboard", "get").mockReturnValue({ writeText } as unknown as Clipboard);
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

  it("gets a new password when the old one is not known any more", async () => {
    await show();
    await page.press(id.host.inviteTo("Rapat Camat"));
    expect(page.root.textContent).toContain(id.host.inviteNeedsPassword);
    // Whoever has the password already needs only the link again.
    await page.press(id.invitation.copy);
    const copied = writeText.mock.calls[0]?.[0] ?? "";
    expect(copied).toMatch(/\/r\/\d{10}\n/);
    expect(copied).not.toContain(id.invitation.password);
    await page.press(id.host.newPassword);
    await page.press(id.host.newPasswordMake);
    expect(page.root.textContent).toContain("kopi-toraja-42");
    await page.press(id.invitation.done);
    await page.press(id.host.inviteTo("Rapat Camat"));
    expect(page.root.textContent).toContain("kopi-toraja-42");
  });

  it("is invited to with its days and its next time", async () => {
    const nextStartsAt = Date.parse("2026-12-06T23:45:00Z");
    host.meetings = [hostMeeting("7391048265", "Apel pagi", { state: "not-open", schedule: ROLL_CALL, nextStartsAt })];
    await show();
    await page.press(id.host.inviteTo("Apel pagi"));
    const next =
      "Setiap hari kerja pukul 07.45 WITA, kecuali hari libur; berikutnya Senin, 7 Desember 2026 pukul 07.45 WITA";
    expect(page.root.textContent).toContain(next);
    expect(page.button(id.invitation.whatsapp).getAttribute("href")).toContain(encodeURIComponent(next));
  });

  it("gives a QR code and a calendar file, with the password only where it is asked for", async () => {
    const calendar = vi.spyOn(host, "calendarFile");
    vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:x");
    await show();
    await page.press(id.host.newMeeting);
    await page.type(id.host.title, "Rapat");
    await choose(planning.form.kinds.once);
    await page.type(planning.form.date, "2030-11-25");
    await page.submit();
    await page.press(planning.invite.calendar);
    expect(calendar).toHaveBeenCalledWith("8123456781", "id", "");
    await choose(planning.invite.withPassword);
    await page.press(planning.invite.calendar);
    expect(calendar).toHaveBeenLastCalledWith("8123456781", "id", "padi-hijau-77");
    await page.press(planning.invite.qr);
    await page.settle(() => import("./invitation-qr"));
    expect(page.root.querySelector<HTMLImageElement>(".qr-code")?.src).toContain("data:image/svg+xml");
    expect(page.root.querySelector(".qr-sheet")?.textContent).toContain("812 345 6781");
    expect(page.has(planning.invite.print)).toBe(true);
  });
});
