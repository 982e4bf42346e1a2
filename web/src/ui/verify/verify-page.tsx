// Whether a report of attendance matches the log that it was made from, said in words.
import { useRef, useState } from "preact/hooks";
import { formatMeetingId } from "../../client/links";
import type { ReportVerdict } from "../../client/reports-api";
import type { AccountPageProps } from "../account/pages";
import { dateTimeOf, wholeDay } from "../i18n/format";
import { Fact } from "../parts/fact";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { Icon, WARNING } from "../parts/icon";
import { Notice } from "../parts/notice";
import { useServices } from "../services";
import { verifyWords } from "./words";
import "../styles/host.css";
import "../styles/attendance.css";
import "../styles/paper.css";

const LARGEST = 32 * 1024 * 1024;

export function VerifyPage(_: AccountPageProps) {
  const w = verifyWords.value;
  const services = useServices();
  const field = useRef<HTMLInputElement>(null);
  const [name, setName] = useState("");
  const [working, setWorking] = useState(false);
  const [wrong, setWrong] = useState<"choose" | "tooLarge" | null>(null);
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const [verdict, setVerdict] = useState<ReportVerdict | null>(null);

  const check = async () => {
    if (working) return;
    const file = field.current?.files?.[0];
    setFailed(null);
    setVerdict(null);
    setWrong(!file || file.size === 0 ? "choose" : file.size > LARGEST ? "tooLarge" : null);
    if (!file || file.size === 0 || file.size > LARGEST) {
      field.current?.focus();
      return;
    }
    setWorking(true);
    try {
      setVerdict(await (await services.loadReportsApi()).verify(file));
    } catch (thrown) {
      setFailed(met(thrown));
    }
    setWorking(false);
  };

  return (
    <div class="host stack">
      <h1>{w.title}</h1>
      <p>{w.intro}</p>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void check();
        }}
      >
        <div class="field">
          <p class="label" aria-hidden="true">
            {w.file}
          </p>
          <input
            id="verify-file"
            class="unseen"
            ref={field}
            type="file"
            aria-label={w.file}
            accept=".csv,.xlsx,.pdf"
            aria-invalid={wrong ? "true" : undefined}
            aria-describedby={wrong ? "verify-wrong" : undefined}
            onChange={(event) => {
              setName(event.currentTarget.files?.[0]?.name ?? "");
              setWrong(null);
              setVerdict(null);
            }}
          />
          {/* The browser's own button speaks the browser's language, not the page's. */}
          <div class="row file-choice">
            <label class="button" for="verify-file" aria-hidden="true">
              {w.chooseFile}
            </label>
            <span class={name ? "file-name" : "file-name quiet"}>{name || w.noFile}</span>
          </div>
          {wrong && (
            <span id="verify-wrong" role="alert" class="wrong">
              <Icon of={WARNING} />
              {w[wrong]}
            </span>
          )}
        </div>
        <button type="submit" class="button main" aria-disabled={working ? "true" : undefined}>
          {working ? w.checking : w.check}
        </button>
      </form>
      {failed && <FailureNotice of={failed} />}
      {verdict && <Verdict of={verdict} />}
    </div>
  );
}

function Verdict({ of }: { readonly of: ReportVerdict }) {
  const w = verifyWords.value;
  return (
    <div class="stack">
      <Notice kind={of.verdict === "matches" ? "good" : "warning"}>
        <p>{w.verdicts[of.verdict]}</p>
        {of.seal === "broken" && <p>{w.sealBroken}</p>}
        {of.seal === "unknown" && <p>{w.sealUnknown}</p>}
      </Notice>
      {of.verdict !== "no-report" && (
        <dl class="attendance-facts">
          <Fact name={w.about} value={of.title} />
          {of.meetingId && <Fact name={w.meetingId} value={formatMeetingId(of.meetingId)} />}
          {of.occurrence > 0 && <Fact name={w.occurrence} value={String(of.occurrence)} />}
          {of.month && <Fact name={w.month} value={of.month} />}
          {of.officeDay && <Fact name={w.officeDay} value={wholeDay(of.officeDay)} />}
          {of.officeWeek && <Fact name={w.officeWeek} value={wholeDay(of.officeWeek)} />}
          <Fact name={w.made} value={dateTimeOf(of.asOf, of.timeZone)} />
          <Fact name={w.records} value={String(of.records)} />
          {of.damagedLogs.length > 0 && (
            <Fact name={w.damaged} value={of.damagedLogs.slice(0, 20).map(nameOfLog).join("; ")} />
          )}
        </dl>
      )}
      {of.differences.length > 0 && <Differences of={of} />}
    </div>
  );
}

/** A meeting's by its id, a day of office hours ("20261124") in words. */
function nameOfLog(name: string): string {
  const day = /^(\d{4})(\d{2})(\d{2})$/.exec(name);
  if (!day) return formatMeetingId(name);
  return `${verifyWords.value.office}, ${wholeDay(`${day[1]}-${day[2]}-${day[3]}`)}`;
}

function Differences({ of }: { readonly of: ReportVerdict }) {
  const w = verifyWords.value;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: on a phone it is scrolled sideways, by keyboard too
    <section class="attendance-scroll" aria-label={w.differences(of.differing)} tabIndex={0}>
      <h2>{w.differences(of.differing)}</h2>
      <table class="attendance-table as-cards in-words">
        <thead>
          <tr>
            <th scope="col">{w.line}</th>
            <th scope="col">{w.column}</th>
            <th scope="col">{w.inFile}</th>
            <th scope="col">{w.inLog}</th>
          </tr>
        </thead>
        <tbody>
          {of.differences.map((one) => (
            <tr key={`${one.table} ${one.line} ${one.column}`}>
              <td data-label={w.line}>{one.line > 0 ? `${one.table}, ${one.line}` : one.table}</td>
              <td data-label={w.column}>{one.column || w.wholeTable}</td>
              <td data-label={w.inFile}>{one.inFile}</td>
              <td data-label={w.inLog}>{one.inLog}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {of.differing > of.differences.length && <p>{w.more(of.differing - of.differences.length)}</p>}
    </section>
  );
}
