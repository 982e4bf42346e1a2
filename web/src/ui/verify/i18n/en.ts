// The texts of the page "Check a report" in English.
import type { Texts } from "../../i18n/id";
import type { id } from "./id";

export const en: Texts<typeof id> = {
  title: "Verify a report",
  intro:
    "Choose a file of attendance or office hours (CSV, XLSX or PDF). It is compared with the original records. The file is not kept.",
  file: "Report file",
  chooseFile: "Choose a file",
  noFile: "No file chosen yet.",
  check: "Check",
  checking: "Checking the file…",
  choose: "Choose the file first.",
  tooLarge: "This file is too large. It may have 32 MB at most.",
  verdicts: {
    matches: "It matches. The report equals the original records.",
    differs: "It does not match. The file is not what the original records say.",
    "log-damaged": "Records are missing or were changed. The log is not what it was when the report was made.",
    "log-deleted": "The records were deleted when their time was over. The report cannot be proven any more.",
    "no-report": "This is no report of Sipulung, or its proof is missing or was saved anew.",
  },
  sealBroken: "The seal is broken: something was changed after the report was made.",
  sealUnknown: "The seal was made with an older key: NIP, unit, title and who is listed cannot be proven.",
  about: "Report",
  meetingId: "Meeting ID",
  month: "Month",
  occurrence: "Occurrence",
  office: "Office presence",
  officeDay: "Office presence on",
  officeWeek: "Office presence, week from",
  made: "Made",
  records: "Number of records",
  damaged: "Damaged records",
  differences: (count: number) => (count === 1 ? "1 difference" : `${count} differences`),
  more: (count: number) => `And ${count} more.`,
  line: "Line",
  column: "Column",
  inFile: "In the file",
  inLog: "In the records",
  wholeTable: "Number of lines",
};
