// What has taken place, newest first, page after page.
import { useState } from "preact/hooks";
import type { HostApi, MeetingScope, PastMeeting } from "../../client/host-contract";
import { dateTimeOf, momentIn } from "../i18n/format";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { Loaded, useLoading } from "../parts/loaded";
import { hostPageWords, hostWords } from "./words";
import { ownTimeZone } from "./zone-time";

export interface PastListProps {
  readonly api: HostApi;
  readonly scope: MeetingScope;
  readonly timeZone: string;
  readonly onAttendance: (past: PastMeeting) => void;
}

export function PastList({ api, scope, timeZone, onAttendance }: PastListProps) {
  const h = hostWords.value;
  const first = useLoading(() => api.pastMeetings(scope, ""), [api, scope]);
  const [more, setMore] = useState<{ readonly past: readonly PastMeeting[]; readonly next: string } | null>(null);
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const [working, setWorking] = useState(false);
  const loadMore = (next: string) => {
    if (working) return;
    setWorking(true);
    setFailed(null);
    api.pastMeetings(scope, next).then(
      (page) => {
        setMore({ past: [...(more?.past ?? []), ...page.past], next: page.next });
        setWorking(false);
      },
      (thrown: unknown) => {
        setFailed(met(thrown));
        setWorking(false);
      },
    );
  };
  return (
    <Loaded of={first} waiting={h.loadingPast}>
      {({ past, next }) => {
        const rows = [...past, ...(more?.past ?? [])];
        const following = more ? more.next : next;
        if (rows.length === 0) return <p class="quiet">{h.nothingPast}</p>;
        return (
          <>
            <ul class="past-meetings">
              {rows.map((row) => (
                <PastRow
                  key={`${row.meeting.id}:${row.number}:${row.startedAt || row.plannedAt}`}
                  row={row}
                  timeZone={row.meeting.schedule?.timeZone || timeZone}
                  others={scope === "unit"}
                  onAttendance={onAttendance}
                />
              ))}
            </ul>
            {failed && <FailureNotice of={failed} />}
            {following && (
              <button
                type="button"
                class="button"
                aria-disabled={working ? "true" : undefined}
                onClick={() => loadMore(following)}
              >
                {h.more}
              </button>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

interface PastRowProps {
  readonly row: PastMeeting;
  readonly timeZone: string;
  readonly others: boolean;
  readonly onAttendance: (past: PastMeeting) => void;
}

function PastRow({ row, timeZone, others, onAttendance }: PastRowProps) {
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
    </li>
  );
}
