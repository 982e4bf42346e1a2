import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Failure, JoinForm, MeetingSession } from "../../client/contract";
import { id } from "../i18n/id";
import { room } from "../room";
import { route } from "../route";
import { ServicesContext } from "../services";
import { JoinPage } from "./join-page";

let root: HTMLElement;
let prepare: ReturnType<typeof vi.fn<(form: JoinForm) => Promise<void>>>;
let calendar: ReturnType<typeof vi.fn<(form: JoinForm, language: "id" | "en") => Promise<Blob>>>;

function show() {
  const session = { prepare, dispose: () => undefined } as unknown as MeetingSession;
  const services = {
    loadOpenSession: async () => () => session,
    loadAccount: () => Promise.reject(new Error("not on this page")),
    loadAdminApi: () => Promise.reject(new Error("not on this page")),
    loadOwnDataApi: () => Promise.reject(new Error("not on this page")),
    loadHostApi: () => Promise.reject(new Error("not on this page")),
    loadOfficeApi: () => Promise.reject(new Error("not on this page")),
    loadReportsApi: () => Promise.reject(new Error("not on this page")),
    loadWhetherOpen: () => Promise.reject(new Error("not on this page")),
    loadCalendar: async () => calendar,
  };
  act(() =>
    render(
      <ServicesContext.Provider value={services}>
        <JoinPage />
      </ServicesContext.Provider>,
      root,
    ),
  );
}

/** By the accessible name that the label gives. */
function field(name: string): HTMLInputElement {
  const label = [...root.querySelectorAll("label")].find((element) => element.textContent === name);
  const input = root.querySelector<HTMLInputElement>(`[id="${label?.getAttribute("for")}"]`);
  if (!input) throw new Error(`no field ${name}`);
  return input;
}

function type(name: string, text: string) {
  const input = field(name);
  act(() => {
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

async function submit() {
  await act(async () => {
    root.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await new Promise((resolve) => setTimeout(resolve, 0));
  });
}

function refuse(failure: Partial<Failure>) {
  const whole: Failure = { code: "INTERNAL", field: "", message: "", retryAfterMs: 0, ...failure };
  prepare.mockRejectedValueOnce(Object.assign(new Error(whole.code), { failure: whole }));
}

beforeEach(() => {
  localStorage.clear();
  root = document.body.appendChild(document.createElement("div"));
  prepare = vi.fn<(form: JoinForm) => Promise<void>>().mockResolvedValue(undefined);
  calendar = vi.fn(async () => new Blob(["BEGIN:VCALENDAR"]));
  route.value = { page: "join", meetingId: "", password: "" };
});

afterEach(() => {
  act(() => render(null, root));
  root.remove();
  room.value = null;
});

describe("the join form", () => {
  it("names what is missing at its field and goes to the first", async () => {
    show();
    await submit();
    expect(prepare).not.toHaveBeenCalled();
    for (const sentence of [id.join.nameMissing, id.join.meetingIdMissing, id.join.passwordMissing]) {
      expect(root.textContent).toContain(sentence);
    }
    expect(document.activeElement).toBe(field("Nama"));
    expect(field("Nama").getAttribute("aria-invalid")).toBe("true");
  });

  it("sends ten digits, remembers the name and opens the room", async () => {
    show();
    type("Nama", " Siti Aminah ");
    type("ID rapat", "8123456789");
    type("Kata sandi", "padi77");
    expect(field("ID rapat").value).toBe("812 345 6789");
    await submit();
    expect(prepare).toHaveBeenCalledWith({ name: "Siti Aminah", meetingId: "8123456789", password: "padi77" });
    expect(room.value?.from).toBe("join");
    expect(localStorage.getItem("sipulung.name")).toBe("Siti Aminah");
  });

  it("asks an invited person only for the name, and shows all again when the invitation was wrong", async () => {
    route.value = { page: "join", meetingId: "8123456789", password: "salah" };
    show();
    expect(root.querySelectorAll("label").length).toBe(1);
    type("Nama", "Siti");
    refuse({ code: "WRONG_ID_OR_PASSWORD" });
    await submit();
    expect(root.querySelector("[role=alert]")?.textContent).toContain(id.errors.WRONG_ID_OR_PASSWORD);
    expect(field("ID rapat").value).toBe("812 345 6789");
    expect(field("Kata sandi").value).toBe("salah");
  });

  it("counts down when there were too many tries, and does not try meanwhile", async () => {
    route.value = { page: "join", meetingId: "8123456789", password: "padi77" };
    show();
    type("Nama", "Siti");
    refuse({ code: "THROTTLED", retryAfterMs: 30_000 });
    await submit();
    expect(root.textContent).toContain(id.join.waitSeconds(30));
    await submit();
    expect(prepare).toHaveBeenCalledTimes(1);
    expect(root.querySelector("button[type=submit]")?.getAttribute("aria-disabled")).toBe("true");
  });
});

describe("a meeting that is not open yet", () => {
  afterEach(() => vi.restoreAllMocks());

  it("is said with its time, and entered by itself when it opens", async () => {
    // Whoever waits comes at once then, not spread over three seconds.
    vi.spyOn(Math, "random").mockReturnValue(0);
    prepare.mockRejectedValueOnce(
      Object.assign(new Error(), {
        failure: {
          code: "MEETING_NOT_OPEN",
          field: "",
          message: "",
          retryAfterMs: 100,
          opensAt: Date.parse("2026-11-22T23:30:00Z"),
          timeZone: "Asia/Makassar",
        },
      }),
    );
    show();
    type(id.join.name, "Budi");
    type(id.join.meetingId, "812 345 6789");
    type(id.join.password, "padi");
    await submit();
    expect(root.textContent).toContain("Senin, 23 November 2026 pukul 07.30 WITA");
    expect(root.textContent).toContain(id.join.opensItself);
    prepare.mockResolvedValue(undefined);
    expect(prepare).toHaveBeenCalledTimes(1);
    await vi.waitFor(() => expect(prepare).toHaveBeenCalledTimes(2), { timeout: 3_000 });
  });

  it("is put into a calendar, or says why not", async () => {
    prepare.mockRejectedValueOnce(
      Object.assign(new Error(), {
        failure: { code: "MEETING_NOT_OPEN", field: "", message: "", retryAfterMs: 90_000, opensAt: 1, timeZone: "" },
      }),
    );
    const names: string[] = [];
    vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:file");
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      names.push(this.download);
    });
    show();
    type(id.join.name, "Budi");
    type(id.join.meetingId, "812 345 6789");
    type(id.join.password, "padi");
    await submit();
    const press = () =>
      act(async () => {
        [...root.querySelectorAll("button")].find((one) => one.textContent === id.join.toCalendar)?.click();
        await new Promise((resolve) => setTimeout(resolve, 0));
      });
    calendar.mockRejectedValueOnce(
      Object.assign(new Error(), { failure: { code: "OFFLINE", field: "", message: "", retryAfterMs: 0 } }),
    );
    await press();
    expect(root.textContent).toContain(id.errors.OFFLINE);
    expect(names).toEqual([]);
    await press();
    expect(calendar).toHaveBeenLastCalledWith({ name: "Budi", meetingId: "8123456789", password: "padi" }, "id");
    expect(names).toEqual(["rapat-8123456789.ics"]);
    expect(root.textContent).toContain(id.join.calendarSaved);
    // It goes on waiting.
    expect(root.textContent).toContain(id.join.opensItself);
  });

  it("is waited for no longer when the person says so", async () => {
    prepare.mockRejectedValueOnce(
      Object.assign(new Error(), {
        failure: { code: "MEETING_NOT_OPEN", field: "", message: "", retryAfterMs: 5_000, opensAt: 1, timeZone: "" },
      }),
    );
    show();
    type(id.join.name, "Budi");
    type(id.join.meetingId, "812 345 6789");
    type(id.join.password, "padi");
    await submit();
    const stop = [...root.querySelectorAll("button")].find((button) => button.textContent === id.join.stopWaiting);
    act(() => stop?.click());
    expect(root.textContent).not.toContain(id.join.notOpenTitle);
  });
});

describe("a meeting that was called off", () => {
  const names: string[] = [];

  beforeEach(() => {
    names.length = 0;
    vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:file");
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      names.push(this.download);
    });
  });

  afterEach(() => vi.restoreAllMocks());

  const button = () => [...root.querySelectorAll("button")].find((one) => one.textContent === id.join.outOfCalendar);
  const press = () =>
    act(async () => {
      button()?.click();
      await new Promise((resolve) => setTimeout(resolve, 0));
    });

  async function enter(code: Failure["code"]) {
    refuse({ code });
    show();
    type(id.join.name, "Budi");
    type(id.join.meetingId, "812 345 6789");
    type(id.join.password, "padi");
    await submit();
    expect(root.querySelector("[role=alert]")?.textContent).toContain(id.errors[code]);
  }

  it("is called off in the calendar of who was invited, too", async () => {
    await enter("MEETING_CANCELLED");
    await press();
    expect(calendar).toHaveBeenCalledWith({ name: "Budi", meetingId: "8123456789", password: "padi" }, "id");
    expect(names).toEqual(["rapat-8123456789-batal.ics"]);
    expect(root.textContent).toContain(id.join.outSaved);
    await submit();
    expect(button()).toBeUndefined();
  });

  it("is in no calendar where it had no plan", async () => {
    await enter("MEETING_CANCELLED");
    calendar.mockRejectedValueOnce(Object.assign(new Error(), { failure: { code: "WRONG_STATE" } }));
    await press();
    expect(names).toEqual([]);
    expect(root.textContent).toContain(id.join.notInCalendar);
    expect(root.textContent).not.toContain(id.errors.WRONG_STATE);
  });

  it("is not one that has ended", async () => {
    await enter("MEETING_ENDED");
    expect(button()).toBeUndefined();
  });
});
