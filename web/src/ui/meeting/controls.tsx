// The bar of controls: always at the same place, in the same order, each with its word.
import type { MeetingSession } from "../../client/contract";
import {
  CAMERA,
  CAMERA_OFF,
  CHAT,
  HAND,
  LEAVE,
  LOCK,
  MICROPHONE,
  MICROPHONE_OFF,
  PEOPLE,
  POLL,
  REACT,
  SCREEN,
} from "../meeting-icons";
import { Icon } from "../parts/icon";
import { roomWords } from "../room/words";
import { isOn } from "./own-state";
import type { PanelName } from "./panel";
import { unanswered } from "./poll-news";
import type { ControlName } from "./shortcuts";

export interface ControlsProps {
  readonly session: MeetingSession;
  readonly panel: PanelName | null;
  readonly unread: number;
  readonly reacting: boolean;
  readonly onControl: (control: ControlName) => void;
  readonly onLeave: () => void;
}

export function Controls({ session, panel, unread, reacting, onControl, onLeave }: ControlsProps) {
  const w = roomWords.value;
  const c = w.controls;
  const microphone = isOn(session, "microphone");
  const camera = isOn(session, "camera");
  const sharing = session.ownScreen.value !== null;
  const hand = (session.self.value?.handRaisedAt ?? 0) > 0;
  const count = session.participants.value.size;
  const pollWaits = unanswered(session.polls.all.value) !== undefined;
  const inCharge = (session.self.value?.role ?? "participant") !== "participant";
  const waiting = inCharge ? session.waiting.value.length : 0;
  return (
    <nav class="controls" aria-label={c.bar}>
      <Control
        label={c.microphone}
        short={c.microphoneShort}
        icon={microphone ? MICROPHONE : MICROPHONE_OFF}
        pressed={microphone}
        off={!microphone}
        locked={session.microphoneLocked.value}
        description={session.microphoneLocked.value ? c.microphoneLocked : ""}
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
        locked={session.shareLocked.value}
        description={session.shareLocked.value ? c.shareLocked : session.canShareScreen ? "" : c.shareImpossible}
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
        label={c.reactions}
        short={c.reactionsShort}
        icon={REACT}
        expanded={reacting}
        onPress={() => onControl("reactions")}
      />
      <Control
        label={c.chat}
        icon={CHAT}
        expanded={panel === "chat"}
        badge={unread > 0 ? String(unread) : ""}
        description={unread > 0 ? c.unread(unread) : ""}
        opens="chat"
        onPress={() => onControl("chat")}
      />
      <Control
        label={c.participants}
        short={c.participantsShort}
        icon={PEOPLE}
        expanded={panel === "participants"}
        count={String(count)}
        badge={waiting > 0 ? String(waiting) : ""}
        description={waiting > 0 ? `${c.present(count)}, ${c.waiting(waiting)}` : c.present(count)}
        opens="participants control"
        onPress={() => onControl("participants")}
      />
      <Control
        label={c.polls}
        short={c.pollsShort}
        icon={POLL}
        expanded={panel === "polls"}
        badge={pollWaits ? "1" : ""}
        description={pollWaits ? c.pollWaiting : ""}
        opens="polls"
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
  /** Panels to which this is the way: the focus comes back here. */
  readonly opens?: string;
  readonly disabled?: boolean;
  /** A host does not allow it; pressing says so, and what can be done. */
  readonly locked?: boolean;
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
    opens,
    disabled,
    locked,
    onPress,
  } = props;
  return (
    <button
      type="button"
      class={`control${className ? ` ${className}` : ""}${off ? " off" : ""}${on || expanded ? " on" : ""}${locked ? " locked" : ""}`}
      data-opens={opens}
      aria-pressed={pressed}
      aria-expanded={expanded}
      aria-description={description || undefined}
      aria-disabled={disabled || locked ? "true" : undefined}
      title={description || label}
      onClick={onPress}
    >
      {/* The name holds what is written (WCAG 2.5.3), and not the number beside it, which is the description's. */}
      <span class="unseen">{label}</span>
      <span class="control-icon" aria-hidden="true">
        {/* A number of four digits takes the room of both. */}
        {(count?.length ?? 0) <= 3 && <Icon of={icon} />}
        {locked && <Icon of={LOCK} small />}
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
