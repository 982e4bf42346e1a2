// What has to be known now, over the top of the stage: nothing below moves when a banner comes or goes.
import type { ComponentChildren } from "preact";
import type { MeetingSession } from "../../client/contract";
import { MICROPHONE_OFF, NETWORK, NETWORK_OFF, PEOPLE, SCREEN, SPEAKER } from "../meeting-icons";
import { Icon } from "../parts/icon";
import { useFresh, useJustOver, useLasting, useReminder, useSecondsUntil } from "../parts/time";
import { roomWords } from "../room/words";
import { qualitySentence } from "./quality-sentence";
import { RaiseHandButton } from "./raise-hand-button";

/** How long a weak network stands in words over the faces; the bar above goes on saying it. */
const SAID_FOR_MS = 12_000;
const BACK_FOR_MS = 4_000;
const TALKING_FOR_MS = 8_000;
const TALKING_REST_MS = 60_000;

export interface BannersProps {
  readonly session: MeetingSession;
  readonly audioBlocked: boolean;
}

export function Banners({ session, audioBlocked }: BannersProps) {
  const w = roomWords.value;
  const quality = qualitySentence(session.quality.value);
  const fresh = useFresh(session.quality.value.limitation, SAID_FOR_MS);
  // In a room with children it is the room that talks: said now and then, not all the time.
  const talking = useReminder(
    session.talkingWhileMuted.value && !session.microphoneOn.value,
    TALKING_FOR_MS,
    TALKING_REST_MS,
  );
  const away = useReconnecting(session);
  const alone = session.participants.value.size === 1;
  return (
    <>
      {away}
      {audioBlocked && (
        <Banner
          icon={SPEAKER}
          act={
            <button type="button" class="stage-button main" onClick={() => session.unlockAudio()}>
              {w.meeting.unlockAudio}
            </button>
          }
        >
          {w.meeting.audioBlocked}
        </Banner>
      )}
      {session.choosingScreen.value && <Banner icon={SCREEN}>{w.meeting.choosingScreen}</Banner>}
      {talking && (
        <Banner
          icon={MICROPHONE_OFF}
          strong
          act={
            session.microphoneLocked.value ? (
              <RaiseHandButton session={session} />
            ) : (
              <button
                type="button"
                class="stage-button main"
                onClick={() => void session.setMicrophone(true).catch(() => undefined)}
              >
                {w.meeting.turnOnMicrophone}
              </button>
            )
          }
        >
          {w.meeting.talkingWhileMuted}
        </Banner>
      )}
      {!away && quality && fresh && <Banner icon={NETWORK}>{quality}</Banner>}
      {!away && alone && (
        <Banner icon={PEOPLE}>
          <strong>{w.meeting.alone}</strong> {w.meeting.aloneText}
        </Banner>
      )}
    </>
  );
}

function useReconnecting(session: MeetingSession): ComponentChildren {
  const w = roomWords.value;
  const { socket, attempt, nextTryAt, media } = session.connection.value;
  const socketDown = socket === "waiting" || socket === "connecting";
  const mediaDown = media === "lost" || (media === "connecting" && session.phase.value === "reconnecting");
  // A change of network that heals within a second is not worth a word.
  const lasting = useLasting(socketDown || mediaDown, 800);
  const back = useJustOver(lasting, BACK_FOR_MS);
  const seconds = useSecondsUntil(socket === "waiting" ? nextTryAt : 0);
  if (back) return <Banner icon={NETWORK}>{w.meeting.backAgain}</Banner>;
  if (!lasting) return null;
  const now =
    socket === "waiting" && seconds > 0
      ? w.meeting.reconnectingIn(attempt + 1, seconds)
      : attempt > 0
        ? w.meeting.reconnectingTry(attempt)
        : w.meeting.reconnecting;
  return (
    <Banner
      icon={NETWORK_OFF}
      strong
      act={
        socket === "waiting" && (
          <button type="button" class="stage-button main" onClick={() => session.reconnectNow()}>
            {w.meeting.reconnectNow}
          </button>
        )
      }
    >
      {/* The seconds are seen, not read out one by one. */}
      <strong aria-hidden="true">{now}</strong>
      <span class="unseen">{w.meeting.reconnecting}</span> {mediaDown ? w.meeting.mediaDown : w.meeting.socketDown}
    </Banner>
  );
}

export interface BannerProps {
  readonly icon: string;
  readonly strong?: boolean;
  readonly act?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Banner({ icon, strong = false, act, children }: BannerProps) {
  return (
    <div class={strong ? "banner strong" : "banner"} role="status">
      <Icon of={icon} />
      <p>{children}</p>
      {act}
    </div>
  );
}
