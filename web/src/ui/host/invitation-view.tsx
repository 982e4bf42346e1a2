// The invitation: link, ID, password, and one button that copies it all as a text for a messenger.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Account, AccountSession, HostApi, HostMeeting } from "../../client/host-contract";
import { formatMeetingId, invitationText, joinLink } from "../../client/links";
import { Ask } from "../parts/ask";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { Notice } from "../parts/notice";
import type { Services } from "../services";
import { copyText } from "./clipboard";
import { InvitationExtras } from "./invitation-extras";
import { useJoinAsHost } from "./join-as-host";
import { invitedWhen } from "./schedule-words";
import { hostPageWords } from "./words";

export interface InvitationViewProps {
  readonly api: HostApi;
  readonly session: AccountSession;
  readonly account: Account;
  readonly services: Services;
  readonly meeting: HostMeeting;
  readonly created: boolean;
  /** "": not known any more. */
  readonly password: string;
  readonly onPassword: (password: string) => void;
  readonly onDone: () => void;
}

export function InvitationView(props: InvitationViewProps) {
  const { api, session, account, services, meeting, created, password, onPassword, onDone } = props;
  const w = hostPageWords.value;
  const heading = useRef<HTMLHeadingElement>(null);
  const [asking, setAsking] = useState(false);
  const [copied, setCopied] = useState<"" | "copied" | "copyFailed">("");
  const join = useJoinAsHost(session, account, services);
  useEffect(() => heading.current?.focus(), []);
  const when = invitedWhen(meeting, Date.now());
  const text = invitationText(
    { id: meeting.id, title: meeting.title, password },
    {
      heading: w.invitation.heading,
      meetingId: w.invitation.meetingId,
      password: w.invitation.password,
      link: w.invitation.link,
      when,
    },
  );
  return (
    <div class="stack host-form">
      <div>
        <p class="quiet">{created ? w.invitation.created : w.invitation.title}</p>
        <h1 ref={heading} tabIndex={-1}>
          {meeting.title}
        </h1>
        {when && <p>{when}</p>}
      </div>
      <dl class="card invitation">
        <div>
          <dt>{w.invitation.link}</dt>
          <dd>{joinLink(meeting.id, password)}</dd>
        </div>
        <div>
          <dt>{w.invitation.meetingId}</dt>
          <dd class="meter-text">{formatMeetingId(meeting.id)}</dd>
        </div>
        {password && (
          <div>
            <dt>{w.invitation.password}</dt>
            <dd>{password}</dd>
          </div>
        )}
      </dl>
      <Notice kind={password ? "warning" : "info"}>
        <p>{password ? w.host.passwordOnce : w.host.inviteNeedsPassword}</p>
      </Notice>
      <button
        type="button"
        class="button main"
        onClick={async () => setCopied((await copyText(text)) ? "copied" : "copyFailed")}
      >
        {w.invitation.copy}
      </button>
      {copied && (
        <Notice kind={copied === "copied" ? "good" : "warning"}>
          <p>{w.invitation[copied]}</p>
        </Notice>
      )}
      {copied === "copyFailed" && (
        <div class="field">
          <textarea
            readOnly
            rows={8}
            aria-label={w.invitation.text}
            value={text}
            onFocus={(event) => event.currentTarget.select()}
          />
        </div>
      )}
      <a
        class="button wide"
        href={`https://wa.me/?text=${encodeURIComponent(text)}`}
        target="_blank"
        rel="noopener noreferrer"
      >
        {w.invitation.whatsapp}
      </a>
      <InvitationExtras api={api} meeting={meeting} password={password} when={when} />
      {join.failed && <FailureNotice of={join.failed} />}
      <button
        type="button"
        class="button wide"
        aria-disabled={join.working ? "true" : undefined}
        onClick={() => join.start(meeting.id)}
      >
        {join.working ? <span class="waiting">{w.join.working}</span> : w.host.join}
      </button>
      <button type="button" class="button wide" onClick={() => setAsking(true)}>
        {w.host.newPassword}
      </button>
      <button type="button" class="button plain wide" onClick={onDone}>
        {w.invitation.done}
      </button>
      {asking && (
        <NewPasswordQuestion
          api={api}
          meeting={meeting}
          onClose={(made) => {
            setAsking(false);
            if (!made) return;
            setCopied("");
            onPassword(made);
          }}
        />
      )}
    </div>
  );
}

interface NewPasswordQuestionProps {
  readonly api: HostApi;
  readonly meeting: HostMeeting;
  /** "": nothing was changed. */
  readonly onClose: (password: string) => void;
}

function NewPasswordQuestion({ api, meeting, onClose }: NewPasswordQuestionProps) {
  const w = hostPageWords.value;
  const [working, setWorking] = useState(false);
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const make = () => {
    if (working) return;
    setWorking(true);
    setFailed(null);
    api.resetPassword(meeting.id).then(onClose, (thrown: unknown) => {
      setFailed(met(thrown));
      setWorking(false);
    });
  };
  return (
    <Ask title={w.host.newPasswordTitle} onClose={() => onClose("")}>
      <p>{w.host.newPasswordText}</p>
      {failed && <FailureNotice of={failed} />}
      <div class="acts">
        <button type="button" class="button main" aria-disabled={working ? "true" : undefined} onClick={make}>
          {working ? w.host.makingPassword : w.host.newPasswordMake}
        </button>
        <button type="button" class="button plain" data-safe onClick={() => onClose("")}>
          {w.app.cancel}
        </button>
      </div>
    </Ask>
  );
}
