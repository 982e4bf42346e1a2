// A meeting's file for calendars, brought when it is asked for.
import { useState } from "preact/hooks";
import type { HostApi, HostMeeting } from "../../client/host-contract";
import { language } from "../i18n/language";
import { type MetFailure, met } from "../parts/failure-notice";
import { saveFile } from "../parts/save-file";

export interface CalendarFile {
  readonly state: "" | "working" | "done";
  readonly failed: MetFailure | null;
  /** `password` stands in the file unless it is "". */
  readonly download: (password: string) => void;
  /** What was downloaded is not what is chosen now. */
  readonly forget: () => void;
}

export function useCalendarFile(api: HostApi, meeting: HostMeeting): CalendarFile {
  const [state, setState] = useState<CalendarFile["state"]>("");
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const download = (password: string) => {
    if (state === "working") return;
    setState("working");
    setFailed(null);
    api.calendarFile(meeting.id, language.value, password).then(
      (file) => {
        // Whoever has both in one folder has to tell them apart.
        saveFile(file, `rapat-${meeting.id}${meeting.state === "cancelled" ? "-batal" : ""}.ics`);
        setState("done");
      },
      (thrown: unknown) => {
        setFailed(met(thrown));
        setState("");
      },
    );
  };
  return { state, failed, download, forget: () => setState("") };
}
