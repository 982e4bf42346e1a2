// Proof of reports. Loaded with the page "Periksa laporan".
import { itemsOf, numberOf, stringOf } from "../protocol/http-api";
import type { AuthorisedCalls } from "./account-session";

export interface ReportDifference {
  readonly table: string;
  readonly line: number;
  readonly column: string;
  readonly inFile: string;
  readonly inLog: string;
}

export interface ReportVerdict {
  readonly verdict: "matches" | "differs" | "log-damaged" | "log-deleted" | "no-report";
  readonly seal: "genuine" | "broken" | "unknown" | "";
  readonly title: string;
  readonly meetingId: string;
  readonly month: string;
  readonly occurrence: number;
  /** Of office hours: the day, or the Monday of the week, in ISO 8601. */
  readonly officeDay: string;
  readonly officeWeek: string;
  /** When the report was made, as it says, and where that is to be read. */
  readonly asOf: number;
  readonly timeZone: string;
  readonly records: number;
  readonly differing: number;
  readonly differences: readonly ReportDifference[];
  /** Ids of meetings, and days of office hours ("20261124"). */
  readonly damagedLogs: readonly string[];
}

export interface ReportsApi {
  /** Whether a file still matches the log. Rejects with FailureError. */
  verify(file: Blob): Promise<ReportVerdict>;
}

const VERDICTS: Readonly<Record<string, ReportVerdict["verdict"]>> = {
  MATCHES: "matches",
  DIFFERS: "differs",
  LOG_DAMAGED: "log-damaged",
  LOG_DELETED: "log-deleted",
};
const SEALS: Readonly<Record<string, ReportVerdict["seal"]>> = {
  GENUINE: "genuine",
  BROKEN: "broken",
  UNKNOWN: "unknown",
};

class Reports implements ReportsApi {
  constructor(private readonly account: AuthorisedCalls) {}

  async verify(file: Blob): Promise<ReportVerdict> {
    const answer = await this.account.call("POST", "/api/v1/reports/verify", file);
    const differences = itemsOf(answer, "differences");
    const damaged = Array.isArray(answer.damaged_logs) ? answer.damaged_logs : [];
    return {
      verdict: VERDICTS[stringOf(answer, "verdict")] ?? "no-report",
      seal: SEALS[stringOf(answer, "seal")] ?? "",
      title: stringOf(answer, "title"),
      meetingId: stringOf(answer, "meeting_id"),
      month: stringOf(answer, "month"),
      occurrence: numberOf(answer, "occurrence"),
      officeDay: stringOf(answer, "office_day"),
      officeWeek: stringOf(answer, "office_week"),
      asOf: numberOf(answer, "as_of_ms"),
      timeZone: stringOf(answer, "time_zone"),
      records: numberOf(answer, "records"),
      differing: numberOf(answer, "differing"),
      differences: differences.map((one) => ({
        table: stringOf(one, "table"),
        line: numberOf(one, "line"),
        column: stringOf(one, "column"),
        inFile: stringOf(one, "in_file"),
        inLog: stringOf(one, "in_log"),
      })),
      damagedLogs: damaged.map(String),
    };
  }
}

export function reportsApi(account: AuthorisedCalls): ReportsApi {
  return new Reports(account);
}
