// The stage: the shared screen if there is one, and the faces.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { MeetingSession, Tile as TileRequest } from "../../client/contract";
import { PEOPLE } from "../meeting-icons";
import { Icon } from "../parts/icon";
import { roomWords } from "../room/words";
import { arrange, type Cell, candidates } from "./cells";
import { featuredOf } from "./featured";
import { bestGrid } from "./grid";
import { SharedScreen } from "./shared-screen";
import { Tile } from "./tile";

const GAP = 8;
/** In a smaller tile marks have no words, and sentences are short. In rem: how much room words need is a matter of their size. */
const COMPACT_BELOW = { width: 12.5, height: 9.375 } as const;

export interface StageProps {
  readonly session: MeetingSession;
  /** A panel lies over the stage: nothing of it is seen, so nothing is sent for it. */
  readonly covered: boolean;
  readonly onShowOthers: () => void;
}

export function Stage({ session, covered, onShowOthers }: StageProps) {
  const w = roomWords.value;
  const stage = useRef<HTMLDivElement>(null);
  const faces = useRef<HTMLElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0, rem: 16 });
  const before = useRef<readonly Cell[]>([]);

  const slots = session.slots.value;
  const participants = session.participants.value;
  const self = session.self.value;
  const speakers = session.speakers.value;
  const reactions = session.reactions.value;
  const capacity = Math.max(1, slots.filter((slot) => slot.slot > 0).length);
  const all = arrange(before.current, candidates(participants, slots, capacity));
  useLayoutEffect(() => {
    before.current = all;
  });

  const others = participants.size - (self ? 1 : 0);
  const hidden = Math.max(0, others - all.length);
  const screenSlot = slots.find(
    (slot) => slot.slot === 0 && slot.participantId !== "" && slot.participantId !== self?.id,
  );
  const sharer = screenSlot ? participants.get(screenSlot.participantId) : undefined;
  // A shared screen is larger than any face; whoever is featured then stands first beside it.
  const featured = featuredOf(session);
  const large = screenSlot ? null : featured;
  const largeCell = all.find((cell) => cell.participant.id === large?.participant.id);
  const cells = large
    ? all.filter((cell) => cell !== largeCell)
    : [...all].sort(
        (a, b) =>
          Number(b.participant.id === featured?.participant.id) - Number(a.participant.id === featured?.participant.id),
      );
  const strip = Boolean(screenSlot || large);
  const count = cells.length + (self ? 1 : 0) + (hidden > 0 ? 1 : 0);
  const grid = bestGrid(count, size.width, size.height, GAP);

  useLayoutEffect(() => {
    const element = faces.current;
    if (!element) return;
    const measure = () => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      setSize({ width: element.clientWidth, height: element.clientHeight, rem });
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [strip]);

  const [visible, setVisible] = useState(!document.hidden);
  useEffect(() => {
    const change = () => setVisible(!document.hidden);
    document.addEventListener("visibilitychange", change);
    return () => document.removeEventListener("visibilitychange", change);
  }, []);

  const slotCount = slots.length;
  const faceHeight = Math.round((strip ? stripHeight(size) : grid.height) * devicePixelRatio);
  const measured = faceHeight > 0;
  const wanted = featured?.participant.id ?? "";
  // Where they are already, so that nobody's picture is taken away for it.
  const wantedSlot = wanted ? (slots.find((one) => one.slot > 0 && one.participantId === wanted)?.slot ?? 1) : 0;
  const isLarge = large !== null;
  useEffect(() => {
    // Before the first measure everything would count as hidden, and what came with the answer to Enter be taken away again.
    if (!measured) return;
    const shown = visible && !covered;
    const tiles: TileRequest[] = [];
    // The screen is asked for before there is one, so that it comes without another round trip; it is as sharp as the whole stage.
    const screenHeight = Math.round((stage.current?.clientHeight ?? 0) * devicePixelRatio);
    for (let slot = 0; slot < slotCount; slot++) {
      const height = slot === 0 || (isLarge && slot === wantedSlot) ? screenHeight : faceHeight;
      const always = slot > 0 && slot === wantedSlot ? { participantId: wanted } : {};
      tiles.push({ slot, height: shown ? height : 0, ...always });
    }
    session.setLayout(tiles);
  }, [session, slotCount, faceHeight, visible, covered, measured, wanted, wantedSlot, isLarge]);

  const speaking = (id: string) => speakers.includes(id);
  const compact = strip || grid.width < COMPACT_BELOW.width * size.rem || grid.height < COMPACT_BELOW.height * size.rem;
  return (
    <div ref={stage} class={strip ? "stage with-screen" : "stage"}>
      {screenSlot && <SharedScreen slot={screenSlot} name={sharer?.name ?? ""} />}
      {large && (
        <div class="featured">
          <Tile
            key={large.participant.id}
            participant={large.participant}
            slot={largeCell?.slot ?? null}
            ownCamera={large.participant.self ? session.cameraPreview.value : null}
            speaking={speaking(large.participant.id)}
            reaction={reactions.get(large.participant.id)}
            featured={large.pinned ? w.participants.pinned : w.participants.spotlit}
          />
        </div>
      )}
      <section
        ref={faces}
        class="faces-frame"
        aria-label={w.meeting.stage}
        // Beside a screen it scrolls, and what scrolls has to be reachable by keyboard.
        tabIndex={strip ? 0 : undefined}
      >
        <div
          // Two columns on a phone: of an odd number the first is as wide as the stage.
          class={!strip && grid.columns === 2 && size.height > size.width ? "faces filled" : "faces"}
          style={
            strip
              ? {}
              : {
                  // As wide as its columns, so that a row breaks after them and the last one stands in the middle.
                  width: `${grid.columns * (grid.width + GAP) - GAP}px`,
                  "--cell-width": `${grid.width}px`,
                  "--cell-height": `${grid.height}px`,
                }
          }
        >
          {cells.map((cell) => (
            <Tile
              key={cell.key}
              participant={cell.participant}
              slot={cell.slot}
              speaking={speaking(cell.participant.id)}
              reaction={reactions.get(cell.participant.id)}
              featured={
                cell.participant.id !== wanted || large
                  ? ""
                  : featured?.pinned
                    ? w.participants.pinned
                    : w.participants.spotlit
              }
              compact={compact}
            />
          ))}
          {self && (
            <Tile
              key="self"
              participant={self}
              slot={null}
              ownCamera={session.cameraPreview.value}
              speaking={speaking(self.id)}
              reaction={reactions.get(self.id)}
              featured={session.meeting.value?.spotlight === self.id ? w.participants.spotlit : ""}
              compact={compact}
            />
          )}
          {hidden > 0 && (
            <button type="button" class="others" onClick={onShowOthers}>
              <Icon of={PEOPLE} />
              {w.meeting.others(hidden)}
            </button>
          )}
        </div>
      </section>
    </div>
  );
}

/** Beside a screen the faces stand in one row (phone) or column: as high as their strip is, or as 16:9 of its width. */
function stripHeight(size: { readonly width: number; readonly height: number }): number {
  return Math.min(size.height, (size.width * 9) / 16);
}
