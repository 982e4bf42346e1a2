// Beside the text of an invitation: the calendar file, and the QR code with its sheet for a door.
import { useState } from "preact/hooks";
import type { HostApi, HostMeeting } from "../../client/host-contract";
import { joinLink } from "../../client/links";
import { FailureNotice } from "../parts/failure-notice";
import { Lazy } from "../parts/lazy";
import { Notice } from "../parts/notice";
import { useCalendarFile } from "./use-calendar-file";
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
  const file = useCalendarFile(api, meeting);
  const included = withPassword ? password : "";
  return (
    <>
      {password && (
        <label class="choice">
          <input
            type="checkbox"
            checked={withPassword}
            onChange={(event) => {
              setWithPassword(event.currentTarget.checked);
              file.forget();
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
          aria-disabled={file.state === "working" ? "true" : undefined}
          onClick={() => file.download(included)}
        >
          {file.state === "working" ? <span class="waiting">{h.preparing}</span> : h.calendar}
        </button>
      )}
      {file.state === "done" && (
        <Notice kind="good">
          <p>{h.calendarDone}</p>
        </Notice>
      )}
      {file.failed && <FailureNotice of={file.failed} />}
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
