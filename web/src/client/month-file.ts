// The attendance of all meetings of a month as one file, which takes the server some seconds.
import { numberOf, stringOf } from "../protocol/http-api";
import { fetchToldFile } from "../protocol/told-file";
import type { AuthorisedCalls } from "./account-session";
import type { MonthFile, MonthProgress, MonthRequest } from "./host-contract";

/** Reading and making take the server two minutes at most; then the file has to come. */
const MONTH_MS = 180_000;
const STEPS: Readonly<Record<string, MonthProgress["step"]>> = {
  READING: "reading",
  COMPOSING: "composing",
  WRITING: "writing",
};

export function monthFile(
  account: AuthorisedCalls,
  { month, scope, format }: MonthRequest,
  onProgress: (progress: MonthProgress) => void,
  signal: AbortSignal,
): Promise<MonthFile> {
  const path = `/api/v1/reports/attendance?month=${month}&scope=${scope}&format=${format}`;
  return account.authorised(async (bearer) => {
    const { file, about } = await fetchToldFile(
      path,
      { bearer, deadlineMs: MONTH_MS, signal },
      (line) =>
        onProgress({
          step: STEPS[String(line.step)] ?? "waiting",
          done: numberOf(line, "done"),
          total: numberOf(line, "total"),
        }),
      (done, total) => onProgress({ step: "sending", done, total }),
    );
    // A server of the version before does not count them.
    const meetings = "meetings" in about ? numberOf(about, "meetings") : 1;
    return { file, meetings, name: nameOf(stringOf(about, "name"), month, format) };
  });
}

/** Nothing but a plain file name is taken from outside. */
function nameOf(said: string, month: string, format: string): string {
  return /^[a-z0-9][a-z0-9-]*\.[a-z]+$/.test(said) ? said : `kehadiran-${month}.${format}`;
}
