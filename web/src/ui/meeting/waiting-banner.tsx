// That somebody waits to be let in: quiet, without a sound, and there for as long as anybody waits.
import type { MeetingSession } from "../../client/contract";
import { PEOPLE } from "../meeting-icons";
import { roomWords } from "../room/words";
import { Banner } from "./banners";

export interface WaitingBannerProps {
  readonly session: MeetingSession;
  readonly onOpen: () => void;
}

export function WaitingBanner({ session, onOpen }: WaitingBannerProps) {
  const w = roomWords.value.moderation;
  const [first, ...more] = session.waiting.value;
  if (!first) return null;
  return (
    <Banner
      icon={PEOPLE}
      act={
        <>
          {more.length === 0 && (
            <button
              type="button"
              class="stage-button main"
              onClick={() => void session.moderate({ kind: "admit", ids: [first.id] }).catch(() => undefined)}
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
    </Banner>
  );
}
