// Meetings that are to come, then those that took place; each with what can be done to it.
import { useState } from "preact/hooks";
import type {
  Account,
  AccountSession,
  HostApi,
  HostMeeting,
  MeetingScope,
  PastMeeting,
} from "../../client/host-contract";
import { formatMeetingId } from "../../client/links";
import { dateTimeOf } from "../i18n/format";
import { LEAVE, PEOPLE, PLUS, REFRESH } from "../meeting-icons";
import { FailureNotice } from "../parts/failure-notice";
import { Icon } from "../parts/icon";
import { Loaded, useLoading } from "../parts/loaded";
import { SelectField } from "../parts/select-field";
import type { Services } from "../services";
import { useJoinAsHost } from "./join-as-host";
import { MeetingQuestion, type Question } from "./meeting-questions";
import { MonthExport } from "./month-export";
import { PastList } from "./past-list";
import { everySentence } from "./schedule-words";
import type { MonthDownload } from "./use-month-file";
import { hostPageWords, hostWords } from "./words";

export interface MeetingListProps {
  readonly api: HostApi;
  readonly session: AccountSession;
  readonly account: Account;
  readonly services: Services;
  /** Of a month's attendance. */
  readonly month: MonthDownload;
  readonly onNew: (timeZone: string) => void;
  readonly onEdit: (meeting: HostMeeting) => void;
  readonly onInvite: (meeting: HostMeeting) => void;
  /** `occurrence` 0: the present one, or the last. */
  readonly onAttendance: (meeting: HostMeeting, occurrence: number) => void;
}

export function MeetingList(props: MeetingListProps) {
  const { api, session, account, services, month, onNew, onEdit, onInvite, onAttendance } = props;
  const w = hostPageWords.value;
  const h = hostWords.value;
  const [scope, setScope] = useState<MeetingScope>("own");
  const [asking, setAsking] = useState<{ readonly meeting: HostMeeting; readonly question: Question } | null>(null);
  const [round, setRound] = useState(0);
  const upcoming = useLoading(() => api.listMeetings(scope), [api, scope, round]);
  const join = useJoinAsHost(session, account, services);
  const seesOthers = account.role !== "host" && account.role !== "participant";
  const timeZone = upcoming.value?.timeZone ?? "";
  return (
    <>
      <div class="host-head">
        <h1>{w.host.myMeetings}</h1>
        <button
          type="button"
          class="panel-close"
          aria-label={w.host.refresh}
          title={w.host.refresh}
          onClick={() => setRound(round + 1)}
        >
          <Icon of={REFRESH} />
        </button>
        <button type="button" class="button main" onClick={() => onNew(timeZone)}>
          <Icon of={PLUS} />
          {w.host.newMeeting}
        </button>
      </div>
      {seesOthers && (
        <SelectField
          label={h.scope}
          value={scope}
          options={[
            ["own", h.scopes.own],
            ["unit", account.role === "head-of-unit" ? h.scopes.unit : h.scopes.tenant],
          ]}
          onValue={(value) => setScope(value === "unit" ? "unit" : "own")}
        />
      )}
      {join.failed && <FailureNotice of={join.failed} />}
      <section class="meetings-part" aria-labelledby="rapat-datang">
        <h2 id="rapat-datang">{h.upcoming}</h2>
        <Loaded of={upcoming} waiting={w.host.loading}>
          {({ meetings }) =>
            meetings.length === 0 ? (
              <div class="host-empty">
                <p class="host-empty-title">{h.nothingUpcoming}</p>
                {scope === "own" && <p class="quiet">{w.host.emptyText}</p>}
              </div>
            ) : (
              <ul class="meetings">
                {meetings.map((meeting) => (
                  <li key={meeting.id} class={`card meeting-card ${meeting.state}`}>
                    <MeetingWords meeting={meeting} timeZone={timeZone} others={scope === "unit"} />
                    <div class="meeting-acts">
                      {meeting.ownerId === account.id && (
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
                          <button
                            type="button"
                            class="button"
                            aria-label={h.editOf(meeting.title)}
                            onClick={() => onEdit(meeting)}
                          >
                            {h.edit}
                          </button>
                        </>
                      )}
                      <button
                        type="button"
                        class="button"
                        aria-label={w.attendance.of(meeting.title)}
                        onClick={() => onAttendance(meeting, 0)}
                      >
                        {w.attendance.title}
                      </button>
                      {meeting.ownerId === account.id && (
                        <StopButton meeting={meeting} onAsk={(question) => setAsking({ meeting, question })} />
                      )}
                    </div>
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </section>
      <section class="meetings-part" aria-labelledby="rapat-lewat">
        <h2 id="rapat-lewat">{h.past}</h2>
        <MonthExport
          download={month}
          scope={scope === "own" ? "own" : account.role === "head-of-unit" ? "unit" : "tenant"}
          timeZone={timeZone}
        />
        <PastList
          key={`${scope} ${round}`}
          api={api}
          scope={scope}
          timeZone={timeZone}
          onAttendance={(past: PastMeeting) => onAttendance(past.meeting, past.number)}
        />
      </section>
      {asking && (
        <MeetingQuestion
          api={api}
          {...asking}
          onClose={(done) => {
            setAsking(null);
            if (done) setRound(round + 1);
          }}
        />
      )}
    </>
  );
}

/** What people are in, or what is open without a plan, is ended; what is planned is called off. */
function StopButton({ meeting, onAsk }: { meeting: HostMeeting; onAsk: (question: Question) => void }) {
  const w = hostPageWords.value;
  const h = hostWords.value;
  const ends = meeting.present > 0 || !meeting.schedule;
  return (
    <button
      type="button"
      class="button plain end"
      aria-label={ends ? w.host.endMeeting(meeting.title) : h.cancelOf(meeting.title)}
      onClick={() => onAsk(ends ? "end" : "cancel")}
    >
      <Icon of={LEAVE} small />
      {ends ? w.host.end : h.cancel}
    </button>
  );
}

interface MeetingWordsProps {
  readonly meeting: HostMeeting;
  readonly timeZone: string;
  readonly others: boolean;
}

function MeetingWords({ meeting, timeZone, others }: MeetingWordsProps) {
  const w = hostPageWords.value;
  const h = hostWords.value;
  const schedule = meeting.schedule;
  const when = schedule
    ? (schedule.recurrence ? h.nextAt : h.startsAt)(dateTimeOf(meeting.nextStartsAt, schedule.timeZone))
    : meeting.state === "not-open"
      ? h.opensAt(dateTimeOf(meeting.opensAt, timeZone))
      : h.madeAt(dateTimeOf(meeting.createdAt, timeZone));
  return (
    <div class="meeting-words">
      <h3>{meeting.title}</h3>
      <p class="row">
        <span class={`pill ${meeting.state}`}>{meeting.present > 0 ? h.running : h.states[meeting.state]}</span>
        <span class="meter-text">{formatMeetingId(meeting.id)}</span>
        {meeting.present > 0 && (
          <span class="state">
            <Icon of={PEOPLE} small />
            {w.host.presentNow(meeting.present)}
          </span>
        )}
      </p>
      {schedule?.recurrence && <p>{everySentence(schedule)}</p>}
      <p class="quiet">{when}</p>
      {others && <p class="quiet">{h.by(meeting.ownerName)}</p>}
    </div>
  );
}
