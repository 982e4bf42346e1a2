// Ending and calling off ask once.
import { useState } from "preact/hooks";
import type { HostApi, HostMeeting } from "../../client/host-contract";
import { Ask } from "../parts/ask";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { hostPageWords, hostWords } from "./words";

export type Question = "end" | "cancel";

export interface MeetingQuestionProps {
  readonly api: HostApi;
  readonly meeting: HostMeeting;
  readonly question: Question;
  readonly onClose: (done: boolean) => void;
}

export function MeetingQuestion({ api, meeting, question, onClose }: MeetingQuestionProps) {
  const w = hostPageWords.value;
  const h = hostWords.value;
  const [working, setWorking] = useState(false);
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const series = Boolean(meeting.schedule?.recurrence);
  const text =
    question === "end"
      ? (series ? h.endSeriesText : w.host.endText)(meeting.title)
      : (series ? h.cancelSeries : h.cancelText)(meeting.title);
  const act = () => {
    if (working) return;
    setWorking(true);
    setFailed(null);
    const done = question === "end" ? api.endMeeting(meeting.id) : api.cancelMeeting(meeting.id);
    done.then(
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
      <p>{text}</p>
      {failed && <FailureNotice of={failed} />}
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
