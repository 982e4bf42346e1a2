// Waiting to be let in: what is happening, how long already, and oneself as the others will see one.
import { useEffect, useRef, useState } from "preact/hooks";
import type { MeetingSession } from "../../client/contract";
import { formatMeetingId } from "../../client/links";
import { clock } from "../i18n/format";
import { useWakeLock } from "../meeting/wake-lock";
import { NETWORK_OFF } from "../meeting-icons";
import { Icon } from "../parts/icon";
import { PageFrame } from "../parts/page-frame";
import { useLasting, useSecondsUntil } from "../parts/time";
import { DeviceProblems } from "../preview/device-problems";
import { DeviceToggles } from "../preview/device-toggles";
import { LevelMeter } from "../preview/level-meter";
import { SelfPicture } from "../preview/self-picture";
import { closeRoom, type Room } from "../room";
import { roomWords } from "../room/words";

export function LobbyPage({ room }: { readonly room: Room }) {
  const w = roomWords.value;
  const { session, form } = room;
  const heading = useRef<HTMLHeadingElement>(null);
  const [since] = useState(() => Date.now());
  const minutes = useMinutesSince(since);
  useWakeLock();
  useEffect(() => heading.current?.focus(), []);
  return (
    <PageFrame title={w.lobby.pageTitle}>
      <div class="preview lobby">
        <div class="preview-meeting">
          <p class="lobby-meeting">
            {session.meeting.value?.title} <span class="quiet preview-id">{formatMeetingId(form.meetingId)}</span>
          </p>
          <h1 ref={heading} tabIndex={-1}>
            {w.lobby.title}
          </h1>
          <p>{w.lobby.told}</p>
          <p class="quiet meter-text">{w.lobby.since(clock(since), minutes)}</p>
          <Reconnecting session={session} />
        </div>
        <section class="preview-look" aria-label={w.lobby.own}>
          <SelfPicture session={session} name={form.name} />
          <DeviceToggles session={session} />
          <LevelMeter session={session} />
        </section>
        <section class="preview-side">
          <DeviceProblems session={session} />
        </section>
        <div class="preview-join">
          <button
            type="button"
            class="button"
            onClick={() => {
              void session.leave().catch(() => undefined);
              closeRoom();
            }}
          >
            {w.lobby.leave}
          </button>
        </div>
      </div>
    </PageFrame>
  );
}

/** Who waits may have lost the place without knowing it: the socket is what keeps it. */
function Reconnecting({ session }: { readonly session: MeetingSession }) {
  const w = roomWords.value;
  const { socket, attempt, nextTryAt } = session.connection.value;
  const lasting = useLasting(socket === "waiting" || socket === "connecting", 800);
  const seconds = useSecondsUntil(socket === "waiting" ? nextTryAt : 0);
  if (!lasting) return null;
  const now =
    socket === "waiting" && seconds > 0
      ? w.meeting.reconnectingIn(attempt + 1, seconds)
      : w.meeting.reconnectingTry(Math.max(1, attempt));
  return (
    <div class="notice warning" role="status">
      <Icon of={NETWORK_OFF} />
      <div>
        {/* The seconds are seen, not read out one by one. */}
        <p aria-hidden="true">
          <strong>{now}</strong>
        </p>
        <p>
          <span class="unseen">{w.meeting.reconnecting}</span> {w.lobby.reconnectingText}
        </p>
        {socket === "waiting" && (
          <button type="button" class="button" onClick={() => session.reconnectNow()}>
            {w.meeting.reconnectNow}
          </button>
        )}
      </div>
    </div>
  );
}

function useMinutesSince(start: number): number {
  const passed = () => Math.floor((Date.now() - start) / 60_000);
  const [minutes, setMinutes] = useState(passed);
  useEffect(() => {
    const timer = setInterval(() => setMinutes(passed()), 5_000);
    return () => clearInterval(timer);
  }, [start]);
  return minutes;
}
