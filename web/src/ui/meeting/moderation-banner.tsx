// What a host turned off here or does not allow, why the button does nothing, and what one can do: raise the hand.
import { useEffect, useRef, useState } from "preact/hooks";
import type { MeetingSession } from "../../client/contract";
import { CAMERA_OFF, LOCK, MICROPHONE_OFF, SCREEN } from "../meeting-icons";
import { roomWords } from "../room/words";
import { Banner } from "./banners";
import { type ActedUpon, actedUpon } from "./moderation-words";
import { isOn } from "./own-state";
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
  const [acted, setActed] = useState<ActedUpon | null>(null);
  // As it was drawn last: when the act is told, the microphone is off already.
  const heard = useRef(false);
  heard.current = isOn(session, "microphone");
  useEffect(
    () =>
      session.onNotice((notice) => {
        const upon = notice.kind === "moderated" ? actedUpon(notice) : null;
        // "Mute all" concerns everybody; whose microphone was off, nothing happened to.
        if (!upon || (upon.what === "microphone" && !heard.current)) return;
        setActed(upon);
        // Newer than what was pressed before.
        onSaid();
      }),
    [session],
  );
  const isLocked = (what: ActedUpon["what"] | undefined) =>
    (what === "share" && session.shareLocked.value) || (what === "microphone" && session.microphoneLocked.value);
  // What was not allowed when it was pressed may be allowed again.
  const pressed = refused !== "" && isLocked(refused) ? refused : undefined;
  const what = pressed ?? acted?.what;
  useEffect(() => {
    if (!what) return;
    const timer = setTimeout(() => {
      setActed(null);
      onSaid();
    }, SAID_FOR_MS);
    return () => clearTimeout(timer);
  }, [what, acted, refused]);
  if (!what) return null;
  const locked = isLocked(what);
  const raised = (session.self.value?.handRaisedAt ?? 0) > 0;
  return (
    <Banner
      icon={locked ? LOCK : { microphone: MICROPHONE_OFF, camera: CAMERA_OFF, share: SCREEN }[what]}
      strong
      act={locked && !raised && <RaiseHandButton session={session} />}
    >
      <strong>
        {pressed ? (what === "share" ? w.controls.shareLocked : w.controls.microphoneLocked) : acted?.sentence}
      </strong>{" "}
      {what === "share"
        ? locked
          ? w.moderation.askToShare
          : w.moderation.mayShareAgain
        : locked
          ? w.moderation.askToSpeak
          : w.moderation.mayUnmute}
    </Banner>
  );
}
