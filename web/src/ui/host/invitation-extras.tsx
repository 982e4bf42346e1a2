// Beside the text of an invitation: the calendar file, and the QR code with its sheet for a door.
import { useState } from "preact/hooks";
import type { HostApi, HostMeeting } from "../../client/host-contract";
import { joinLink } from "../../client/links";
import { language } from "../i18n/language";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { Lazy } from "../parts/lazy";
import { Notice } from "../parts/notice";
import { saveFile } from "../parts/save-file";
import { hostWords } from "./words";

const loadQr = async () => (await import("./invitation-qr")).InvitationQr;

export interface InvitationExtrasProps {
  readonly api: HostApi;
  readonly meeting: HostMeeting;
  /** "": not known any more. */
  readonly password: string;
  readonly when: string;
}

export function InvitationExtras({ api, meeting, password, when }: InvitationExtrasProps) {
  const h = hostWords.value.invite;
  const [withPassword, setWithPassword] = useState(false);
  const [shown, setShown] = useState(false);
  const [file, setFile] = useState<"" | "working" | "done">("");
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const included = withPassword ? password : "";
  const download = () => {
    if (file === "working") return;
    setFile("working");
    setFailed(null);
    api.calendarFile(meeting.id, language.value, included).then(
      (calendar) => {
        saveFile(calendar, `rapat-${meeting.id}.ics`);
        setFile("done");
      },
      (thrown: unknown) => {
        setFailed(met(thrown));
        setFile("");
      },
    );
  };
  return (
    <>
      {password && (
        <label class="choice">
          <input
            type="checkbox"
            checked={withPassword}
            onChange={(event) => {
              setWithPassword(event.currentTarget.checked);
              setFile("");
            }}
          />
          <span>
            {h.withPassword} <span class="quiet">{h.withPasswordHint}</span>
          </span>
        </label>
      )}
      {meeting.schedule && (
        <button
          type="button"
          class="button wide"
          aria-disabled={file === "working" ? "true" : undefined}
          onClick={download}
        >
          {file === "working" ? <span class="waiting">{h.preparing}</span> : h.calendar}
        </button>
      )}
      {file === "done" && (
        <Notice kind="good">
          <p>{h.calendarDone}</p>
        </Notice>
      )}
      {failed && <FailureNotice of={failed} />}
      <button type="button" class="button wide" aria-expanded={shown} onClick={() => setShown(!shown)}>
        {h.qr}
      </button>
      {shown && (
        <Lazy
          load={loadQr}
          props={{
            id: meeting.id,
            title: meeting.title,
            link: joinLink(meeting.id, included),
            when,
            password: included,
          }}
        />
      )}
    </>
  );
}
