// Ending and calling off ask once.
import { useId, useState } from "preact/hooks";
import type { HostApi, HostMeeting } from "../../client/host-contract";
import { dateTimeOf } from "../i18n/format";
import { Ask } from "../parts/ask";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { Notice } from "../parts/notice";
import { callOffOnce, hasNext } from "./call-off";
import { hostPageWords, hostWords } from "./words";

export type Question = "end" | "cancel";

export interface MeetingQuestionProps {
  readonly api: HostApi;
  readonly meeting: HostMeeting;
  readonly question: Question;
  /** Somebody else's can only be called off as a whole: who changes it is its owner. */
  readonly own: boolean;
  readonly onClose: (done: boolean) => void;
}

export function MeetingQuestion({ api, meeting, question, own, onClose }: MeetingQuestionProps) {
  const w = hostPageWords.value;
  const h = hostWords.value;
  const [working, setWorking] = useState(false);
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const choosing = question === "cancel" && own && hasNext(meeting);
  // What is smaller can be done again for the rest.
  const [once, setOnce] = useState(choosing);
  const choice = useId();
  const series = Boolean(meeting.schedule?.recurrence);
  const next = dateTimeOf(meeting.nextStartsAt, meeting.schedule?.timeZone ?? "UTC");
  const text =
    question === "end"
      ? (series ? h.endSeriesText : w.host.endText)(meeting.title)
      : once
        ? h.cancelOnce(meeting.title, next)
        : (series ? h.cancelSeries : h.cancelText)(meeting.title);
  const act = () => {
    if (working) return;
    setWorking(true);
    setFailed(null);
    const done = {
      end: () => api.endMeeting(meeting.id),
      cancel: () => (once ? callOffOnce(api, meeting, meeting.nextStartsAt) : api.cancelMeeting(meeting.id)),
    };
    done[question]().then(
      () => onClose(true),
      (thrown: unknown) => {
        setFailed(met(thrown));
        setWorking(false);
      },
    );
  };
  const said = question === "end" ? [w.host.end, w.host.ending] : [h.cancel, h.cancelling];
  return (
    <Ask title={question === "end" ? w.host.endTitle : h.cancelTitle} onClose={() => onClose(false)}>
      {choosing && (
        <fieldset class="choices">
          <legend>{h.cancelWhich}</legend>
          <label class="choice">
            <input type="radio" name={choice} checked={once} onChange={() => setOnce(true)} />
            <span>{h.onlyNext(next)}</span>
          </label>
          <label class="choice">
            <input type="radio" name={choice} checked={!once} onChange={() => setOnce(false)} />
            <span>{h.allToCome}</span>
          </label>
        </fieldset>
      )}
      <p aria-live={choosing ? "polite" : undefined}>{text}</p>
      {failed && isOfTheDay(failed) ? (
        <Notice kind="error">{h.notAlone}</Notice>
      ) : (
        failed && <FailureNotice of={failed} />
      )}
      <div class="acts">
        <button type="button" class="button danger" aria-disabled={working ? "true" : undefined} onClick={act}>
          {said[working ? 1 : 0]}
        </button>
        <button type="button" class="button plain" data-safe onClick={() => onClose(false)}>
          {question === "end" ? w.app.cancel : w.app.back}
        </button>
      </div>
    </Ask>
  );
}

/** It has opened meanwhile, or is the last one. */
function isOfTheDay({ failure }: MetFailure): boolean {
  return failure.code === "INVALID_FIELD" && failure.field.includes("called_off");
}
