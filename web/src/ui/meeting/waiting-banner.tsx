// That somebody waits to be let in: quiet, without a sound, and there for as long as anybody waits.
import { useState } from "preact/hooks";
import type { MeetingSession } from "../../client/contract";
import { PEOPLE } from "../meeting-icons";
import { type MetFailure, met } from "../parts/failure-notice";
import { useJustMoved } from "../parts/just-moved";
import { roomWords } from "../room/words";
import { Banner } from "./banners";
import { notAdmitted } from "./not-admitted";

export interface WaitingBannerProps {
  readonly session: MeetingSession;
  readonly onOpen: () => void;
}

export function WaitingBanner({ session, onOpen }: WaitingBannerProps) {
  const w = roomWords.value.moderation;
  const waiting = session.waiting.value;
  const [first, ...more] = waiting;
  const [working, setWorking] = useState(false);
  const [failed, setFailed] = useState<{ readonly id: string; readonly why: MetFailure } | null>(null);
  const moved = useJustMoved(waiting.map(({ id }) => id));
  if (!first) return null;
  const disabled = working || moved;
  const admit = () => {
    if (disabled) return;
    setWorking(true);
    setFailed(null);
    session
      .moderate({ kind: "admit", ids: [first.id] })
      .catch((thrown: unknown) => setFailed({ id: first.id, why: met(thrown) }))
      .finally(() => setWorking(false));
  };
  return (
    <Banner
      icon={PEOPLE}
      act={
        <>
          {more.length === 0 && (
            <button
              type="button"
              class="stage-button main"
              aria-disabled={disabled ? "true" : undefined}
              onClick={admit}
            >
              {w.admit}
            </button>
          )}
          <button type="button" class={more.length === 0 ? "stage-button" : "stage-button main"} onClick={onOpen}>
            {w.see}
          </button>
        </>
      }
    >
      {more.length === 0 ? w.waiting(first.name) : w.waitingMany(more.length + 1)}
      {/* Of another person, who is gone, it is no news. */}
      {failed?.id === first.id && <strong> {notAdmitted(session, failed.why, 1)}</strong>}
    </Banner>
  );
}
