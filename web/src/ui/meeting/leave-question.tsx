// Keluar asks once. A host chooses between leaving and ending for all.
import { useState } from "preact/hooks";
import type { MeetingSession } from "../../client/contract";
import { Ask } from "../parts/ask";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { roomWords } from "../room/words";

export interface LeaveQuestionProps {
  readonly session: MeetingSession;
  readonly onStay: () => void;
}

export function LeaveQuestion({ session, onStay }: LeaveQuestionProps) {
  const w = roomWords.value;
  const [working, setWorking] = useState<"" | "leaving" | "ending">("");
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const host = session.self.value?.role === "host";
  const run = (what: "leaving" | "ending", act: () => Promise<void>) => {
    if (working) return;
    setWorking(what);
    setFailed(null);
    act().catch((thrown: unknown) => {
      setFailed(met(thrown));
      setWorking("");
    });
  };
  return (
    <Ask title={host ? w.leave.hostTitle : w.leave.title} onClose={onStay}>
      <p>{host ? w.leave.hostText : w.leave.text}</p>
      {failed && <FailureNotice of={failed} />}
      <div class="acts">
        <button
          type="button"
          class={host ? "button" : "button main danger"}
          aria-disabled={working ? "true" : undefined}
          onClick={() => run("leaving", () => session.leave())}
        >
          {working === "leaving" ? w.leave.leaving : w.leave.leave}
        </button>
        {host && (
          <button
            type="button"
            class="button danger"
            aria-disabled={working ? "true" : undefined}
            onClick={() => run("ending", () => session.endMeeting())}
          >
            {working === "ending" ? w.leave.ending : w.leave.endForAll}
          </button>
        )}
        <button type="button" class="button plain" data-safe={host ? "" : undefined} onClick={onStay}>
          {w.leave.stay}
        </button>
      </div>
    </Ask>
  );
}
