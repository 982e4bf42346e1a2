import { beforeEach, describe, expect, it, vi } from "vitest";
import { id } from "../../../dev/catalogue";
import { hostMeeting, pastMeeting, ROLL_CALL } from "../../../dev/fake-host";
import { failure, NOW } from "../../../dev/fake-session";
import { alert, choose, host, page, show, standing } from "../../../dev/host-page-stand";
import { id as unsaved } from "../account/i18n/id";
import { id as planning } from "./i18n/id";
import { momentOf, ownTimeZone } from "./zone-time";

standing();

describe("the form of a meeting", () => {
  it("needs a title, and a password that is long enough when it is one's own", async () => {
    await show();
    await page.press(id.host.newMeeting);
    await page.settle(() => [...page.root.querySelectorAll<HTMLInputElement>("input[type=radio]")].at(-1)?.click());
    await page.type(id.host.password, "123");
    await page.submit();
    expect(page.root.textContent).toContain(id.host.titleMissing);
    expect(page.field(id.host.password).getAttribute("aria-invalid")).toBe("true");
  });

  it("asks before what was typed is lost, by Cancel, by the browser's way back, and by closing the tab", async () => {
    const goBack = () =>
      page.settle(() => {
        history.replaceState(null, "", location.pathname);
        dispatchEvent(new PopStateEvent("popstate"));
      });
    const staysOpen = () => {
      const closing = new Event("beforeunload", { cancelable: true });
      dispatchEvent(closing);
      return closing.defaultPrevented;
    };
    await show();
    await page.press(id.host.newMeeting);
    expect(staysOpen()).toBe(false);
    await page.press(id.app.cancel);
    expect(page.has(id.host.newMeeting)).toBe(true);
    await page.press(id.host.newMeeting);
    await page.type(id.host.title, "Rapat Koordinasi");
    expect(staysOpen()).toBe(true);
    for (const leave of [() => page.press(id.app.cancel), goBack]) {
      await leave();
      expect(page.root.querySelector("dialog")?.textContent).toContain(unsaved.text);
      await page.press(unsaved.stay);
      expect(page.field(id.host.title).value).toBe("Rapat Koordinasi");
      expect(history.state).toEqual({ hostStep: true });
    }
    await goBack();
    await page.press(unsaved.discard);
    expect(page.root.querySelector("form.host-form")).toBeNull();
    expect(staysOpen()).toBe(false);
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

  it("schedules a meeting in the tenant's zone, and invites with day and time", async () => {
    const create = vi.spyOn(host, "createMeeting");
    await show();
    await page.press(id.host.newMeeting);
    await page.type(id.host.title, "Rapat Koordinasi");
    await choose(planning.form.kinds.once);
    await page.type(planning.form.date, "2030-11-25");
    await page.type(planning.form.time, "09:00");
    await choose(planning.form.lobby);
    await page.submit();
    expect(create.mock.calls[0]?.[0]).toEqual({
      title: "Rapat Koordinasi",
      capacity: 100,
      lobby: true,
      schedule: {
        date: "2030-11-25",
        time: "09:00",
        durationMinutes: 60,
        openBeforeMinutes: 15,
        timeZone: "Asia/Makassar",
        recurrence: null,
      },
    });
    expect(page.root.textContent).toContain("WITA");
    expect(page.has(planning.invite.calendar)).toBe(true);
  });

  it("makes a series of workdays, or of days that are chosen", async () => {
    const create = vi.spyOn(host, "createMeeting");
    await show();
    await page.press(id.host.newMeeting);
    await page.type(id.host.title, "Apel pagi");
    await choose(planning.form.kinds.series);
    await choose(planning.form.someDays);
    await page.submit();
    expect(page.root.textContent).toContain(planning.form.wrong.days);
    await choose("Senin");
    await choose("Jumat");
    await page.submit();
    expect(create.mock.calls[0]?.[0].schedule?.recurrence).toMatchObject({ workdays: false, weekdays: [1, 5] });
  });

  it("says at its field what is not right, also where only the server knows", async () => {
    host.refusals.createMeeting = failure("INVALID_FIELD", { field: "schedule.date" });
    await show();
    await page.press(id.host.newMeeting);
    await page.type(id.host.title, "Rapat");
    await choose(planning.form.kinds.once);
    await page.type(planning.form.date, "2020-01-01");
    await page.submit();
    expect(page.field(planning.form.date).getAttribute("aria-invalid")).toBe("true");
    await page.type(planning.form.date, "2030-01-01");
    await page.type(planning.form.capacity, "1");
    await page.submit();
    expect(page.root.textContent).toContain(planning.form.wrong.capacity);
    await page.type(planning.form.capacity, "50");
    await page.submit();
    expect(document.activeElement).toBe(page.field(planning.form.date));
  });

  it("shows a series with its days, and changes it", async () => {
    const roll = hostMeeting("7391048265", "Apel pagi", {
      state: "not-open",
      schedule: ROLL_CALL,
      nextStartsAt: NOW + 86_400_000,
    });
    host.meetings = [roll];
    host.past = [pastMeeting(roll, { number: 2 }), pastMeeting(roll, { number: 1, startedAt: NOW - 86_400_000 })];
    host.older = [pastMeeting(roll, { number: 9, startedAt: NOW - 9 * 86_400_000 })];
    await show();
    expect(page.root.textContent).toContain("Setiap hari kerja pukul 07.45 WITA, kecuali hari libur");
    expect(page.root.querySelectorAll(".past-meeting")).toHaveLength(2);
    await page.press(planning.more);
    expect(page.root.querySelectorAll(".past-meeting")).toHaveLength(3);
    expect(page.has(planning.more)).toBe(false);
    await page.press(planning.editOf("Apel pagi"));
    expect(page.field(planning.form.time).value).toBe("07:45");
    await page.type(planning.form.time, "08:00");
    await page.submit();
    expect(host.meetings[0]?.schedule?.time).toBe("08:00");
  });

  it("tells the second of two editors, and keeps what they typed on top of the newest", async () => {
    host.refusals.updateMeeting = failure("CONFLICT", { field: "revision" });
    await show();
    await page.press(planning.editOf("Rapat Camat"));
    await page.type(id.host.title, "Rapat Lurah");
    await page.submit();
    expect(document.activeElement?.textContent).toContain(planning.form.others.met);
    host.meetings = host.meetings.map((one) => ({ ...one, capacity: 300, lobby: true, revision: 7 }));
    host.refusals.listMeetings = failure("OFFLINE");
    await page.press(planning.form.newest);
    expect(page.root.textContent).toContain(id.errors.OFFLINE);
    await page.press(planning.form.newest);
    expect(page.root.textContent).toContain(planning.form.others.taken);
    expect(page.has(planning.form.newest)).toBe(false);
    expect(page.field(id.host.title).value).toBe("Rapat Lurah");
    expect(page.field(planning.form.capacity).value).toBe("300");
    await page.submit();
    expect(host.meetings[1]).toMatchObject({ title: "Rapat Lurah", capacity: 300, lobby: true, revision: 8 });
  });

  it("says that a meeting is over which somebody else ended meanwhile", async () => {
    host.refusals.updateMeeting = failure("CONFLICT", { field: "revision" });
    await show();
    await page.press(planning.editOf("Rapat Camat"));
    await page.type(id.host.title, "Rapat Lurah");
    await page.submit();
    host.meetings = [];
    await page.press(planning.form.newest);
    expect(page.root.textContent).toContain(planning.form.others.over);
    expect(page.field(id.host.title).value).toBe("Rapat Lurah");
  });

  it("lets the host of a meeting that runs over let more people in", async () => {
    const schedule = { ...ROLL_CALL, recurrence: null };
    host.meetings = [
      hostMeeting("7391048265", "Rapat staf", { present: 50, capacity: 50, schedule, nextStartsAt: NOW }),
    ];
    await show();
    await page.press(planning.editOf("Rapat staf"));
    await page.type(planning.form.capacity, "100");
    await page.submit();
    expect(host.meetings[0]).toMatchObject({ capacity: 100, schedule });
  });

  describe("before the list has come", () => {
    const listed = { meetings: [], timeZone: "Asia/Jayapura" };
    let come: (list: typeof listed) => void;

    beforeEach(() => {
      vi.spyOn(host, "listMeetings").mockImplementation(
        () =>
          new Promise((resolve) => {
            come = resolve;
          }),
      );
    });

    const begin = async () => {
      await show();
      await page.press(id.host.newMeeting);
      await page.type(id.host.title, "Rapat");
      await choose(planning.form.kinds.once);
    };
    const hint = () => page.root.querySelector(".zone-hint")?.textContent ?? "";

    it("says no zone but the tenant's, and keeps the time that was typed when it is known", async () => {
      const create = vi.spyOn(host, "createMeeting");
      await begin();
      expect(hint()).toBe(planning.form.zoneUnknown);
      await page.type(planning.form.date, "2090-11-25");
      await page.type(planning.form.time, "09:00");
      await page.settle(() => come(listed));
      expect(hint()).toContain("WIT.");
      expect(page.field(planning.form.time).value).toBe("09:00");
      await page.submit();
      expect(create.mock.calls[0]?.[0].schedule).toMatchObject({
        date: "2090-11-25",
        time: "09:00",
        timeZone: "Asia/Jayapura",
      });
    });

    it("suggests the same moment in the tenant's zone, which is nothing to lose", async () => {
      await begin();
      const moment = () => `${page.field(planning.form.date).value}T${page.field(planning.form.time).value}:00`;
      const before = momentOf(moment().slice(0, 10), moment().slice(11, 16), ownTimeZone());
      await page.settle(() => come(listed));
      const after = momentOf(moment().slice(0, 10), moment().slice(11, 16), "Asia/Jayapura");
      // The half hour may have passed in between.
      expect([0, 1_800_000]).toContain(after - before);
      await choose(planning.form.kinds.now);
      await page.type(id.host.title, "");
      await page.press(id.app.cancel);
      expect(page.root.querySelector("dialog")).toBeNull();
    });

    it("leaves to the server what is over, where the zone cannot be known", async () => {
      vi.mocked(host.listMeetings).mockRejectedValue(failure("UNAVAILABLE"));
      const create = vi
        .spyOn(host, "createMeeting")
        .mockRejectedValue(failure("INVALID_FIELD", { field: "schedule.date" }));
      await begin();
      expect(hint()).toBe(planning.form.zoneUnknown);
      await page.type(planning.form.date, "2020-01-01");
      await page.submit();
      expect(create).toHaveBeenCalled();
      expect(page.field(planning.form.date).getAttribute("aria-invalid")).toBe("true");
    });
  });
});
