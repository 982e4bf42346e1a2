// One row of the list of participants.
import type { ParticipantView } from "../../client/contract";
import { CAMERA, HAND, MICROPHONE, MICROPHONE_OFF, MORE, NETWORK_OFF, PIN, SCREEN } from "../meeting-icons";
import { Avatar } from "../parts/avatar";
import { Icon } from "../parts/icon";
import { roomWords } from "../room/words";
import { pinned } from "./pin";

export interface PersonRowProps {
  readonly participant: ParticipantView;
  /** In the order of raised hands, from 1; 0: the hand is down. */
  readonly hand: number;
  readonly spotlit: boolean;
  readonly reachable: boolean;
  readonly onMenu: (() => void) | undefined;
}

export function PersonRow({ participant, hand, spotlit, reachable, onMenu }: PersonRowProps) {
  const w = roomWords.value;
  const { name, role, self, microphone, camera, screen, lost } = participant;
  const shownName = self ? w.meeting.yourTile(name) : name;
  return (
    <div class="person">
      <Avatar name={name} />
      <div class="person-words">
        <p class="person-name" title={shownName}>
          {shownName}
        </p>
        <p class="person-states quiet" title={role === "participant" ? undefined : w.participants.roles[role]}>
          {hand > 0 && <State icon={HAND} kind="hand" text={w.participants.handNumber(hand)} />}
          {lost && <State icon={NETWORK_OFF} kind="lost" text={w.meeting.lost} />}
          {role !== "participant" && <span>{w.participants.shortRoles[role]}</span>}
          {screen && <State icon={SCREEN} text={w.participants.sharing} />}
          {pinned.value === participant.id && <State icon={PIN} text={w.participants.pinned} />}
          {spotlit && <State icon={PIN} text={w.participants.spotlit} />}
        </p>
      </div>
      {/* One above the other: the width is the name's. */}
      <span class="person-devices">
        <span
          class={microphone ? "person-device" : "person-device off"}
          title={microphone ? w.participants.microphoneOn : w.meeting.muted}
        >
          <Icon of={microphone ? MICROPHONE : MICROPHONE_OFF} />
          <span class="unseen">{microphone ? w.participants.microphoneOn : w.meeting.muted}</span>
        </span>
        {camera && !lost && (
          <span class="person-device" title={w.controls.camera}>
            <Icon of={CAMERA} />
          </span>
        )}
      </span>
      {onMenu ? (
        <button
          type="button"
          class="person-menu"
          aria-label={w.participants.menu(name)}
          title={w.participants.menu(name)}
          aria-haspopup="dialog"
          tabIndex={reachable ? 0 : -1}
          onClick={onMenu}
        >
          <Icon of={MORE} />
        </button>
      ) : (
        <span class="person-menu" />
      )}
    </div>
  );
}

function State({ icon, kind = "", text }: { readonly icon: string; readonly kind?: string; readonly text: string }) {
  return (
    <span class={`state ${kind}`}>
      <Icon of={icon} small />
      {text}
    </span>
  );
}
