// What has taken place, newest first, page after page.
import type { HostApi, HostMeeting, PastMeeting, PastRequest } from "../../client/host-contract";
import { dateTimeOf, momentIn } from "../i18n/format";
import { FailureNotice } from "../parts/failure-notice";
import { Loaded } from "../parts/loaded";
import { Notice } from "../parts/notice";
import { monthName } from "./months";
import { useCalendarFile } from "./use-calendar-file";
import type { PastMeetings } from "./use-past-meetings";
import { hostPageWords, hostWords } from "./words";
import { ownTimeZone } from "./zone-time";

export interface PastListProps {
  readonly api: HostApi;
  readonly of: PastMeetings;
  /** Of the person who looks at it. */
  readonly accountId: string;
  /** Whether those of others are among them. */
  readonly others: boolean;
  readonly timeZone: string;
  readonly onAttendance: (past: PastMeeting) => void;
}

export function PastList({ api, of, accountId, others, timeZone, onAttendance }: PastListProps) {
  const h = hostWords.value;
  return (
    <Loaded of={of.first} waiting={h.loadingPast}>
      {({ past, next, of: asked }) => {
        if (past.length === 0) return <p class="quiet">{noneOf(asked)}</p>;
        return (
          <>
            <ul class="past-meetings">
              {past.map((row) => (
                <PastRow
                  key={`${row.meeting.id}:${row.number}:${row.startedAt || row.plannedAt}`}
                  api={api}
                  row={row}
                  own={row.meeting.ownerId === accountId}
                  timeZone={row.meeting.schedule?.timeZone || timeZone}
                  others={others}
                  onAttendance={onAttendance}
                />
              ))}
            </ul>
            {of.failed && <FailureNotice of={of.failed} />}
            {next && (
              <button type="button" class="button" aria-disabled={of.working ? "true" : undefined} onClick={of.more}>
                {h.more}
              </button>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

function noneOf({ search, month }: PastRequest): string {
  const { nothingPast, search: s } = hostWords.value;
  if (month) return search ? s.nonePastIn(monthName(month)) : s.nothingIn(monthName(month));
  return search ? s.nonePast : nothingPast;
}

interface PastRowProps {
  readonly api: HostApi;
  readonly row: PastMeeting;
  readonly own: boolean;
  readonly timeZone: string;
  readonly others: boolean;
  readonly onAttendance: (past: PastMeeting) => void;
}

function PastRow({ api, row, own, timeZone, others, onAttendance }: PastRowProps) {
  const w = hostPageWords.value;
  const h = hostWords.value;
  const { meeting, number } = row;
  const at = row.startedAt || row.plannedAt || meeting.endedAt || meeting.createdAt;
  const when = dateTimeOf(at, timeZone);
  const untilClock = momentIn(row.endedAt, timeZone || ownTimeZone())
    .replace(/^.*, /, "")
    .slice(0, 5);
  return (
    <li class="past-meeting">
      <div class="meeting-words">
        <h3>{meeting.title}</h3>
        <p class="quiet">{number > 0 ? `${when} – ${untilClock}` : when}</p>
        <p class="quiet">
          {number > 0 ? h.most(row.mostPresent) : meeting.state === "cancelled" ? h.calledOff : h.nobodyCame}
          {others && ` · ${meeting.ownerName}`}
        </p>
      </div>
      {number > 0 && (
        <button
          type="button"
          class="button"
          aria-label={
            meeting.schedule?.recurrence ? h.attendanceOn(meeting.title, when) : w.attendance.of(meeting.title)
          }
          onClick={() => onAttendance(row)}
        >
          {w.attendance.title}
        </button>
      )}
      {number === 0 && own && meeting.state === "cancelled" && meeting.schedule && (
        <Removal api={api} meeting={meeting} />
      )}
    </li>
  );
}

/** Calendars that took a meeting over go on reminding of it until a newer file says that it was called off. */
function Removal({ api, meeting }: { api: HostApi; meeting: HostMeeting }) {
  const h = hostWords.value.removal;
  const { state, failed, download } = useCalendarFile(api, meeting);
  return (
    <>
      <button
        type="button"
        class="button"
        aria-label={h.of(meeting.title)}
        aria-disabled={state === "working" ? "true" : undefined}
        onClick={() => download("")}
      >
        {state === "working" ? <span class="waiting">{h.preparing}</span> : h.button}
      </button>
      {state === "done" && (
        <Notice kind="good">
          <p>{h.done}</p>
        </Notice>
      )}
      {failed && <FailureNotice of={failed} />}
    </>
  );
}
