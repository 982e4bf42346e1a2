// What just happened, as a line that goes by itself: read out politely, in nobody's way.
import { useEffect, useState } from "preact/hooks";
import type { MeetingSession, Role, SessionNotice } from "../../client/contract";
import { sentenceOf } from "../parts/failure-notice";
import { roomWords } from "../room/words";
import { moderatedNews } from "./moderation-words";

const SHOWN_FOR_MS = 6000;
const MOST = 3;
/** In a large meeting who comes and goes is in the list of participants, not in the way. */
const LARGE_MEETING = 20;

/** Hands that go up so soon after one another are one line: nobody listens to a hundred. */
const HANDS_TOGETHER_MS = 3000;

interface News {
  readonly key: number;
  readonly text: string;
  /** How many hands it tells of, and since when. */
  readonly hands?: { readonly count: number; readonly since: number };
}

/** "": not worth a line. */
function newsOf(notice: SessionNotice, present: number, role: Role = "participant"): string {
  const w = roomWords.value.meeting;
  switch (notice.kind) {
    case "joined":
      return present > LARGE_MEETING ? "" : w.joined(notice.name);
    case "left":
      if (present > LARGE_MEETING) return "";
      return { left: w.left, lost: w.leftLost, removed: w.leftRemoved }[notice.reason](notice.name);
    case "hand-raised":
      return w.handRaised(notice.name);
    case "role-changed":
      return roomWords.value.moderation.roleNow[notice.role](notice.name);
    case "moderated":
      return moderatedNews(notice, role);
    case "screen-started":
      return w.screenStarted(notice.name);
    case "screen-stopped":
      return w.screenStopped(notice.name);
    case "own-screen-ended":
      return w.ownScreenEnded;
    case "device-unplugged":
      return notice.device === "microphone" ? w.microphoneUnplugged : w.cameraUnplugged;
    case "media-moved":
      return w.mediaMoved;
    case "refused":
      return sentenceOf(notice.failure.code);
    default:
      return "";
  }
}

function oneHand(): News["hands"] {
  return { count: 1, since: performance.now() };
}

/** The lines with one more; a hand joins those that went up just now. */
function withLine(now: readonly News[], line: News): readonly News[] {
  const last = now.at(-1);
  if (!line.hands || !last?.hands || line.hands.since - last.hands.since > HANDS_TOGETHER_MS) {
    return [...now, line].slice(-MOST);
  }
  const hands = { count: last.hands.count + 1, since: last.hands.since };
  return [...now.slice(0, -1), { ...line, text: roomWords.value.meeting.handsRaised(hands.count), hands }];
}

export function NewsLines({ session }: { readonly session: MeetingSession }) {
  const [news, setNews] = useState<readonly News[]>([]);
  useEffect(() => {
    let next = 0;
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const show = (text: string, hands?: News["hands"]) => {
      const key = next++;
      setNews((now) => withLine(now, { key, text, ...(hands && { hands }) }));
      const timer = setTimeout(() => {
        timers.delete(timer);
        setNews((now) => now.filter((line) => line.key !== key));
      }, SHOWN_FOR_MS);
      timers.add(timer);
    };
    // Others may have come since the preview, which says it too.
    if (session.joinedMuted.peek() && !session.microphoneOn.peek()) show(roomWords.value.preview.mutedBecauseMany);
    const stop = session.onNotice((notice) => {
      const own = notice.kind === "role-changed" && notice.participantId === session.selfId.peek();
      const text = own
        ? roomWords.value.moderation.roleNowYou[notice.role]
        : newsOf(notice, session.participants.peek().size, session.self.peek()?.role);
      if (text) show(text, notice.kind === "hand-raised" ? oneHand() : undefined);
    });
    return () => {
      stop();
      for (const timer of timers) clearTimeout(timer);
    };
  }, [session]);
  return (
    <div class="news" role="status" aria-live="polite">
      {news.map((line) => (
        <p key={line.key}>{line.text}</p>
      ))}
    </div>
  );
}
