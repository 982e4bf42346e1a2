// Who was there: one line per person, to look at, to download, and to print and sign.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Attendance, AttendanceLine, HostApi, HostMeeting, ReportFormat } from "../../client/host-contract";
import { formatMeetingId } from "../../client/links";
import { dateTimeIn, duration, momentIn, wholeDay } from "../i18n/format";
import { REFRESH } from "../meeting-icons";
import { Fact } from "../parts/fact";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { Icon } from "../parts/icon";
import { Notice } from "../parts/notice";
import { saveFile } from "../parts/save-file";
import { useLasting } from "../parts/time";
import { hostPageWords } from "./words";

/** While the meeting runs, who is there is asked for again. */
const LIVE_MS = 15_000;
const FORMATS: readonly ReportFormat[] = ["pdf", "xlsx", "csv"];

export interface AttendanceViewProps {
  readonly api: HostApi;
  readonly meeting: HostMeeting;
  /** From 1; 0: the latest. */
  readonly occurrence: number;
  readonly onDone: () => void;
}

export function AttendanceView({ api, meeting, occurrence, onDone }: AttendanceViewProps) {
  const w = hostPageWords.value;
  const heading = useRef<HTMLHeadingElement>(null);
  const [attendance, setAttendance] = useState<Attendance | null>(null);
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [chosen, setChosen] = useState(occurrence);
  const slow = useLasting(!attendance && !failed, 300);
  const again = () => setAttempt(attempt + 1);
  useEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    let wanted = true;
    setFailed(null);
    api.attendance(meeting.id, chosen).then(
      (loaded) => wanted && setAttendance(loaded),
      (thrown: unknown) => wanted && setFailed(met(thrown)),
    );
    return () => {
      wanted = false;
    };
  }, [api, meeting.id, attempt, chosen]);

  const live = attendance !== null && attendance.startedAt > 0 && attendance.endedAt === 0;
  useEffect(() => {
    if (!live) return;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") setAttempt((before) => before + 1);
    }, LIVE_MS);
    return () => clearInterval(timer);
  }, [live]);

  return (
    <div class="stack attendance">
      <div class="host-head">
        <div class="attendance-title">
          <p class="quiet">{w.attendance.title}</p>
          <h1 ref={heading} tabIndex={-1}>
            {meeting.title}
          </h1>
        </div>
        <button
          type="button"
          class="panel-close"
          aria-label={w.attendance.refresh}
          title={w.attendance.refresh}
          onClick={again}
        >
          <Icon of={REFRESH} />
        </button>
      </div>
      {failed && (
        <div class="stack">
          <FailureNotice of={failed} />
          <button type="button" class="button" onClick={again}>
            {w.app.tryAgain}
          </button>
        </div>
      )}
      {!attendance && !failed && (
        <p role="status" class={slow ? "waiting" : "unseen"}>
          {w.attendance.loading}
        </p>
      )}
      {attendance?.deletion && (
        <Notice kind="warning">
          <p>
            {w.attendance.deleted(
              wholeDay(attendance.deletion.lastDay),
              dateTimeIn(attendance.deletion.at, attendance.timeZone, attendance.zone),
            )}
          </p>
        </Notice>
      )}
      {attendance?.people.length === 0 && !attendance.deletion && (
        <div class="host-empty">
          <p class="host-empty-title">{w.attendance.empty}</p>
          <p class="quiet">{w.attendance.emptyText}</p>
        </div>
      )}
      {attendance && attendance.occurrences.length > 1 && (
        <div class="field">
          <label for="attendance-occurrence">{w.attendance.occurrence}</label>
          <select
            id="attendance-occurrence"
            value={attendance.occurrence}
            onChange={(event) => setChosen(Number(event.currentTarget.value))}
          >
            {[...attendance.occurrences].reverse().map((one) => (
              <option key={one.number} value={one.number}>
                {w.attendance.occurrenceOf(one.number, dateTimeIn(one.startedAt, attendance.timeZone, attendance.zone))}
              </option>
            ))}
          </select>
        </div>
      )}
      {attendance && attendance.people.length > 0 && <Sheet api={api} attendance={attendance} />}
      <button type="button" class="button plain wide" onClick={onDone}>
        {w.app.back}
      </button>
    </div>
  );
}

function Sheet({ api, attendance }: { readonly api: HostApi; readonly attendance: Attendance }) {
  const w = hostPageWords.value;
  const [working, setWorking] = useState<ReportFormat | null>(null);
  const [saved, setSaved] = useState(false);
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const when = (at: number) => dateTimeIn(at, attendance.timeZone, attendance.zone);
  // Guests alone have neither: no empty columns then. On paper both stand below the name, as in the PDF.
  const nips = attendance.people.some(({ nip }) => nip !== "");
  const units = attendance.people.some(({ unit }) => unit !== "");

  const download = async (format: ReportFormat) => {
    if (working) return;
    setWorking(format);
    setSaved(false);
    setFailed(null);
    try {
      const file = await api.attendanceFile(attendance.meetingId, attendance.occurrence, format);
      saveFile(file, `daftar-hadir-${attendance.meetingId}-${attendance.occurrence}.${format}`);
      setSaved(true);
    } catch (thrown) {
      setFailed(met(thrown));
    }
    setWorking(null);
  };

  return (
    <>
      {!attendance.intact && (
        <Notice kind="warning">
          <p>{w.attendance.broken}</p>
        </Notice>
      )}
      <dl class="attendance-facts">
        <Fact name={w.attendance.meetingId} value={formatMeetingId(attendance.meetingId)} />
        <Fact name={w.attendance.host} value={attendance.ownerName} />
        <Fact name={w.attendance.started} value={when(attendance.startedAt)} />
        <Fact
          name={w.attendance.ended}
          value={attendance.endedAt > 0 ? when(attendance.endedAt) : w.attendance.running}
        />
        {attendance.endedAt === 0 && <Fact name={w.attendance.asOf} value={when(attendance.asOf)} />}
      </dl>
      <div class="meeting-acts">
        {FORMATS.map((format) => (
          <button
            key={format}
            type="button"
            class={format === "pdf" ? "button main" : "button"}
            aria-disabled={working ? "true" : undefined}
            onClick={() => void download(format)}
          >
            {working === format ? w.attendance.downloading : w.attendance.download(format.toUpperCase())}
          </button>
        ))}
        <button type="button" class="button" onClick={() => print()}>
          {w.attendance.print}
        </button>
      </div>
      {failed && <FailureNotice of={failed} />}
      {saved && (
        <Notice kind="good">
          <p>{w.attendance.downloaded}</p>
        </Notice>
      )}
      <p class="quiet">
        {w.attendance.people(attendance.people.length)} · {w.attendance.times(attendance.zone)}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: on a phone it is scrolled sideways, by keyboard too */}
      <section class="attendance-scroll" aria-label={w.attendance.title} tabIndex={0}>
        <table class="attendance-table as-cards">
          <thead>
            <tr>
              <th scope="col" class="figure">
                {w.attendance.number}
              </th>
              <th scope="col" class="who" data-paper={`/ ${w.attendance.nip} / ${w.attendance.unit}`}>
                {w.attendance.name}
              </th>
              {nips && (
                <th scope="col" class="nip">
                  {w.attendance.nip}
                </th>
              )}
              {units && (
                <th scope="col" class="unit">
                  {w.attendance.unit}
                </th>
              )}
              <th scope="col">{w.attendance.firstJoin}</th>
              <th scope="col">{w.attendance.lastLeave}</th>
              <th scope="col" class="figure">
                {w.attendance.present}
              </th>
              <th scope="col" class="figure">
                {w.attendance.rejoins}
              </th>
              <th scope="col" class="figure">
                {w.attendance.lost}
              </th>
              <th scope="col" class="on-paper signature">
                {w.attendance.signature}
              </th>
            </tr>
          </thead>
          <tbody>
            {attendance.people.map((line, index) => (
              // Two guests may have the same name; the order is that of the log.
              <tr key={`${line.firstJoin} ${line.name} ${index}`}>
                <td class="figure">{index + 1}</td>
                <th scope="row" class="who" data-paper={[line.nip, line.unit].filter(Boolean).join("\n")}>
                  {line.name}
                </th>
                {nips && (
                  <td class="nip" data-label={w.attendance.nip}>
                    {line.nip}
                  </td>
                )}
                {units && (
                  <td class="unit" data-label={w.attendance.unit}>
                    {line.unit}
                  </td>
                )}
                <td data-label={w.attendance.firstJoin}>{momentIn(line.firstJoin, attendance.timeZone)}</td>
                <td data-label={w.attendance.lastLeave}>
                  <LastLeave line={line} timeZone={attendance.timeZone} />
                </td>
                <td class="figure" data-label={w.attendance.present}>
                  {duration(line.presentSeconds)}
                </td>
                <td class={line.rejoins > 0 ? "figure" : "figure nothing"} data-label={w.attendance.rejoins}>
                  {line.rejoins}
                </td>
                <td class={line.lost > 0 ? "figure" : "figure nothing"} data-label={w.attendance.lost}>
                  {line.lost}
                </td>
                <td class="on-paper signature" />
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <div class="on-paper acknowledgement">
        <p>{w.attendance.acknowledged}</p>
        <p class="line">{w.attendance.acknowledgedBy}</p>
      </div>
      <p class="quiet attendance-proof">
        {w.attendance.head}: {attendance.head}
      </p>
    </>
  );
}

function LastLeave({ line, timeZone }: { readonly line: AttendanceLine; readonly timeZone: string }) {
  const w = hostPageWords.value;
  if (line.lastLeave === 0) return <span class="pill open">{w.attendance.stillThere}</span>;
  return (
    <>
      {momentIn(line.lastLeave, timeZone)}
      {(line.reason === "lost" || line.reason === "removed") && (
        <span class="quiet attendance-reason">{w.attendance.reasons[line.reason]}</span>
      )}
    </>
  );
}
