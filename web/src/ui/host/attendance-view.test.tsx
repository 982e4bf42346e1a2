import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { id } from "../../../dev/catalogue";
import { ACCOUNT, FakeAccount } from "../../../dev/fake-account";
import { attendanceLine, FakeHost, hostMeeting } from "../../../dev/fake-host";
import { failure, NOW } from "../../../dev/fake-session";
import { type ShownPage, showPage } from "../../../dev/shown-page";
import { HostPage } from "./host-page";

let host: FakeHost;
let page: ShownPage;

beforeEach(() => {
  host = new FakeHost();
  host.meetings = [hostMeeting("6204918375", "Apel pagi", { state: "ended", endedAt: NOW + 7_200_000 })];
  host.people = [
    attendanceLine("Siti Aminah", {
      nip: "197001011990031001",
      unit: "Dinas Kominfo › Bidang IKP",
      lastLeave: NOW + 7_200_000,
      presentSeconds: 7200,
      reason: "meeting-ended",
    }),
    attendanceLine("Budi <b>Santoso</b>", {
      firstJoin: NOW + 61_000,
      lastLeave: NOW + 3_723_000,
      presentSeconds: 90_061,
      rejoins: 3,
      lost: 2,
      reason: "lost",
    }),
    attendanceLine("Cici"),
  ];
});

afterEach(() => {
  page.close();
  vi.restoreAllMocks();
});

async function show(): Promise<void> {
  page = await showPage(<HostPage session={new FakeAccount()} account={ACCOUNT} rest="" />, {
    loadHostApi: async () => host,
  });
  await page.press(id.attendance.of("Apel pagi"));
}

const cells = (row: number) =>
  [...(page.root.querySelectorAll("tbody tr")[row]?.children ?? [])].map((cell) => cell.textContent);

describe("the attendance of a meeting", () => {
  it("has no columns of NIP and unit where guests alone were", async () => {
    host.people = [attendanceLine("Budi"), attendanceLine("Cici")];
    await show();
    const heads = [...page.root.querySelectorAll("thead th")].map((head) => head.textContent);
    expect(heads).not.toContain(id.attendance.nip);
    expect(heads).not.toContain(id.attendance.unit);
  });

  it("has one line per person, in the zone of the server, and names as they are", async () => {
    await show();
    expect(document.activeElement).toBe(page.root.querySelector("h1"));
    expect([...page.root.querySelectorAll("thead th")].map((head) => head.textContent)).toEqual([
      id.attendance.number,
      "Nama",
      id.attendance.nip,
      id.attendance.unit,
      "Masuk pertama",
      "Keluar terakhir",
      "Lama hadir",
      "Kembali masuk",
      "Jaringan terputus",
      id.attendance.signature,
    ]);
    expect(cells(0).slice(0, 9)).toEqual([
      "1",
      "Siti Aminah",
      "197001011990031001",
      "Dinas Kominfo › Bidang IKP",
      "19 Mar, 09.00.00",
      "19 Mar, 11.00.00",
      "2:00:00",
      "0",
      "0",
    ]);
    // On paper, where there is less room, below the name.
    const paper = [...page.root.querySelectorAll("tbody .who")].map((name) => name.getAttribute("data-paper"));
    expect(paper).toEqual(["197001011990031001\nDinas Kominfo › Bidang IKP", "", ""]);
    expect(cells(1).slice(0, 9)).toEqual([
      "2",
      "Budi <b>Santoso</b>",
      "",
      "",
      "19 Mar, 09.01.01",
      `19 Mar, 10.02.03${id.attendance.reasons.lost}`,
      "25:01:01",
      "3",
      "2",
    ]);
    expect(cells(2)[5]).toBe(id.attendance.stillThere);
    // On a phone each of them says beside its value what it is.
    const labels = [...(page.root.querySelectorAll("tbody tr")[1]?.querySelectorAll("td[data-label]") ?? [])];
    expect(labels.map((cell) => cell.getAttribute("data-label"))).toEqual([
      ...[id.attendance.nip, id.attendance.unit, id.attendance.firstJoin, id.attendance.lastLeave],
      ...[id.attendance.present, id.attendance.rejoins, id.attendance.lost],
    ]);
    const text = page.root.textContent ?? "";
    for (const part of [
      "620 491 8375",
      "Kamis, 19 Maret 2020 pukul 09.00 WITA",
      "3f9a".repeat(16),
      id.attendance.people(3),
    ])
      expect(text).toContain(part);
    expect(text).not.toContain(id.attendance.broken);
  });

  it("says when it goes on, and when its log is not whole", async () => {
    host.meetings = [hostMeeting("6204918375", "Apel pagi")];
    host.intact = false;
    await show();
    expect(page.root.textContent).toContain(id.attendance.running);
    expect(page.root.textContent).toContain("pukul 11.00 WITA");
    expect(page.root.textContent).toContain(id.attendance.broken);
  });

  it("is empty before anybody came, without anything to download", async () => {
    host.people = [];
    await show();
    expect(page.root.textContent).toContain(id.attendance.empty);
    expect(page.has(id.attendance.download("PDF"))).toBe(false);
    host.people = [attendanceLine("Budi")];
    await page.press(id.attendance.refresh);
    expect(cells(0)[1]).toBe("Budi");
    await page.press(id.app.back);
    expect(page.has(id.attendance.of("Apel pagi"))).toBe(true);
  });

  it("says that it is loading, and why it was not loaded, and tries again", async () => {
    host.hanging.add("attendance");
    await show();
    expect(page.root.querySelector("[role=status]")?.textContent).toBe(id.attendance.loading);
    page.close();
    host.hanging.clear();
    host.refusals.attendance = failure("UNAVAILABLE");
    await show();
    expect(page.root.querySelector("[role=alert]")?.textContent).toContain(id.errors.UNAVAILABLE);
    await page.press(id.app.tryAgain);
    expect(page.root.querySelector("[role=alert]")).toBeNull();
    expect(page.root.querySelectorAll("tbody tr")).toHaveLength(3);
  });

  it("is downloaded under a name that says what it is", async () => {
    const files: Blob[] = [];
    vi.spyOn(URL, "createObjectURL").mockImplementation((file) => {
      files.push(file as Blob);
      return "blob:file";
    });
    const names: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      names.push(`${this.download} ${this.href}`);
    });
    host.refusals.attendanceFile = failure("OFFLINE");
    await show();
    await page.press(id.attendance.download("XLSX"));
    expect(page.root.querySelector("[role=alert]")?.textContent).toContain(id.errors.OFFLINE);
    expect(names).toEqual([]);
    await page.press(id.attendance.download("XLSX"));
    expect(names).toEqual(["daftar-hadir-6204918375-1.xlsx blob:file"]);
    expect(await Promise.all(files.map((file) => file.text()))).toEqual(["6204918375;1;xlsx"]);
    expect(page.root.textContent).toContain(id.attendance.downloaded);
  });

  it("says that it was deleted, and up to which day", async () => {
    host.people = [];
    host.deletion = { at: NOW, lastDay: "2018-03-18" };
    await show();
    expect(page.root.textContent).toContain("Minggu, 18 Maret 2018 sudah dihapus pada Kamis, 19 Maret 2020");
    expect(page.root.textContent).not.toContain(id.attendance.empty);
  });

  it("shows the occurrence that is chosen", async () => {
    host.held = 3;
    await show();
    const choice = page.root.querySelector("select") as HTMLSelectElement;
    expect([...choice.options].map((option) => option.value)).toEqual(["3", "2", "1"]);
    choice.value = "1";
    choice.dispatchEvent(new Event("change", { bubbles: true }));
    await vi.waitFor(() => expect((page.root.querySelector("select") as HTMLSelectElement).value).toBe("1"));
  });

  it("is printed by the browser", async () => {
    const print = vi.fn();
    vi.stubGlobal("print", print);
    await show();
    await page.press(id.attendance.print);
    expect(print).toHaveBeenCalledTimes(1);
    vi.unstubAllGlobals();
  });
});
