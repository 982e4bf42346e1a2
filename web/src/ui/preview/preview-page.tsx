// A look at oneself before anybody else has one: camera, microphone, devices, and the transport coming up meanwhile.
import { useEffect, useRef, useState } from "preact/hooks";
import type { MeetingSession } from "../../client/contract";
import { formatMeetingId } from "../../client/links";
import { NETWORK, NETWORK_OFF } from "../meeting-icons";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { Icon } from "../parts/icon";
import { Notice } from "../parts/notice";
import { PageFrame } from "../parts/page-frame";
import { useLasting } from "../parts/time";
import { closeRoom, type Room } from "../room";
import { roomWords } from "../room/words";
import { DeviceChoices } from "./device-choice";
import { DeviceProblems } from "./device-problems";
import { DeviceToggles } from "./device-toggles";
import { LevelMeter } from "./level-meter";
import { SelfPicture } from "./self-picture";

export function PreviewPage({ room }: { readonly room: Room }) {
  const w = roomWords.value;
  const { session, form } = room;
  const meeting = session.meeting.value;
  const entering = session.phase.value === "entering";
  const slow = useLasting(entering, 1000);
  const [failed, setFailed] = useState<MetFailure | null>(null);

  const heading = useRef<HTMLHeadingElement>(null);
  // The form that had the focus is gone.
  useEffect(() => heading.current?.focus(), []);

  const enter = () => {
    if (entering) return;
    setFailed(null);
    session.enter().catch((thrown: unknown) => setFailed(met(thrown)));
  };

  return (
    <PageFrame title={w.preview.pageTitle}>
      <div class="preview">
        <div class="preview-meeting">
          <h1 ref={heading} tabIndex={-1}>
            {meeting?.title || w.preview.title}
          </h1>
          <p class="quiet preview-id">{formatMeetingId(form.meetingId)}</p>
          <p>
            {meeting && (meeting.present > 0 ? w.preview.present(meeting.present) : w.preview.presentNone)}{" "}
            {w.preview.nobodySees}
          </p>
        </div>
        <section class="preview-look" aria-label={w.preview.picture}>
          <SelfPicture session={session} name={form.name} />
          <DeviceToggles session={session} />
          <LevelMeter session={session} />
        </section>
        <section class="preview-side">
          {session.joinedMuted.value && !session.microphoneOn.value && (
            <Notice kind="info">
              <p>{w.preview.mutedBecauseMany}</p>
            </Notice>
          )}
          <DeviceProblems session={session} />
          <details
            class="preview-devices"
            onToggle={(event) => {
              // What was opened comes out from behind the bar below.
              if (event.currentTarget.open) event.currentTarget.scrollIntoView({ block: "start" });
            }}
          >
            <summary>{w.preview.devices}</summary>
            <DeviceChoices session={session} />
          </details>
        </section>
        <div class="preview-join">
          {failed && <FailureNotice of={failed} />}
          <TransportState session={session} />
          <button type="button" class="button main" aria-disabled={entering ? "true" : undefined} onClick={enter}>
            {slow ? <span class="waiting">{w.preview.joining}</span> : w.preview.join}
          </button>
          <button
            type="button"
            class="button plain"
            onClick={() => {
              void session.leave().catch(() => undefined);
              closeRoom();
            }}
          >
            {w.app.back}
          </button>
        </div>
      </div>
    </PageFrame>
  );
}

function TransportState({ session }: { readonly session: MeetingSession }) {
  const w = roomWords.value;
  const media = session.connection.value.media;
  return (
    <p class={`transport ${media}`} role="status">
      <Icon of={media === "lost" ? NETWORK_OFF : NETWORK} small />
      {w.preview.transport[media]}
    </p>
  );
}
