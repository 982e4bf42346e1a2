// My meetings: what is open first, newest first; each with what can be done to it.
import { useEffect, useState } from "preact/hooks";
import type { Account, AccountSession, HostApi, HostMeeting } from "../../client/contract";
import { formatMeetingId } from "../../client/links";
import { dateTime } from "../i18n/format";
import { words } from "../i18n/language";
import { LEAVE, PEOPLE, PLUS, REFRESH } from "../meeting-icons";
import { Ask } from "../parts/ask";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { Icon } from "../parts/icon";
import { useLasting } from "../parts/time";
import type { Services } from "../services";
import { useJoinAsHost } from "./join-as-host";

const STATE_ORDER = { open: 0, "not-open": 1, ended: 2 } as const;

export function ordered(meetings: readonly HostMeeting[]): HostMeeting[] {
  return [...meetings].sort((a, b) => STATE_ORDER[a.state] - STATE_ORDER[b.state] || b.createdAt - a.createdAt);
}

export interface MeetingListProps {
  readonly api: HostApi;
  readonly session: AccountSession;
  readonly account: Account;
  readonly services: Services;
  readonly onNew: () => void;
  readonly onInvite: (meeting: HostMeeting) => void;
  readonly onAttendance: (meeting: HostMeeting) => void;
}

export function MeetingList({ api, session, account, services, onNew, onInvite, onAttendance }: MeetingListProps) {
  const w = words.value;
  const [meetings, setMeetings] = useState<readonly HostMeeting[] | null>(null);
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const [ending, setEnding] = useState<HostMeeting | null>(null);
  const slow = useLasting(!meetings && !failed, 300);
  const join = useJoinAsHost(session, account, services);

  const load = () => {
    setFailed(null);
    api.listMeetings().then(
      (list) => setMeetings(ordered(list)),
      (thrown: unknown) => setFailed(met(thrown)),
    );
  };
  useEffect(load, [api]);

  return (
    <>
      <div class="host-head">
        <h1>{w.host.myMeetings}</h1>
        <button type="button" class="panel-close" aria-label={w.host.refresh} title={w.host.refresh} onClick={load}>
          <Icon of={REFRESH} />
        </button>
        <button type="button" class="button main" onClick={onNew}>
          <Icon of={PLUS} />
          {w.host.newMeeting}
        </button>
      </div>
      {failed && (
        <div class="stack">
          <FailureNotice of={failed} />
          <button type="button" class="button" onClick={load}>
            {w.app.tryAgain}
          </button>
        </div>
      )}
      {join.failed && <FailureNotice of={join.failed} />}
      {!meetings && !failed && (
        <p role="status" class={slow ? "waiting" : "unseen"}>
          {w.host.loading}
        </p>
      )}
      {meetings?.length === 0 && !failed && (
        <div class="host-empty">
          <p class="host-empty-title">{w.host.empty}</p>
          <p class="quiet">{w.host.emptyText}</p>
        </div>
      )}
      <ul class="meetings">
        {meetings?.map((meeting) => (
          <li key={meeting.id} class={`card meeting-card ${meeting.state}`}>
            <MeetingWords meeting={meeting} />
            <div class="meeting-acts">
              {meeting.state !== "ended" && (
                <>
                  <button
                    type="button"
                    class="button"
                    aria-label={w.host.joinMeeting(meeting.title)}
                    aria-disabled={join.working ? "true" : undefined}
                    onClick={() => join.start(meeting.id)}
                  >
                    {join.working === meeting.id ? <span class="waiting">{w.join.working}</span> : w.host.join}
                  </button>
                  <button
                    type="button"
                    class="button"
                    aria-label={w.host.inviteTo(meeting.title)}
                    onClick={() => onInvite(meeting)}
                  >
                    {w.host.invite}
                  </button>
                </>
              )}
              <button
                type="button"
                class="button"
                aria-label={w.attendance.of(meeting.title)}
                onClick={() => onAttendance(meeting)}
              >
                {w.attendance.title}
              </button>
              {meeting.state !== "ended" && (
                <button
                  type="button"
                  class="button plain end"
                  aria-label={w.host.endMeeting(meeting.title)}
                  onClick={() => setEnding(meeting)}
                >
                  <Icon of={LEAVE} small />
                  {w.host.end}
                </button>
              )}
            </div>
          </li>
        ))}
      </ul>
      {ending && (
        <EndQuestion
          api={api}
          meeting={ending}
          onClose={(ended) => {
            setEnding(null);
            if (ended) load();
          }}
        />
      )}
    </>
  );
}

function MeetingWords({ meeting }: { readonly meeting: HostMeeting }) {
  const w = words.value;
  const when =
    meeting.state === "ended" && meeting.endedAt > 0
      ? w.host.endedAt(dateTime(meeting.endedAt))
      : meeting.state === "not-open" && meeting.opensAt > 0
        ? w.host.opensAt(dateTime(meeting.opensAt))
        : w.host.createdAt(dateTime(meeting.createdAt));
  return (
    <div class="meeting-words">
      <h2>{meeting.title}</h2>
      <p class="row">
        <span class={`pill ${meeting.state}`}>{w.host.states[meeting.state]}</span>
        <span class="meter-text">{formatMeetingId(meeting.id)}</span>
        {meeting.state !== "ended" && meeting.present > 0 && (
          <span class="state">
            <Icon of={PEOPLE} small />
            {w.host.presentNow(meeting.present)}
          </span>
        )}
      </p>
      <p class="quiet">{when}</p>
    </div>
  );
}

interface EndQuestionProps {
  readonly api: HostApi;
  readonly meeting: HostMeeting;
  readonly onClose: (ended: boolean) => void;
}

function EndQuestion({ api, meeting, onClose }: EndQuestionProps) {
  const w = words.value;
  const [working, setWorking] = useState(false);
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const end = () => {
    if (working) return;
    setWorking(true);
    setFailed(null);
    api.endMeeting(meeting.id).then(
      () => onClose(true),
      (thrown: unknown) => {
        setFailed(met(thrown));
        setWorking(false);
      },
    );
  };
  return (
    <Ask title={w.host.endTitle} onClose={() => onClose(false)}>
      <p>{w.host.endText(meeting.title)}</p>
      {failed && <FailureNotice of={failed} />}
      <div class="acts">
        <button type="button" class="button danger" aria-disabled={working ? "true" : undefined} onClick={end}>
          {working ? w.host.ending : w.host.end}
        </button>
        <button type="button" class="button plain" data-safe onClick={() => onClose(false)}>
          {w.app.cancel}
        </button>
      </div>
    </Ask>
  );
}
