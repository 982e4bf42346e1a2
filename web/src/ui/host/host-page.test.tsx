import { describe, expect, it, vi } from "vitest";
import { id } from "../../../dev/catalogue";
import { ACCOUNT } from "../../../dev/fake-account";
import { hostMeeting } from "../../../dev/fake-host";
import { failure } from "../../../dev/fake-session";
import { alert, host, page, session, show, standing } from "../../../dev/host-page-stand";
import { room } from "../room";
import { id as planning } from "./i18n/id";

standing();

describe("my meetings", () => {
  it("stand with the open ones first, whole titles, and nothing to do for what has ended", async () => {
    await show();
    expect([...page.root.querySelectorAll("h2, h3")].map((title) => title.textContent)).toEqual([
      planning.upcoming,
      "Rapat Camat",
      planning.past,
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
    expect(page.root.textContent).not.toContain(planning.nothingUpcoming);
    await page.press(id.app.tryAgain);
    expect(page.root.textContent).toContain(planning.nothingUpcoming);
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

  it("shows the head of a unit the meetings of others, without what is only their host's", async () => {
    host.ofOthers = [hostMeeting("9123456789", "Rapat Bidang", { ownerId: "other", ownerName: "Ibu Rina" })];
    await show("head-of-unit");
    expect(page.root.textContent).not.toContain("Rapat Bidang");
    await page.settle(() => {
      const select = page.field(planning.scope) as unknown as HTMLSelectElement;
      select.value = "unit";
      select.dispatchEvent(new Event("change", { bubbles: true }));
    });
    expect(page.root.textContent).toContain(planning.by("Ibu Rina"));
    expect(page.has(id.host.joinMeeting("Rapat Bidang"))).toBe(false);
    expect(page.has(id.attendance.of("Rapat Bidang"))).toBe(true);
  });
});
