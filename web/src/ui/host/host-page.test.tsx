import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { id } from "../../../dev/catalogue";
import { ACCOUNT, FakeAccount } from "../../../dev/fake-account";
import { FakeHost, hostMeeting, pastMeeting, ROLL_CALL } from "../../../dev/fake-host";
import { FakeSession, failure, NOW } from "../../../dev/fake-session";
import { type ShownPage, showPage } from "../../../dev/shown-page";
import { id as unsaved } from "../account/i18n/id";
import { room } from "../room";
import { HostPage } from "./host-page";
import { id as planning } from "./i18n/id";
import { momentOf, ownTimeZone } from "./zone-time";

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
});

describe("planning", () => {
  const choose = (text: string) =>
    page.settle(() =>
      [...page.root.querySelectorAll("label.choice")]
        .find((label) => label.textContent?.startsWith(text))
        ?.querySelector("input")
        ?.click(),
    );

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
    page = await showPage(
      <HostPage session={new FakeAccount()} account={{ ...ACCOUNT, role: "tenant-admin" }} rest="" />,
      { loadHostApi: async () => host, loadOpenSession: async () => () => session },
    );
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

  it("shows the head of a unit the meetings of others, without what is only their host's", async () => {
    host.ofOthers = [hostMeeting("9123456789", "Rapat Bidang", { ownerId: "other", ownerName: "Ibu Rina" })];
    page = await showPage(
      <HostPage session={new FakeAccount()} account={{ ...ACCOUNT, role: "head-of-unit" }} rest="" />,
      { loadHostApi: async () => host, loadOpenSession: async () => () => session },
    );
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
