import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { id } from "../../../dev/catalogue";
import { ACCOUNT, FakeAccount } from "../../../dev/fake-account";
import { FakeHost, hostMeeting, pastMeeting } from "../../../dev/fake-host";
import { failure } from "../../../dev/fake-session";
import { type ShownPage, showPage } from "../../../dev/shown-page";
import type { HostApi } from "../../client/host-contract";
import { HostPage } from "./host-page";
import { id as planning } from "./i18n/id";
import { monthName } from "./months";

const s = planning.search;
let host: FakeHost;
let page: ShownPage;

beforeEach(() => {
  // Noon of a day within a month, wherever this runs: the page goes by the tenant's months, the host of the tests by UTC's.
  // And typing rests when a test says so: on a busy machine it may rest too soon.
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 20, 4), toFake: ["Date", "setTimeout", "clearTimeout"] });
  host = new FakeHost();
  const march = hostMeeting("6204918375", "Apel pagi Maret", { state: "ended" });
  host.meetings = [
    hostMeeting("8123456789", "Rapat Camat", { present: 12 }),
    hostMeeting("9123456789", "Apel pagi", { state: "not-open" }),
  ];
  host.past = [pastMeeting(march), pastMeeting(hostMeeting("7204918375", "Rapat staf", { state: "ended" }))];
  history.replaceState(null, "", "/host");
});

afterEach(() => {
  page.close();
  vi.useRealTimers();
});

async function show(role: typeof ACCOUNT.role = "host"): Promise<void> {
  page = await showPage(<HostPage session={new FakeAccount()} account={{ ...ACCOUNT, role }} rest="" />, {
    loadHostApi: async () => host,
  });
}

const titles = () => [...page.root.querySelectorAll("h3")].map((title) => title.textContent);
const said = () => page.root.querySelector("search [role=status]")?.textContent ?? "";
const rest = () => page.settle(() => vi.advanceTimersByTime(330));
const look = async (text: string) => {
  await page.type(s.label, text);
  await page.submit();
};
const key = (name: string) =>
  page.settle(() =>
    page.field(s.label).dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true })),
  );
const choose = (label: string, value: string) =>
  page.settle(() => {
    const select = page.field(label);
    select.value = value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
/** What the browser does on a step back. */
const goTo = (address: string) =>
  page.settle(() => {
    history.replaceState(null, "", address);
    dispatchEvent(new PopStateEvent("popstate"));
  });

describe("looking for a meeting", () => {
  it("finds what has the words in its title when the typing rests, says how many, and keeps it in the address", async () => {
    await show();
    expect(said()).toBe("");
    await page.type(s.label, " apel ");
    expect(titles()).toHaveLength(4);
    await rest();
    expect(titles()).toEqual(["Apel pagi", "Apel pagi Maret"]);
    expect(said()).toBe(s.found(1, 1, false));
    expect(location.search).toBe("?cari=apel");
    expect(page.field(s.label).value).toBe(" apel ");
    await look("apel maret");
    expect(titles()).toEqual(["Apel pagi Maret"]);
    expect(page.root.textContent).toContain(s.noneUpcoming);
    await look("camat");
    expect(page.root.textContent).toContain(s.nonePast);
  });

  it("says that there are more than were counted", async () => {
    host.older = host.past;
    await show();
    await look("apel");
    expect(said()).toBe(s.found(1, 1, true));
    await page.press(planning.more);
    expect(said()).toBe(s.found(1, 2, false));
  });

  it("says when nothing has them, and leads back", async () => {
    await show();
    await look("zulkifli");
    expect(said()).toContain(s.none("zulkifli"));
    expect(page.root.querySelectorAll("section")).toHaveLength(0);
    await page.press(s.clear);
    expect(titles()).toHaveLength(4);
    expect(said()).toBe("");
    expect(location.search).toBe("");
    expect(document.activeElement).toBe(page.field(s.label));
    expect(page.field(s.label).value).toBe("");
  });

  it("is taken away by Escape", async () => {
    await show();
    await look("apel");
    await key("Escape");
    expect(titles()).toHaveLength(4);
    expect(page.field(s.label).value).toBe("");
    await key("Escape");
    expect(location.search).toBe("");
  });

  it("is undone by one step back, and begins with the address", async () => {
    history.replaceState(null, "", "/host?cari=apel");
    const pushed = vi.spyOn(history, "pushState");
    await show();
    expect(titles()).toEqual(["Apel pagi", "Apel pagi Maret"]);
    await goTo("/host");
    expect(titles()).toHaveLength(4);
    expect(page.field(s.label).value).toBe("");
    await page.type(s.label, "ap");
    await rest();
    await page.type(s.label, "apel");
    await rest();
    expect(location.search).toBe("?cari=apel");
    expect(pushed).toHaveBeenCalledTimes(1);
  });

  it("is the same after a look at a meeting, from which a step back leads to the lists", async () => {
    await show();
    await look("apel maret");
    const pushed = vi.spyOn(history, "pushState");
    await page.press(id.attendance.of("Apel pagi Maret"));
    expect(page.root.querySelector("search")).toBeNull();
    expect(pushed).toHaveBeenCalledWith({ hostStep: true }, "", "/host?cari=apel+maret");
    await goTo("/host?cari=apel+maret");
    expect(titles()).toEqual(["Apel pagi Maret"]);
    expect(page.field(s.label).value).toBe("apel maret");
  });

  it("lets go of the older request", async () => {
    const asked = vi.spyOn(host, "pastMeetings");
    await show();
    host.hanging.add("listMeetings").add("pastMeetings");
    await look("apel");
    await look("apel pagi");
    const signals = asked.mock.calls.map((call: Parameters<HostApi["pastMeetings"]>) => call[2]?.aborted);
    expect(signals).toEqual([true, true, false]);
    await page.settle(() => vi.advanceTimersByTime(320));
    expect(said()).toBe(s.working);
    expect(titles()).toHaveLength(4);
  });

  it("says at its field what are no words of a title", async () => {
    await show();
    host.refusals.listMeetings = failure("INVALID_FIELD", { field: "query" });
    host.refusals.pastMeetings = failure("INVALID_FIELD", { field: "query" });
    await look("\u2019");
    expect(page.field(s.label).getAttribute("aria-invalid")).toBe("true");
    expect(page.root.textContent).toContain(s.wrong);
    expect(page.root.querySelector("[role=alert]")).toBeNull();
    await look("apel");
    expect(page.field(s.label).getAttribute("aria-invalid")).toBeNull();
    expect(titles()).toHaveLength(2);
  });

  it("says why the lists did not come", async () => {
    await show();
    host.refusals.pastMeetings = failure("OFFLINE");
    await look("apel");
    expect(page.root.querySelector("[role=alert]")?.textContent).toContain(id.errors.OFFLINE);
    expect(said()).toBe("");
    await page.press(id.app.tryAgain);
    expect(said()).toBe(s.found(1, 1, false));
  });
});

describe("the past meetings of a month", () => {
  const month = (back: number) => page.field(s.month).querySelectorAll("option")[back]?.value ?? "";

  it("are shown alone, also with a search", async () => {
    host.past = [pastMeeting(hostMeeting("6204918375", "Apel pagi"), { startedAt: Date.now() }), ...host.past];
    await show();
    await choose(s.month, month(1));
    expect(location.search).toBe(`?bulan=${month(1)}`);
    expect(titles()).toEqual(["Rapat Camat", "Apel pagi", "Apel pagi"]);
    await choose(s.month, month(2));
    expect(page.root.textContent).toContain(s.nothingIn(monthName(month(2))));
    await look("camat");
    expect(page.root.textContent).toContain("dengan judul itu pada");
    await look("zulkifli");
    expect(said()).toContain("baik yang akan datang maupun pada");
    await page.press(s.clear);
    expect(page.field(s.month).value).toBe("");
    expect(titles()).toHaveLength(5);
  });

  it("can be long ago in the address", async () => {
    history.replaceState(null, "", "/host?bulan=2011-03");
    await show();
    expect(page.field(s.month).value).toBe("2011-03");
    expect(page.root.textContent).toContain(s.nothingIn("Maret 2011"));
  });
});

describe("whose meetings", () => {
  it("stands in the address, for who may see those of others", async () => {
    host.ofOthers = [hostMeeting("5123456789", "Apel bidang", { ownerId: "other", ownerName: "Ibu Rina" })];
    history.replaceState(null, "", "/host?milik=unit&cari=bidang");
    await show("head-of-unit");
    expect(titles()).toEqual(["Apel bidang"]);
    await choose(planning.scope, "own");
    expect(location.search).toBe("?cari=bidang");
    expect(said()).toContain(s.none("bidang"));
    page.close();
    history.replaceState(null, "", "/host?milik=unit&cari=bidang");
    await show();
    expect(said()).toContain(s.none("bidang"));
  });
});
