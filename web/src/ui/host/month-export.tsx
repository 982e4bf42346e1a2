// The attendance of all meetings of a month as one file: which month, which format, how far it is.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { MonthProgress, MonthRequest, ReportFormat } from "../../client/host-contract";
import { decimal, megabytes } from "../i18n/format";
import { words } from "../i18n/language";
import { FailureNotice } from "../parts/failure-notice";
import { Notice } from "../parts/notice";
import { SelectField } from "../parts/select-field";
import { lastMonths, monthName } from "./months";
import type { MonthDownload, MonthState } from "./use-month-file";
import { hostPageWords, hostWords } from "./words";

const FORMATS: readonly ReportFormat[] = ["pdf", "xlsx", "csv"];
/** Where each step begins and ends on the bar, in hundredths. */
const SHARES: Readonly<Record<MonthProgress["step"], readonly [number, number]>> = {
  waiting: [0, 0],
  reading: [0, 35],
  composing: [35, 60],
  writing: [60, 90],
  sending: [90, 100],
};

export interface MonthExportProps {
  readonly download: MonthDownload;
  readonly scope: MonthRequest["scope"];
  /** The tenant's; "": not known. */
  readonly timeZone: string;
}

export function MonthExport({ download, scope, timeZone }: MonthExportProps) {
  const m = hostWords.value.month;
  const { state, start, cancel } = download;
  const months = lastMonths(timeZone);
  const [chosen, setChosen] = useState("");
  const month = chosen || (months[0] ?? "");
  const buttons = useRef<HTMLFieldSetElement>(null);
  const working = state.kind === "working" ? state.asked.format : null;
  return (
    <details class="card month-export" open={state.kind !== "idle"}>
      <summary>{m.title}</summary>
      <div class="stack">
        <p class="quiet">{m.text(m.scopes[scope])}</p>
        <SelectField
          label={m.month}
          value={month}
          options={months.map((one) => [one, monthName(one)])}
          onValue={setChosen}
        />
        <fieldset class="meeting-acts" ref={buttons}>
          <legend class="unseen">{m.format}</legend>
          {FORMATS.map((format) => (
            <button
              key={format}
              type="button"
              class="button"
              aria-disabled={working ? "true" : undefined}
              onClick={() => start({ month, scope, format })}
            >
              {working === format
                ? hostPageWords.value.attendance.downloading
                : hostPageWords.value.attendance.download(format.toUpperCase())}
            </button>
          ))}
        </fieldset>
        {state.kind === "working" && (
          <Working
            asked={state.asked}
            progress={state.progress}
            onCancel={() => {
              cancel();
              // The button that was pressed is gone with what it stopped.
              buttons.current?.querySelector("button")?.focus();
            }}
          />
        )}
        <Outcome state={state} />
      </div>
    </details>
  );
}

interface WorkingProps {
  readonly asked: MonthRequest;
  readonly progress: MonthProgress;
  readonly onCancel: () => void;
}

function Working({ asked, progress, onCancel }: WorkingProps) {
  const m = hostWords.value.month;
  const id = useId();
  const { step, done, total } = progress;
  const part = total > 0 ? Math.min(done / total, 1) : 0;
  const [from, to] = SHARES[step];
  // The log is read from its beginning on, and may grow meanwhile: nobody wants to see it go back.
  const most = useRef(0);
  most.current = Math.max(most.current, Math.round(from + (to - from) * part));
  const count = (value: number) => decimal(value, 0);
  const sentence =
    total === 0
      ? m.steps[step]
      : step === "sending"
        ? m.bytes(megabytes(done / 1e6), megabytes(total / 1e6))
        : step === "waiting"
          ? m.steps.waiting
          : m.counts[step](count(done), count(total));
  return (
    <div class="month-progress">
      <p id={id}>
        <strong>{m.making(monthName(asked.month), asked.format.toUpperCase())}</strong>{" "}
        <span class="meter-text">{sentence}</span>
      </p>
      <progress max={100} value={most.current} aria-labelledby={id} />
      <Announced step={step} />
      <button type="button" class="button" onClick={onCancel}>
        {words.value.app.cancel}
      </button>
    </div>
  );
}

/** For screen readers: what is under way, once each; numbers that change four times a second are not read out. */
function Announced({ step }: { readonly step: MonthProgress["step"] }) {
  const m = hostWords.value.month;
  const [said, setSaid] = useState("");
  // A live region says what changes in it, not what it came with.
  useEffect(() => setSaid(m.steps[step]), [m, step]);
  return (
    <p class="unseen" role="status">
      {said}
    </p>
  );
}

function Outcome({ state }: { readonly state: MonthState }) {
  const m = hostWords.value.month;
  if (state.kind === "idle" || state.kind === "working") return null;
  const month = monthName(state.asked.month);
  if (state.kind === "failed") {
    if (state.failure.failure.code === "TOO_LARGE") {
      return (
        <Notice kind="error">
          <p>{m.tooLarge(month)}</p>
        </Notice>
      );
    }
    return <FailureNotice of={state.failure} />;
  }
  if (state.kind === "saved") {
    return (
      <Notice kind="good">
        <p>{m.saved(month, state.asked.format.toUpperCase())}</p>
      </Notice>
    );
  }
  return (
    <Notice kind="warning">
      <p>{state.kind === "empty" ? m.empty(month, m.scopes[state.asked.scope]) : m.cancelled}</p>
    </Notice>
  );
}
