// One participant: picture or avatar, name, and in words and shapes what the others must know.
import type { ParticipantView, SlotView } from "../../client/contract";
import type { ReactionView } from "../../client/in-charge";
import { HAND, MICROPHONE_OFF, NETWORK_OFF, PIN, SPEAKER } from "../meeting-icons";
import { Avatar } from "../parts/avatar";
import { Icon } from "../parts/icon";
import { Picture } from "../parts/picture";
import { roomWords } from "../room/words";
import { REACTION_ICONS } from "./reactions";

export interface TileProps {
  readonly participant: ParticipantView;
  readonly slot: SlotView | null;
  /** The own camera; only for the own tile. */
  readonly ownCamera?: MediaStream | null;
  readonly speaking: boolean;
  readonly reaction?: ReactionView | undefined;
  /** Why it is large, or "". */
  readonly featured?: string;
  readonly compact?: boolean;
}

export function Tile({
  participant,
  slot,
  ownCamera = null,
  speaking,
  reaction,
  featured = "",
  compact = false,
}: TileProps) {
  const w = roomWords.value;
  const { name, self, camera, microphone, lost, handRaisedAt } = participant;
  const paused = !self && camera ? (slot?.paused ?? null) : null;
  const stream = self ? ownCamera : (slot?.stream ?? null);
  const seen = camera && !lost && !paused && stream !== null;
  const state = lost ? w.meeting.lost : paused ? w.meeting[compact ? "pausedShort" : "paused"][paused] : "";
  const talking = speaking && microphone && !lost;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a tile is no group of form fields.
    <div
      class={`tile${talking ? " speaking" : ""}${lost ? " lost" : ""}${compact ? " compact" : ""}`}
      role="group"
      aria-label={name}
      title={name}
    >
      {!seen && (
        <div class={state ? "tile-empty with-words" : "tile-empty"}>
          <Avatar name={name} />
          {state && <p class="tile-words">{state}</p>}
        </div>
      )}
      {/* The element stays while the picture is away: a new one would show black until the next key frame. */}
      {stream && <Picture stream={stream} mirrored={self} hidden={!seen} />}
      <div class="tile-marks">
        {featured && (
          <span class="mark">
            <Icon of={PIN} small />
            <span class={compact ? "unseen" : ""}>{featured}</span>
          </span>
        )}
        {reaction && (
          <span key={reaction.number} class="mark reaction">
            <Icon of={REACTION_ICONS[reaction.reaction]} small />
            <span class={compact ? "unseen" : ""}>{w.reactions.names[reaction.reaction]}</span>
          </span>
        )}
        {handRaisedAt > 0 && (
          <span class="mark hand">
            <Icon of={HAND} small />
            <span class={compact ? "unseen" : ""}>{w.meeting.hand}</span>
          </span>
        )}
        {lost && (
          <span class="mark">
            <Icon of={NETWORK_OFF} small />
            <span class="unseen">{w.meeting.lost}</span>
          </span>
        )}
      </div>
      <span class="name-label">
        {talking ? (
          <>
            <Icon of={SPEAKER} small />
            <span class="unseen">{w.meeting.speaking}</span>
          </>
        ) : microphone ? null : (
          <>
            <Icon of={MICROPHONE_OFF} small />
            <span class="unseen">{w.meeting.muted}</span>
          </>
        )}
        <span class="name">{self ? w.meeting.yourTile(name) : name}</span>
      </span>
    </div>
  );
}
