// The page that proves a report: before, with each verdict, and when it cannot be reached.
import type { ReportsApi, ReportVerdict } from "../src/client/reports-api";
import { ACCOUNT, FakeAccount } from "./fake-account";
import { FakeHost } from "./fake-host";
import { failure, NOW } from "./fake-session";
import { at, click, found, newSession, type Scene, services, wait } from "./stands";

const MATCHES: ReportVerdict = {
  verdict: "matches",
  seal: "genuine",
  title: "Musyawarah Perencanaan Pembangunan (Musrenbang) Kecamatan Larompong Selatan",
  meetingId: "8123456789",
  month: "",
  officeDay: "",
  officeWeek: "",
  occurrence: 2,
  asOf: NOW + 7_200_000,
  timeZone: "Asia/Makassar",
  records: 214,
  differing: 0,
  differences: [],
  damagedLogs: [],
};

const TABLE = "Daftar hadir";
const DIFFERS: ReportVerdict = {
  ...MATCHES,
  verdict: "differs",
  seal: "broken",
  differing: 62,
  differences: [
    { table: TABLE, line: 3, column: "Lama hadir", inFile: "2:04:00", inLog: "0:12:34" },
    {
      table: TABLE,
      line: 7,
      column: "Nama",
      inFile: "Budi Santoso",
      inLog: "Drs. H. Budi Santoso Mappatoba, S.STP, M.Si",
    },
    { table: TABLE, line: 0, column: "", inFile: "13", inLog: "12" },
  ],
};

/** A file was chosen and looked at; without an answer: nothing was chosen yet. */
function verifying(answer?: ReportVerdict | Error, choose = true): Scene {
  return () => {
    at("/periksa");
    const reports: ReportsApi = {
      async verify() {
        if (answer instanceof Error) throw answer;
        if (!answer) return new Promise(() => undefined);
        return answer;
      },
    };
    const account = new FakeAccount({ ...ACCOUNT, role: "head-of-unit" });
    return {
      services: { ...services(newSession(), new FakeHost(), account), loadReportsApi: async () => reports },
      act: async () => {
        const field = (await found("#verify-file")) as HTMLInputElement;
        if (choose) {
          const files = new DataTransfer();
          files.items.add(new File(["No.;Nama"], "daftar-hadir-8123456789-2.csv"));
          field.files = files.files;
          field.dispatchEvent(new Event("change", { bubbles: true }));
        }
        if (choose || answer) await click("button[type=submit]");
        await wait(150);
      },
    };
  };
}

export const VERIFY_SCENES: Readonly<Record<string, Scene>> = {
  verify: verifying(undefined, false),
  "verify-nothing-chosen": verifying(MATCHES, false),
  "verify-checking": verifying(),
  "verify-matches": verifying(MATCHES),
  "verify-office": verifying({
    ...MATCHES,
    title: "Dinas Komunikasi, Informatika, Statistik, dan Persandian",
    meetingId: "",
    occurrence: 0,
    officeWeek: "2020-03-16",
  }),
  "verify-old-key": verifying({ ...MATCHES, seal: "unknown" }),
  "verify-differs": verifying(DIFFERS),
  "verify-damaged": verifying({ ...MATCHES, verdict: "log-damaged", damagedLogs: ["8123456789", "7391048265"] }),
  "verify-deleted": verifying({ ...MATCHES, verdict: "log-deleted" }),
  "verify-no-report": verifying({
    ...MATCHES,
    verdict: "no-report",
    seal: "",
    title: "",
    meetingId: "",
    occurrence: 0,
  }),
  "verify-failed": verifying(failure("UNAVAILABLE")),
};
