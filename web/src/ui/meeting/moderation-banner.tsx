// What a host turned off here or does not allow, why the button does nothing, and what one can do: raise the hand.
import { useEffect, useState } from "preact/hooks";
import type { MeetingSession } from "../../client/contract";
import { LOCK, MICROPHONE_OFF } from "../meeting-icons";
import { roomWords } from "../room/words";
import { Banner } from "./banners";
import { actedUponSentence } from "./moderation-words";
import { RaiseHandButton } from "./raise-hand-button";

const SAID_FOR_MS = 15_000;

export interface ModerationBannerProps {
  readonly session: MeetingSession;
  /** Which locked control was just pressed. */
  readonly refused: "" | "microphone" | "share";
  readonly onSaid: () => void;
}

export function ModerationBanner({ session, refused, onSaid }: ModerationBannerProps) {
  const w = roomWords.value;
  const [said, setSaid] = useState("");
  useEffect(
    () =>
      session.onNotice((notice) => {
        if (notice.kind !== "moderated") return;
        const sentence = actedUponSentence(notice);
        if (sentence) setSaid(sentence);
      }),
    [session],
  );
  const shown = said !== "" || refused !== "";
  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(() => {
      setSaid("");
      onSaid();
    }, SAID_FOR_MS);
    return () => clearTimeout(timer);
  }, [shown, said, refused]);
  const locked = refused === "share" ? session.shareLocked.value : session.microphoneLocked.value;
  if (!shown || (!said && !locked)) return null;
  const why = refused === "share" ? w.controls.shareLocked : w.controls.microphoneLocked;
  const raised = (session.self.value?.handRaisedAt ?? 0) > 0;
  return (
    <Banner
      icon={locked ? LOCK : MICROPHONE_OFF}
      strong
      act={locked && !raised && <RaiseHandButton session={session} />}
    >
      {refused ? <strong>{why}</strong> : <strong>{said}</strong>}{" "}
      {locked ? (refused === "share" ? w.moderation.askToShare : w.moderation.askToSpeak) : w.moderation.mayUnmute}
    </Banner>
  );
}
