// Ending and calling off ask once.
import { useId, useState } from "preact/hooks";
import type { FailureCode } from "../../client/contract";
import type { HostApi, HostMeeting } from "../../client/host-contract";
import { dateTimeOf } from "../i18n/format";
import { Ask } from "../parts/ask";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { Loaded, useLoading } from "../parts/loaded";
import { Notice } from "../parts/notice";
import { type Alone, callOffOnce, followingAlone, isSeries, nextAlone } from "./call-off";
import { hostPageWords, hostWords } from "./words";

export type Question = "end" | "cancel";

/** Of a series: what is open now, the next time after that, or all that is to come. */
type Which = "open" | "next" | "all";

/** What the list shows is not what is: it was changed from somewhere else. */
const STALE: ReadonlySet<FailureCode> = new Set([
  "WRONG_STATE",
  "CONFLICT",
  "INVALID_FIELD",
  "MEETING_ENDED",
  "MEETING_CANCELLED",
  "NOT_FOUND",
]);

export interface MeetingQuestionProps {
  readonly api: HostApi;
  readonly meeting: HostMeeting;
  readonly question: Question;
  /** Somebody else's can only be called off as a whole: who changes it is its owner. */
  readonly own: boolean;
  /** The list is older than what the server has just said. */
  readonly onStale: () => void;
  readonly onClose: (done: boolean) => void;
}

export function MeetingQuestion({ api, meeting, question, own, onStale, onClose }: MeetingQuestionProps) {
  const w = hostPageWords.value;
  const h = hostWords.value;
  const [working, setWorking] = useState(false);
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const [chosen, setChosen] = useState<Which | null>(null);
  const asks = question === "cancel" && own && isSeries(meeting);
  const looks = asks && meeting.state === "open";
  const following = useLoading<Alone | null>(
    async () => (looks ? followingAlone(api, meeting.id) : null),
    [api, meeting.id, looks],
  );
  const alone = looks ? (following.value ?? { meeting, startsAt: 0 }) : nextAlone(meeting);
  const waiting = looks && following.value === undefined && !following.failed;
  const all = choicesOf(asks, alone);
  // What is smaller can be done again for the rest.
  const usual = waiting || all.includes("next") ? "next" : (all[0] ?? "all");
  const which = chosen && all.includes(chosen) ? chosen : usual;
  const act = () => {
    if (working || waiting) return;
    setWorking(true);
    setFailed(null);
    perform().then(
      () => onClose(true),
      (thrown: unknown) => {
        const refusal = met(thrown);
        setFailed(refusal);
        setWorking(false);
        if (STALE.has(refusal.failure.code)) onStale();
      },
    );
  };
  const perform = () => {
    if (question === "end" || which === "open") return api.endMeeting(meeting.id);
    return which === "next" ? callOffOnce(api, alone) : api.cancelMeeting(meeting.id);
  };
  const ends = question === "end" || which === "open";
  const said = ends ? [w.host.end, w.host.ending] : [h.cancel, h.cancelling];
  return (
    <Ask title={question === "end" ? w.host.endTitle : h.cancelTitle} onClose={() => onClose(false)}>
      {looks && (
        <Loaded of={following} waiting={h.findingNext}>
          {() => null}
        </Loaded>
      )}
      {all.length > 1 && !waiting && (
        <WhichOne
          all={all}
          which={which}
          alone={alone}
          onChoice={(one) => {
            setChosen(one);
            setFailed(null);
          }}
        />
      )}
      {!waiting && <p aria-live={asks ? "polite" : undefined}>{textOf(question, which, alone)}</p>}
      {failed && <Refusal of={failed} question={question} />}
      <div class="acts">
        <button
          type="button"
          class="button danger"
          aria-disabled={working || waiting ? "true" : undefined}
          onClick={act}
        >
          {said[working ? 1 : 0]}
        </button>
        <button type="button" class="button plain" data-safe onClick={() => onClose(false)}>
          {question === "end" ? w.app.cancel : w.app.back}
        </button>
      </div>
    </Ask>
  );
}

function choicesOf(asks: boolean, { meeting, startsAt }: Alone): readonly Which[] {
  if (!asks) return ["all"];
  return [...(meeting.state === "open" ? ["open" as const] : []), ...(startsAt > 0 ? ["next" as const] : []), "all"];
}

function textOf(question: Question, which: Which, { meeting, startsAt }: Alone): string {
  const w = hostPageWords.value;
  const h = hostWords.value;
  const series = isSeries(meeting);
  if (question === "end" || which === "open") return (series ? h.endSeriesText : w.host.endText)(meeting.title);
  if (which === "next") return h.cancelOnce(meeting.title, dateTimeOf(startsAt, meeting.schedule?.timeZone ?? "UTC"));
  return (series ? h.cancelSeries : h.cancelText)(meeting.title);
}

interface WhichOneProps {
  readonly all: readonly Which[];
  readonly which: Which;
  readonly alone: Alone;
  readonly onChoice: (which: Which) => void;
}

function WhichOne({ all, which, alone, onChoice }: WhichOneProps) {
  const h = hostWords.value;
  const name = useId();
  const zone = alone.meeting.schedule?.timeZone ?? "UTC";
  const words = {
    open: () => h.onlyOpen(dateTimeOf(alone.meeting.nextStartsAt, zone)),
    next: () => h.onlyNext(dateTimeOf(alone.startsAt, zone)),
    all: () => h.allToCome,
  };
  return (
    <fieldset class="choices">
      <legend>{h.cancelWhich}</legend>
      {all.map((one) => (
        <label key={one} class="choice">
          <input type="radio" name={name} checked={which === one} onChange={() => onChoice(one)} />
          <span>{words[one]()}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Refusal({ of, question }: { of: MetFailure; question: Question }) {
  const h = hostWords.value;
  const { code, field } = of.failure;
  if (question === "cancel" && code === "WRONG_STATE") return <Notice kind="error">{h.peopleInside}</Notice>;
  // It has opened meanwhile, or is the last one.
  if (code === "INVALID_FIELD" && field.includes("called_off")) return <Notice kind="error">{h.notAlone}</Notice>;
  return <FailureNotice of={of} />;
}
