// One meeting that is to come, with what can be done to it.
import type { HostMeeting } from "../../client/host-contract";
import { formatMeetingId } from "../../client/links";
import { dateTimeOf, wholeDay } from "../i18n/format";
import { LEAVE, PEOPLE } from "../meeting-icons";
import { Icon } from "../parts/icon";
import { isSeries } from "./call-off";
import type { JoinAsHost } from "./join-as-host";
import type { Question } from "./meeting-questions";
import { toCome } from "./schedule-draft";
import { everySentence } from "./schedule-words";
import { hostPageWords, hostWords } from "./words";

export interface MeetingCardProps extends MeetingWordsProps {
  /** Of the person who looks at it. */
  readonly own: boolean;
  /** Whether they may end it or call it off. */
  readonly stops: boolean;
  readonly join: JoinAsHost;
  readonly onInvite: (meeting: HostMeeting) => void;
  readonly onEdit: (meeting: HostMeeting) => void;
  readonly onAttendance: (meeting: HostMeeting, occurrence: number) => void;
  readonly onAsk: (question: Question) => void;
}

export function MeetingCard(props: MeetingCardProps) {
  const { meeting, own, stops, others, timeZone, join, onInvite, onEdit, onAttendance, onAsk } = props;
  const w = hostPageWords.value;
  const h = hostWords.value;
  return (
    <li class={`card meeting-card ${meeting.state}`}>
      <MeetingWords meeting={meeting} timeZone={timeZone} others={others} />
      <div class="meeting-acts">
        {own && (
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
            <button type="button" class="button" aria-label={h.editOf(meeting.title)} onClick={() => onEdit(meeting)}>
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
        {stops && <StopButton meeting={meeting} onAsk={onAsk} />}
      </div>
    </li>
  );
}

/** What people are in, have been in this one time, or what is open without a plan, is ended; what is planned is called off. */
function StopButton({ meeting, onAsk }: { meeting: HostMeeting; onAsk: (question: Question) => void }) {
  const w = hostPageWords.value;
  const h = hostWords.value;
  const held = meeting.state === "open" && meeting.begun && !isSeries(meeting);
  const ends = meeting.present > 0 || !meeting.schedule || held;
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
    ? (schedule.recurrence && meeting.state === "not-open" ? h.nextAt : h.startsAt)(
        dateTimeOf(meeting.nextStartsAt, schedule.timeZone),
      )
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
      {schedule?.recurrence && (
        <CalledOff days={toCome(schedule.recurrence.calledOff, schedule.timeZone, Date.now())} />
      )}
      <p class="quiet">{when}</p>
      {others && <p class="quiet">{h.by(meeting.ownerName)}</p>}
    </div>
  );
}

function CalledOff({ days }: { days: readonly string[] }) {
  const w = hostPageWords.value;
  if (days.length === 0) return null;
  const list = new Intl.ListFormat(w.locale).format(days.map((day) => wholeDay(day)));
  return <p>{hostWords.value.notOn(list)}</p>;
}
