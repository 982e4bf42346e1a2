import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { id } from "../../../dev/catalogue";
import { ACCOUNT, FakeAccount } from "../../../dev/fake-account";
import { FakeHost, hostMeeting } from "../../../dev/fake-host";
import { failure } from "../../../dev/fake-session";
import { type ShownPage, showPage } from "../../../dev/shown-page";
import type { Account } from "../../client/host-contract";
import { HostPage } from "./host-page";
import { id as planning } from "./i18n/id";

const m = planning.month;
let host: FakeHost;
let page: ShownPage;
let saved: string[];

beforeEach(() => {
  // In Makassar it is November already.
  vi.useFakeTimers({ now: Date.UTC(2026, 9, 31, 17), toFake: ["Date"] });
  host = new FakeHost();
  host.meetings = [hostMeeting("8123456789", "Rapat Camat")];
  saved = [];
  vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:file");
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    saved.push(this.download);
  });
});

afterEach(() => {
  page.close();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function show(role: Account["role"] = "host"): Promise<void> {
  page = await showPage(<HostPage session={new FakeAccount()} account={{ ...ACCOUNT, role }} rest="" />, {
    loadHostApi: async () => host,
  });
}

const download = (format: string) => page.press(id.attendance.download(format));
const text = () => page.root.querySelector(".month-export")?.textContent ?? "";
const choose = (label: string, value: string) =>
  page.settle(() => {
    const select = page.field(label);
    select.value = value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });

describe("a month's attendance", () => {
  it("is that of this month in the tenant's zone, saved under the server's name", async () => {
    await show();
    await download("XLSX");
    expect(host.months.map(({ asked }) => asked)).toEqual([{ month: "2026-11", scope: "own", format: "xlsx" }]);
    expect(saved).toEqual(["kehadiran-2026-11.xlsx"]);
    expect(text()).toContain(m.saved("November 2026", "XLSX"));
  });

  it("may be of another month, in any format", async () => {
    await show();
    const months = [...(page.field(m.month) as unknown as HTMLSelectElement).options];
    expect(months.slice(0, 3).map((one) => one.textContent)).toEqual([
      "November 2026",
      "Oktober 2026",
      "September 2026",
    ]);
    expect(months.at(-1)?.value).toBe("2023-12");
    await choose(m.month, "2026-01");
    await download("PDF");
    expect(host.months[0]?.asked).toMatchObject({ month: "2026-01", format: "pdf" });
  });

  it.each([
    ["head-of-unit", "unit"],
    ["tenant-admin", "tenant"],
    ["province-operator", "tenant"],
  ] as const)("is of whom the page shows: for %s %s", async (role, scope) => {
    await show(role);
    expect(text()).toContain(m.scopes.own);
    await choose(planning.scope, "unit");
    expect(text()).toContain(m.scopes[scope]);
    await download("CSV");
    expect(host.months[0]?.asked.scope).toBe(scope);
  });

  it("tells how far it is, and reads out only what is under way", async () => {
    host.hanging.add("monthFile");
    host.monthTold = [
      { step: "reading", done: 20_000, total: 52_800 },
      { step: "composing", done: 120, total: 400 },
    ];
    await show();
    await download("PDF");
    expect(text()).toContain(m.making("November 2026", "PDF"));
    expect(text()).toContain("120 dari 400 rapat");
    expect(page.root.querySelector("[role=status].unseen")?.textContent).toBe(m.steps.composing);
    const bar = page.root.querySelector("progress");
    expect([bar?.value, bar?.max]).toEqual([43, 100]);
    expect(document.getElementById(bar?.getAttribute("aria-labelledby") ?? "")?.textContent).toContain("120 dari 400");
    // One at a time.
    await page.press(id.attendance.download("CSV"));
    expect(host.months).toHaveLength(1);
  });

  it("never goes back, and shows megabytes at the end", async () => {
    host.hanging.add("monthFile");
    host.monthTold = [
      { step: "writing", done: 100, total: 100 },
      { step: "sending", done: 0, total: 4_900_000 },
    ];
    await show();
    await download("CSV");
    expect(text()).toContain(m.bytes("0,0", "4,9"));
    expect(page.root.querySelector("progress")?.value).toBe(90);
  });

  it("is cancelled by a button, which gives the focus back, and can be begun anew", async () => {
    host.hanging.add("monthFile");
    await show();
    await download("PDF");
    expect(text()).toContain(m.steps.waiting);
    await page.press(id.app.cancel);
    expect(host.months[0]?.signal.aborted).toBe(true);
    expect(text()).toContain(m.cancelled);
    expect(document.activeElement).toBe(page.button(id.attendance.download("PDF")));
    host.hanging.clear();
    await download("PDF");
    expect(saved).toEqual(["kehadiran-2026-11.pdf"]);
  });

  it("says when nothing took place, and why there is no file", async () => {
    host.monthMeetings = 0;
    await show();
    await download("PDF");
    expect(text()).toContain(m.empty("November 2026", m.scopes.own));
    expect(saved).toEqual([]);
    host.refusals.monthFile = failure("TOO_LARGE");
    await download("PDF");
    expect(page.root.querySelector("[role=alert]")?.textContent).toContain(m.tooLarge("November 2026"));
    host.refusals.monthFile = failure("UNAVAILABLE");
    await download("PDF");
    expect(page.root.querySelector("[role=alert]")?.textContent).toContain(id.errors.UNAVAILABLE);
  });

  it("goes on while the host looks at something else, and ends with the page", async () => {
    host.hanging.add("monthFile");
    await show();
    await download("PDF");
    await page.press(id.attendance.of("Rapat Camat"));
    expect(host.months[0]?.signal.aborted).toBe(false);
    await page.press(id.app.back);
    expect(text()).toContain(m.steps.waiting);
    page.close();
    expect(host.months[0]?.signal.aborted).toBe(true);
  });
});
