import { beforeEach, describe, expect, it, vi } from "vitest";
import { id } from "../../../dev/catalogue";
import { hostMeeting, ROLL_CALL } from "../../../dev/fake-host";
import { failure, NOW } from "../../../dev/fake-session";
import { alert, choose, host, page, show, standing } from "../../../dev/host-page-stand";
import { id as planning } from "./i18n/id";

standing();

describe("a meeting that is called off", () => {
  describe("of a series", () => {
    // The next one, and the day after, long after this test runs: what is over is called off no more.
    const NEXT = Date.parse("2090-03-19T07:45:00+08:00");
    const days = { first: "Minggu, 19 Maret 2090", second: "Senin, 20 Maret 2090" };
    const series = (more = {}) =>
      hostMeeting("7391048265", "Apel pagi", { state: "not-open", schedule: ROLL_CALL, nextStartsAt: NEXT, ...more });

    beforeEach(() => {
      host.meetings = [series()];
    });

    it("calls off the next time only, and holds it after all", async () => {
      await show();
      await page.press(planning.cancelOf("Apel pagi"));
      const next = `${days.first} pukul 07.45 WITA`;
      expect(page.root.textContent).toContain(planning.cancelOnce("Apel pagi", next));
      expect(document.activeElement).toBe(page.button(id.app.back));
      await page.press(planning.cancel);
      expect(host.meetings[0]).toMatchObject({ state: "not-open", nextStartsAt: NEXT + 86_400_000 });
      expect(page.root.textContent).toContain(planning.notOn(days.first));
      expect(page.root.textContent).toContain(days.second);
      await page.press(planning.editOf("Apel pagi"));
      const off = page.field(days.first);
      for (const held of [true, false, true]) {
        await page.settle(() => off.click());
        expect(off.checked, "what is held after all stays where it stood").toBe(!held);
      }
      await page.submit();
      expect(host.meetings[0]?.schedule?.recurrence?.calledOff).toEqual([]);
    });

    it("calls it off on what somebody else changed meanwhile", async () => {
      await show();
      host.refusals.updateMeeting = failure("CONFLICT", { field: "revision" });
      host.meetings = [series({ title: "Apel bersama", revision: 9 })];
      await page.press(planning.cancelOf("Apel pagi"));
      await page.press(planning.cancel);
      expect(host.meetings[0]).toMatchObject({ title: "Apel bersama", nextStartsAt: NEXT + 86_400_000 });
    });

    it("says that somebody else moved it meanwhile", async () => {
      await show();
      host.refusals.updateMeeting = failure("CONFLICT", { field: "revision" });
      host.meetings = [series({ nextStartsAt: NEXT + 3_600_000 })];
      await page.press(planning.cancelOf("Apel pagi"));
      await page.press(planning.cancel);
      expect(host.meetings[0]).toMatchObject({ nextStartsAt: NEXT + 3_600_000 });
      expect(alert()).toContain(id.errors.CONFLICT);
    });

    it("has nothing to do where somebody else was faster", async () => {
      await show();
      host.refusals.updateMeeting = failure("CONFLICT", { field: "revision" });
      const rule = ROLL_CALL.recurrence && { ...ROLL_CALL.recurrence, calledOff: ["2090-03-19"] };
      host.meetings = [series({ schedule: { ...ROLL_CALL, recurrence: rule }, nextStartsAt: NEXT + 86_400_000 })];
      await page.press(planning.cancelOf("Apel pagi"));
      await page.press(planning.cancel);
      expect(page.root.querySelector("dialog")).toBeNull();
      expect(page.root.textContent).toContain(planning.notOn(days.first));
    });

    it("says that the last one is not called off alone", async () => {
      host.refusals.updateMeeting = failure("INVALID_FIELD", { field: "schedule.recurrence.called_off_dates" });
      await show();
      await page.press(planning.cancelOf("Apel pagi"));
      await page.press(planning.cancel);
      expect(alert()).toContain(planning.notAlone);
    });

    it("says why that cannot be", async () => {
      await show();
      host.refusals.updateMeeting = failure("UNAVAILABLE");
      await page.press(planning.cancelOf("Apel pagi"));
      await page.press(planning.cancel);
      expect(alert()).toContain(id.errors.UNAVAILABLE);
      expect(host.meetings[0]?.nextStartsAt).toBe(NEXT);
    });

    it("says in the form that no day is left", async () => {
      const rule = ROLL_CALL.recurrence && { ...ROLL_CALL.recurrence, calledOff: ["2090-03-19"] };
      host.meetings = [series({ schedule: { ...ROLL_CALL, recurrence: rule } })];
      host.refusals.updateMeeting = failure("INVALID_FIELD", { field: "schedule.recurrence.called_off_dates" });
      await show();
      await page.press(planning.editOf("Apel pagi"));
      await page.submit();
      expect(alert()).toContain(planning.form.wrong.calledOff);
    });
  });

  describe("of a series that is open, or lingers after all have left", () => {
    const TODAY = Date.parse("2090-03-19T07:45:00+08:00");
    const words = {
      today: "Minggu, 19 Maret 2090 pukul 07.45 WITA",
      tomorrow: "Senin, 20 Maret 2090 pukul 07.45 WITA",
      afterThat: "Selasa, 21 Maret 2090 pukul 07.45 WITA",
    };
    const open = (more = {}) =>
      hostMeeting("7391048265", "Apel pagi", {
        state: "open",
        begun: true,
        schedule: ROLL_CALL,
        nextStartsAt: TODAY,
        ...more,
      });
    const calledOff = () => host.meetings[0]?.schedule?.recurrence?.calledOff;
    const choices = () => [...page.root.querySelectorAll("dialog label.choice")].map((label) => label.textContent);

    beforeEach(() => {
      host.meetings = [open()];
    });

    it("calls off the one that follows, and leaves the one that is on", async () => {
      await show();
      await page.press(planning.cancelOf("Apel pagi"));
      expect(choices()).toEqual([
        planning.onlyOpen(words.today),
        planning.onlyNext(words.tomorrow),
        planning.allToCome,
      ]);
      expect(page.root.textContent).toContain(planning.cancelOnce("Apel pagi", words.tomorrow));
      expect(document.activeElement).toBe(page.button(id.app.back));
      await page.press(planning.cancel);
      expect(calledOff()).toEqual(["2090-03-20"]);
      expect(host.meetings[0]).toMatchObject({ state: "open", nextStartsAt: TODAY });
    });

    it("knows by the server's days which one that is", async () => {
      host.holidays = ["2090-03-20"];
      await show();
      await page.press(planning.cancelOf("Apel pagi"));
      await page.press(planning.cancel);
      expect(calledOff()).toEqual(["2090-03-21"]);
    });

    it("calls it off also where the one before has ended meanwhile, and something was changed", async () => {
      await show();
      await page.press(planning.cancelOf("Apel pagi"));
      host.refusals.updateMeeting = failure("CONFLICT", { field: "revision" });
      host.meetings = [open({ state: "not-open", title: "Apel", revision: 4, nextStartsAt: TODAY + 86_400_000 })];
      await page.press(planning.cancel);
      expect(calledOff()).toEqual(["2090-03-20"]);
    });

    it("calls nothing off where somebody else called off that day too", async () => {
      await show();
      await page.press(planning.cancelOf("Apel pagi"));
      host.refusals.updateMeeting = failure("CONFLICT", { field: "revision" });
      const rule = ROLL_CALL.recurrence && { ...ROLL_CALL.recurrence, calledOff: ["2090-03-20"] };
      host.meetings = [open({ schedule: { ...ROLL_CALL, recurrence: rule } })];
      await page.press(planning.cancel);
      expect(page.root.querySelector("dialog")).toBeNull();
      expect(calledOff()).toEqual(["2090-03-20"]);
    });

    it("ends the one that is open, and keeps the rest", async () => {
      const end = vi.spyOn(host, "endMeeting");
      await show();
      await page.press(planning.cancelOf("Apel pagi"));
      await choose(planning.onlyOpen(words.today));
      expect(page.root.textContent).toContain(planning.endSeriesText("Apel pagi"));
      await page.settle(() => page.root.querySelector<HTMLButtonElement>("dialog .danger")?.click());
      expect(end).toHaveBeenCalledWith("7391048265");
    });

    it("offers no day after the last", async () => {
      const rule = ROLL_CALL.recurrence && { ...ROLL_CALL.recurrence, untilDate: "2090-03-19" };
      host.meetings = [open({ schedule: { ...ROLL_CALL, recurrence: rule } })];
      await show();
      await page.press(planning.cancelOf("Apel pagi"));
      expect(choices()).toEqual([planning.onlyOpen(words.today), planning.allToCome]);
    });

    it("calls nothing off before it is known which one follows, and says why it is not", async () => {
      host.hanging.add("plannedDays");
      const cancelled = vi.spyOn(host, "cancelMeeting");
      await show();
      await page.press(planning.cancelOf("Apel pagi"));
      expect(choices()).toEqual([]);
      await page.press(planning.cancel);
      expect(cancelled).not.toHaveBeenCalled();
      await page.press(id.app.back);
      host.hanging.clear();
      host.refusals.plannedDays = failure("UNAVAILABLE");
      await page.press(planning.cancelOf("Apel pagi"));
      expect(alert()).toContain(id.errors.UNAVAILABLE);
      expect(choices()).toEqual([planning.onlyOpen(words.today), planning.allToCome]);
      await page.press(id.app.tryAgain);
      expect(choices()).toContain(planning.onlyNext(words.tomorrow));
    });
  });

  it("ends what was held this one time, and calls off what nobody came to yet", async () => {
    const once = { schedule: { ...ROLL_CALL, recurrence: null }, nextStartsAt: NOW };
    host.meetings = [hostMeeting("7391048265", "Rapat staf", { ...once, begun: true })];
    await show();
    expect(page.has(planning.cancelOf("Rapat staf"))).toBe(false);
    await page.press(id.host.endMeeting("Rapat staf"));
    await page.press(id.host.end);
    expect(host.meetings[0]?.state).toBe("ended");
    page.close();
    host.meetings = [hostMeeting("7391048265", "Rapat staf", { ...once, begun: false })];
    await show();
    expect(page.has(planning.cancelOf("Rapat staf"))).toBe(true);
  });

  it("says that people are inside what the list took for empty, and shows them", async () => {
    const series = { state: "open", schedule: ROLL_CALL, nextStartsAt: NOW } as const;
    host.meetings = [hostMeeting("7391048265", "Apel pagi", series)];
    host.refusals.cancelMeeting = failure("WRONG_STATE");
    await show();
    await page.press(planning.cancelOf("Apel pagi"));
    await choose(planning.allToCome);
    host.meetings = [hostMeeting("7391048265", "Apel pagi", { ...series, present: 3 })];
    await page.press(planning.cancel);
    expect(alert()).toContain(planning.peopleInside);
    expect(page.root.textContent).not.toContain(id.errors.WRONG_STATE);
    expect(page.root.textContent).toContain(id.host.presentNow(3));
    await page.press(id.app.back);
    expect(page.has(id.host.endMeeting("Apel pagi"))).toBe(true);
  });

  it("gives the file that calls a meeting off in calendars, to its host", async () => {
    const planned = { state: "cancelled", schedule: ROLL_CALL } as const;
    host.meetings = [
      hostMeeting("7391048265", "Apel pagi", planned),
      hostMeeting("7391048266", "Rapat Bidang", { ...planned, ownerId: "other" }),
      hostMeeting("7391048267", "Rapat tanpa jadwal", { ...planned, schedule: null }),
    ];
    const names: string[] = [];
    vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:x");
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      names.push(this.download);
    });
    host.refusals.calendarFile = failure("OFFLINE");
    await show();
    expect(page.has(planning.removal.of("Rapat Bidang"))).toBe(false);
    expect(page.has(planning.removal.of("Rapat tanpa jadwal"))).toBe(false);
    await page.press(planning.removal.of("Apel pagi"));
    expect(alert()).toContain(id.errors.OFFLINE);
    await page.press(planning.removal.of("Apel pagi"));
    expect(names).toEqual(["rapat-7391048265-batal.ics"]);
    expect(page.root.textContent).toContain(planning.removal.done);
    expect(alert()).toBe("");
    vi.restoreAllMocks();
  });

  it("calls a whole series off after one question", async () => {
    host.meetings = [
      hostMeeting("7391048265", "Apel pagi", { state: "not-open", schedule: ROLL_CALL, nextStartsAt: NOW }),
    ];
    await show();
    await page.press(planning.cancelOf("Apel pagi"));
    const [, all] = page.root.querySelectorAll<HTMLInputElement>("dialog input[type=radio]");
    all?.click();
    await page.settle();
    expect(page.root.textContent).toContain(planning.cancelSeries("Apel pagi"));
    await page.press(planning.cancel);
    expect(host.meetings[0]?.state).toBe("cancelled");
    expect(page.root.textContent).toContain(planning.calledOff);
  });

  it("lets an admin of the tenant call off what somebody else planned, as a whole", async () => {
    const planned = { ownerId: "other", ownerName: "Ibu Rina", state: "not-open", schedule: ROLL_CALL } as const;
    host.ofOthers = [hostMeeting("9123456789", "Rapat Bidang", { ...planned, nextStartsAt: NOW })];
    await show("tenant-admin");
    await page.settle(() => {
      const select = page.root.querySelector("select");
      if (select) select.value = "unit";
      select?.dispatchEvent(new Event("change", { bubbles: true }));
    });
    expect(page.has(planning.editOf("Rapat Bidang"))).toBe(false);
    const cancelled = vi.spyOn(host, "cancelMeeting");
    await page.press(planning.cancelOf("Rapat Bidang"));
    expect(page.root.querySelector("dialog input")).toBeNull();
    await page.press(planning.cancel);
    expect(cancelled).toHaveBeenCalledWith("9123456789");
  });
});
