// The bar of controls: always at the same place, in the same order, each with its word.
import type { MeetingSession } from "../../client/contract";
import { words } from "../i18n/language";
import {
  CAMERA,
  CAMERA_OFF,
  CHAT,
  HAND,
  LEAVE,
  MICROPHONE,
  MICROPHONE_OFF,
  PEOPLE,
  POLL,
  SCREEN,
} from "../meeting-icons";
import { Icon } from "../parts/icon";
import { isOn } from "./own-state";
import type { PanelName } from "./panel";
import { unanswered } from "./poll-banner";
import type { ControlName } from "./shortcuts";

export interface ControlsProps {
  readonly session: MeetingSession;
  readonly panel: PanelName | null;
  readonly unread: number;
  readonly onControl: (control: ControlName) => void;
  readonly onLeave: () => void;
}

export function Controls({ session, panel, unread, onControl, onLeave }: ControlsProps) {
  const w = words.value;
  const c = w.controls;
  const microphone = isOn(session, "microphone");
  const camera = isOn(session, "camera");
  const sharing = session.ownScreen.value !== null;
  const hand = (session.self.value?.handRaisedAt ?? 0) > 0;
  const count = session.participants.value.size;
  const waiting = unanswered(session.polls.all.value) !== undefined;
  return (
    <nav class="controls" aria-label={c.bar}>
      <Control
        label={c.microphone}
        short={c.microphoneShort}
        icon={microphone ? MICROPHONE : MICROPHONE_OFF}
        pressed={microphone}
        off={!microphone}
        onPress={() => onControl("microphone")}
      />
      <Control
        label={c.camera}
        icon={camera ? CAMERA : CAMERA_OFF}
        pressed={camera}
        off={!camera}
        onPress={() => onControl("camera")}
      />
      <Control
        label={c.share}
        short={c.shareShort}
        icon={SCREEN}
        pressed={sharing}
        on={sharing}
        description={session.canShareScreen ? "" : c.shareImpossible}
        disabled={!session.canShareScreen}
        onPress={() => onControl("share")}
      />
      <Control
        label={c.hand}
        short={c.handShort}
        icon={HAND}
        pressed={hand}
        on={hand}
        onPress={() => onControl("hand")}
      />
      <Control
        label={c.chat}
        icon={CHAT}
        expanded={panel === "chat"}
        badge={unread > 0 ? String(unread) : ""}
        description={unread > 0 ? c.unread(unread) : ""}
        onPress={() => onControl("chat")}
      />
      <Control
        class="participants"
        label={c.participants}
        icon={PEOPLE}
        expanded={panel === "participants"}
        count={String(count)}
        description={c.present(count)}
        onPress={() => onControl("participants")}
      />
      <Control
        label={c.polls}
        short={c.pollsShort}
        icon={POLL}
        expanded={panel === "polls"}
        badge={waiting ? "1" : ""}
        description={waiting ? c.pollWaiting : ""}
        onPress={() => onControl("polls")}
      />
      <button type="button" class="control leave" onClick={onLeave}>
        <Icon of={LEAVE} />
        <span>{c.leave}</span>
      </button>
    </nav>
  );
}

interface ControlProps {
  readonly class?: string;
  readonly label: string;
  /** What is written where there is no room for the whole; part of the label. */
  readonly short?: string;
  readonly icon: string;
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly on?: boolean;
  readonly off?: boolean;
  readonly badge?: string;
  readonly count?: string;
  readonly description?: string;
  readonly disabled?: boolean;
  readonly onPress: () => void;
}

function Control(props: ControlProps) {
  const {
    class: className,
    label,
    short = label,
    icon,
    pressed,
    expanded,
    on,
    off,
    badge,
    count,
    description,
    disabled,
    onPress,
  } = props;
  return (
    <button
      type="button"
      class={`control${className ? ` ${className}` : ""}${off ? " off" : ""}${on || expanded ? " on" : ""}`}
      aria-pressed={pressed}
      aria-expanded={expanded}
      aria-description={description || undefined}
      aria-disabled={disabled ? "true" : undefined}
      title={description || label}
      onClick={onPress}
    >
      {/* The name holds what is written (WCAG 2.5.3), and not the number beside it, which is the description's. */}
      <span class="unseen">{label}</span>
      <span class="control-icon" aria-hidden="true">
        <Icon of={icon} />
        {badge && <span class="badge">{badge}</span>}
        {count && <span class="count">{count}</span>}
      </span>
      <span class="control-long" aria-hidden="true">
        {label}
      </span>
      <span class="control-short" aria-hidden="true">
        {short}
      </span>
    </button>
  );
}
