// The chat: numbered lines of the roster, and the own ones that are on their way. A pure reduction.
import type { ChatLine } from "../gen/sipulung/roster/v1/participant_pb";
import type { ChatLineView, Failure } from "./contract";

/** As many as a snapshot has at most, several times over; an old phone need not keep a day of talk. */
const KEPT = 1000;

/** `own`: the sender's id, whose lines are recognised by their client_line_id. */
export function withLines(
  known: readonly ChatLineView[],
  lines: readonly ChatLine[],
  own: string,
): readonly ChatLineView[] {
  const byKey = new Map(known.map((line) => [line.key, line]));
  for (const line of lines) {
    const mine = line.participantId === own;
    const key = mine && line.clientLineId ? line.clientLineId : `n${line.number}`;
    byKey.set(key, {
      key,
      number: Number(line.number),
      participantId: line.participantId,
      name: line.name,
      text: line.text,
      sentAt: Number(line.sentAtMs),
      own: mine,
      toHosts: line.toHosts,
      state: "sent",
      failure: null,
    });
  }
  return [...byKey.values()].sort(inOrder).slice(-KEPT);
}

export function withOwnLine(
  known: readonly ChatLineView[],
  line: {
    readonly key: string;
    readonly participantId: string;
    readonly name: string;
    readonly text: string;
    readonly sentAt: number;
    readonly toHosts: boolean;
  },
): readonly ChatLineView[] {
  const sending: ChatLineView = { ...line, number: 0, own: true, state: "sending", failure: null };
  return [...known.filter(({ key }) => key !== line.key), sending];
}

/** A line that arrived after all (its answer was lost, not the line) stays sent. */
export function withOutcome(
  known: readonly ChatLineView[],
  key: string,
  failure: Failure | null,
): readonly ChatLineView[] {
  return known.map((line) =>
    line.key === key && line.number === 0 ? { ...line, state: failure ? "failed" : "sent", failure } : line,
  );
}

/** By number; what has none yet is newest, in the order of typing. */
function inOrder(a: ChatLineView, b: ChatLineView): number {
  return (a.number || Number.MAX_SAFE_INTEGER) - (b.number || Number.MAX_SAFE_INTEGER) || a.sentAt - b.sentAt;
}
