import { afterEach, describe, expect, it } from "vitest";
import { ACCOUNT, FakeAccount } from "../../../dev/fake-account";
import { type ShownPage, showPage } from "../../../dev/shown-page";
import type { ReportVerdict } from "../../client/reports-api";
import { failed } from "../../protocol/failure";
import { id } from "./i18n/id";
import { VerifyPage } from "./verify-page";

const MATCHES: ReportVerdict = {
  verdict: "matches",
  seal: "genuine",
  title: "Apel <b>pagi</b>",
  meetingId: "8123456789",
  month: "",
  occurrence: 2,
  officeDay: "",
  officeWeek: "",
  asOf: 1_584_579_600_000,
  timeZone: "Asia/Makassar",
  records: 7,
  differing: 0,
  differences: [],
  damagedLogs: [],
};

let page: ShownPage;

afterEach(() => page.close());

async function show(answer: ReportVerdict | Error): Promise<void> {
  page = await showPage(<VerifyPage session={new FakeAccount()} account={ACCOUNT} rest="" />, {
    loadReportsApi: async () => ({
      verify: async () => {
        if (answer instanceof Error) throw answer;
        return answer;
      },
    }),
  });
}

async function choose(size = 3): Promise<void> {
  const input = page.root.querySelector("input[type=file]") as HTMLInputElement;
  const file = new File(["abc"], "daftar-hadir.csv");
  Object.defineProperty(file, "size", { value: size });
  Object.defineProperty(input, "files", { value: [file], configurable: true });
  await page.settle(() => input.dispatchEvent(new Event("change", { bubbles: true })));
}

const text = () => page.root.textContent ?? "";

describe("the page that checks a report", () => {
  it("says at the field what is missing, and what is too large", async () => {
    await show(MATCHES);
    await page.press(id.check);
    expect(page.root.querySelector("[role=alert]")?.textContent).toBe(id.choose);
    await choose(33 * 1024 * 1024);
    await page.press(id.check);
    expect(page.root.querySelector("[role=alert]")?.textContent).toBe(id.tooLarge);
  });

  it("says in words that it matches, and of what it speaks", async () => {
    await show(MATCHES);
    await choose();
    await page.press(id.check);
    for (const part of [id.verdicts.matches, "Apel <b>pagi</b>", "812 345 6789", "WITA", "7"])
      expect(text()).toContain(part);
  });

  it("names what differs", async () => {
    const one = { table: "Daftar hadir", line: 3, column: "Nama", inFile: "Budy", inLog: "Budi" };
    await show({ ...MATCHES, verdict: "differs", seal: "broken", differing: 60, differences: [one] });
    await choose();
    await page.press(id.check);
    for (const part of [id.verdicts.differs, id.sealBroken, "Daftar hadir, 3", "Budy", "Budi", id.more(59)])
      expect(text()).toContain(part);
  });

  it("says of which day or week of office hours it speaks, and which day is damaged", async () => {
    const office = { ...MATCHES, title: "Dinas Kominfo", meetingId: "", occurrence: 0 };
    await show({ ...office, verdict: "log-damaged", officeDay: "2020-03-19", damagedLogs: ["20200318", "8123456789"] });
    await choose();
    await page.press(id.check);
    for (const part of [
      "Dinas Kominfo",
      id.officeDay,
      "19 Maret 2020",
      "Kehadiran kantor, Rabu, 18 Maret 2020",
      "812 345",
    ])
      expect(text()).toContain(part);
    page.close();
    await show({ ...office, officeWeek: "2020-03-16" });
    await choose();
    await page.press(id.check);
    for (const part of [id.officeWeek, "16 Maret 2020"]) expect(text()).toContain(part);
  });

  it("says when records are gone, when it is no report, and when nobody answers", async () => {
    await show({ ...MATCHES, verdict: "log-damaged", damagedLogs: ["8123456789"] });
    await choose();
    await page.press(id.check);
    expect(text()).toContain(id.verdicts["log-damaged"]);
    page.close();
    await show({ ...MATCHES, verdict: "no-report", seal: "", title: "" });
    await choose();
    await page.press(id.check);
    expect(text()).toContain(id.verdicts["no-report"]);
    page.close();
    await show(failed("UNAVAILABLE", "away"));
    await choose();
    await page.press(id.check);
    expect(page.root.querySelector("[role=alert]")).not.toBeNull();
  });
});
