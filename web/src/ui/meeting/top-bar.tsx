// Above the stage, always: the meeting's title, and the one place that says whether one is heard, seen, sharing, connected.
import type { RefObject } from "preact";
import type { MeetingSession } from "../../client/contract";
import { megabytes } from "../i18n/format";
import {
  CAMERA,
  CAMERA_OFF,
  HAND,
  LEAF,
  MICROPHONE,
  MICROPHONE_OFF,
  NETWORK,
  NETWORK_OFF,
  SCREEN,
} from "../meeting-icons";
import { Icon, TICK } from "../parts/icon";
import { roomWords } from "../room/words";
import { ownState } from "./own-state";

export interface TopBarProps {
  readonly session: MeetingSession;
  readonly heading: RefObject<HTMLHeadingElement | null>;
  readonly open: boolean;
  readonly onToggle: () => void;
}

export function TopBar({ session, heading, open, onToggle }: TopBarProps) {
  const w = roomWords.value;
  const state = ownState(session);
  const usage = session.usage.value;
  const saving = session.dataSaving.value;
  const title = session.meeting.value?.title ?? "";
  const used = w.meeting.data.used(megabytes((usage.receivedBytes + usage.sentBytes) / 1e6));
  return (
    <header class="top-bar">
      <h1 ref={heading} class="meeting-title" title={title} tabIndex={-1}>
        {title}
      </h1>
      {state.sharing && (
        <div class="own-screen" role="status">
          <p>{w.meeting.yourScreen}</p>
          <button type="button" class="stage-button main" onClick={() => session.stopSharing()}>
            {w.meeting.stopSharing}
          </button>
        </div>
      )}
      <button type="button" class="own-state" data-opens="status" aria-expanded={open} onClick={onToggle}>
        <span class="unseen">{w.meeting.status.title}:</span>
        <span class="own-state-words">
          <State icon={state.heard ? MICROPHONE : MICROPHONE_OFF} good={state.heard}>
            {state.heard ? w.meeting.status.heard : w.meeting.status.notHeard}
          </State>
          <State icon={state.seen ? CAMERA : CAMERA_OFF} good={state.seen}>
            {state.seen ? w.meeting.status.seen : w.meeting.status.notSeen}
          </State>
          {state.sharing && (
            <State icon={SCREEN} good>
              {w.meeting.status.sharing}
            </State>
          )}
          {state.hand && (
            <State icon={HAND} good>
              {w.meeting.status.hand}
            </State>
          )}
          <State
            icon={state.network === "networkLost" ? NETWORK_OFF : NETWORK}
            good={state.network === "networkGood"}
            quiet
          >
            {w.meeting.status[state.network]}
          </State>
        </span>
      </button>
      <button
        type="button"
        class={saving === "off" ? "data-saving" : "data-saving on"}
        aria-pressed={saving !== "off"}
        title={saving === "off" ? w.meeting.data.turnOn : w.meeting.data.turnOff}
        aria-describedby="data-used"
        onClick={() => session.setDataSaving(saving === "off" ? "audio-and-screen" : "off")}
      >
        <Icon of={saving === "off" ? LEAF : TICK} small />
        <span>
          <span class="data-saving-name">
            {w.meeting.data.saving}
            {saving !== "off" && (
              <span class="data-saving-mode" aria-hidden="true">
                : {w.meeting.data.modes[saving]}
              </span>
            )}
          </span>
          <span id="data-used" class="data-used meter-text" aria-hidden="true">
            {used}
            {usage.megabytesPerHour > 0 && (
              <span class="data-hour">, {w.meeting.data.perHour(megabytes(usage.megabytesPerHour))}</span>
            )}
          </span>
        </span>
      </button>
    </header>
  );
}

interface StateProps {
  readonly icon: string;
  readonly good: boolean;
  /** Its word may give way to its shape on a phone while all is well. */
  readonly quiet?: boolean;
  readonly children: string;
}

function State({ icon, good, quiet = false, children }: StateProps) {
  return (
    <span class={`own-state-part${good ? " good" : " bad"}${quiet && good ? " quiet-part" : ""}`}>
      <Icon of={icon} small />
      <span>{children}</span>
    </span>
  );
}
