// Reactions: five, drawn here and named in words. On the tile for a moment, and in a short list for whoever is not in view.
import { useEffect, useRef } from "preact/hooks";
import type { MeetingSession } from "../../client/contract";
import type { ReactionName, ReactionView } from "../../client/in-charge";
import { AGREE, APPLAUSE, LAUGH, SURPRISED, THANKS } from "../meeting-icons";
import { Icon } from "../parts/icon";
import { roomWords } from "../room/words";

export const REACTION_ICONS: Readonly<Record<ReactionName, string>> = {
  agree: AGREE,
  applause: APPLAUSE,
  thanks: THANKS,
  laugh: LAUGH,
  surprised: SURPRISED,
};
const ORDER = Object.keys(REACTION_ICONS) as readonly ReactionName[];

const MOST_IN_WORDS = 2;

export interface ReactionBarProps {
  readonly session: MeetingSession;
  readonly onClose: () => void;
}

export function ReactionBar({ session, onClose }: ReactionBarProps) {
  const w = roomWords.value.reactions;
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    bar.current?.querySelector("button")?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of buttons is no group of form fields.
    <div
      ref={bar}
      class="reaction-bar"
      role="group"
      aria-label={w.bar}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      {ORDER.map((reaction) => (
        <button
          key={reaction}
          type="button"
          class="stage-button"
          onClick={() => {
            void session.react(reaction).catch(() => undefined);
            onClose();
          }}
        >
          <Icon of={REACTION_ICONS[reaction]} />
          <span>{w.names[reaction]}</span>
        </button>
      ))}
    </div>
  );
}

/** One line for each reaction, however many people had it: in a large meeting nothing floods the page or a screen reader. */
function reactionLines(shown: Iterable<ReactionView>): readonly { reaction: ReactionName; names: string[] }[] {
  const all = [...shown];
  return ORDER.map((reaction) => ({
    reaction,
    names: all.filter((one) => one.reaction === reaction).map(({ name }) => name),
  })).filter(({ names }) => names.length > 0);
}

export function ReactionList({ session }: { readonly session: MeetingSession }) {
  const w = roomWords.value.reactions;
  const lines = reactionLines(session.reactions.value.values());
  return (
    <ul class="reaction-list" aria-label={w.list} aria-live="polite">
      {lines.map(({ reaction, names }) => (
        <li key={reaction}>
          <Icon of={REACTION_ICONS[reaction]} small />
          {/* Many at once: a strip of numbers, which leaves the faces free; a screen reader hears the words. */}
          <span class={lines.length > MOST_IN_WORDS ? "unseen" : ""}>
            {names.length === 1 ? w.of(w.names[reaction], names[0] ?? "") : w.ofMany(w.names[reaction], names.length)}
          </span>
          {lines.length > MOST_IN_WORDS && <span aria-hidden="true">{names.length}</span>}
        </li>
      ))}
    </ul>
  );
}
