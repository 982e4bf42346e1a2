// Who is seen in which slot: a pure reduction of the node's assignments over streams that never change.
import { type Assignments, PauseCause, Source } from "../gen/sipulung/media/v1/session_pb";
import type { PauseReason, SlotView } from "./contract";

const PAUSES: Readonly<Record<number, PauseReason>> = {
  [PauseCause.BANDWIDTH]: "bandwidth",
  [PauseCause.DATA_SAVING]: "data-saving",
  [PauseCause.CODEC]: "codec",
};

export function freeSlot(slot: number, stream: MediaStream): SlotView {
  return { slot, participantId: "", source: slot === 0 ? "screen" : "camera", paused: null, stream };
}

/** Slots that the assignments do not name are free; those beyond the known ones are not ours. A slot without a change stays the same object. */
export function reduceSlots(slots: readonly SlotView[], assignments: Assignments): readonly SlotView[] {
  const bySlot = new Map(assignments.slots.map((assignment) => [assignment.slot, assignment]));
  const next = slots.map((slot) => {
    const assignment = bySlot.get(slot.slot);
    if (!assignment?.participantId) return slot.participantId ? freeSlot(slot.slot, slot.stream) : slot;
    const view: SlotView = {
      slot: slot.slot,
      participantId: assignment.participantId,
      source: assignment.source === Source.SCREEN ? "screen" : "camera",
      paused: PAUSES[assignment.paused] ?? null,
      stream: slot.stream,
    };
    const same =
      view.participantId === slot.participantId && view.source === slot.source && view.paused === slot.paused;
    return same ? slot : view;
  });
  return next.every((slot, index) => slot === slots[index]) ? slots : next;
}
