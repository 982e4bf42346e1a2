// Pure: who stands in which cell of the grid. Nobody moves because somebody else comes, goes or talks: who stays keeps the place,
// who comes takes a free one, and a hole is filled by the last so that the rest stands still.
import type { ParticipantView, SlotView } from "../../client/contract";

export interface Cell {
  readonly key: string;
  readonly participant: ParticipantView;
  /** null: no picture comes for them now. */
  readonly slot: SlotView | null;
}

/**
 * Whom the node gave a face slot to, then the others in the order of their joining, at most `capacity`. Who has lost the network
 * comes after everybody who is there, and so never takes a place from them.
 */
export function candidates(
  participants: ReadonlyMap<string, ParticipantView>,
  slots: readonly SlotView[],
  capacity: number,
): readonly Cell[] {
  const shown = new Set<string>();
  const cells: Cell[] = [];
  for (const slot of slots) {
    const participant = participants.get(slot.participantId);
    if (slot.slot === 0 || !participant || participant.self || shown.has(participant.id)) continue;
    shown.add(participant.id);
    // The key is the slot's: when the node puts somebody else into it, they stand where the one before stood.
    cells.push({ key: `slot-${slot.slot}`, participant, slot });
  }
  const waiting = [...participants.values()]
    .filter((participant) => !participant.self && !shown.has(participant.id))
    .sort((a, b) => a.joinedAt - b.joinedAt || (a.id < b.id ? -1 : 1));
  for (const participant of waiting) cells.push({ key: `person-${participant.id}`, participant, slot: null });
  return lostLast(cells).slice(0, capacity);
}

function lostLast(cells: readonly Cell[]): readonly Cell[] {
  return [
    ...cells.filter(({ participant }) => !participant.lost),
    ...cells.filter(({ participant }) => participant.lost),
  ];
}

/** Orders `next` so that what was there before (by key or by person) keeps its index; who has lost the network stands last. */
export function arrange(before: readonly Cell[], next: readonly Cell[]): readonly Cell[] {
  const here = next.filter(({ participant }) => !participant.lost);
  const lost = next.filter(({ participant }) => participant.lost);
  const placed = kept(
    before.filter(({ participant }) => !participant.lost),
    here,
  );
  return [...placed, ...lost];
}

function kept(before: readonly Cell[], next: readonly Cell[]): readonly Cell[] {
  const free = new Set(next);
  const byKey = new Map(next.map((cell) => [cell.key, cell]));
  const byPerson = new Map(next.map((cell) => [cell.participant.id, cell]));
  const placed: (Cell | undefined)[] = before.map((old) => {
    const same = byPerson.get(old.participant.id);
    if (same && free.delete(same)) return same;
    return undefined;
  });
  before.forEach((old, index) => {
    const heir = byKey.get(old.key);
    if (!placed[index] && heir && free.delete(heir)) placed[index] = heir;
  });
  for (const cell of free) {
    const hole = placed.indexOf(undefined);
    if (hole >= 0) placed[hole] = cell;
    else placed.push(cell);
  }
  for (let hole = placed.indexOf(undefined); hole >= 0; hole = placed.indexOf(undefined)) {
    const last = placed.pop();
    if (last && hole < placed.length) placed[hole] = last;
  }
  return placed.filter((cell): cell is Cell => cell !== undefined);
}
