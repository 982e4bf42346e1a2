import { describe, expect, it } from "vitest";
import type { ParticipantView, SlotView } from "../../client/contract";
import { arrange, candidates } from "./cells";
import { bestGrid } from "./grid";
import { bounded, LARGEST, WHOLE, zoomedAt } from "./zoom";

const person = (id: string, joinedAt = 0, self = false): ParticipantView => ({
  id,
  name: id,
  role: "participant",
  self,
  presence: "present",
  handRaisedAt: 0,
  joinedAt,
  microphone: false,
  camera: true,
  screen: false,
  lost: false,
});
const slot = (index: number, participantId: string): SlotView => ({
  slot: index,
  participantId,
  source: index === 0 ? "screen" : "camera",
  paused: null,
  stream: {} as MediaStream,
});
const people = (...ids: string[]) => new Map(ids.map((id, index) => [id, person(id, index)]));
const ids = (cells: ReturnType<typeof candidates>) => cells.map((cell) => cell.participant.id).join("");

describe("the cells", () => {
  it("show who has a slot first, then who joined first, never oneself, at most the capacity", () => {
    const everybody = people("a", "b", "c", "d").set("me", person("me", 9, true));
    expect(ids(candidates(everybody, [slot(0, "a"), slot(1, "c"), slot(2, "")], 3))).toBe("cab");
  });

  it("keep everybody's place when one leaves, joins, or takes over a slot", () => {
    const before = candidates(people("a", "b", "c"), [], 9);
    expect(ids(arrange(before, candidates(people("a", "c"), [], 9)))).toBe("ac");
    expect(ids(arrange(before, candidates(people("z", "a", "b", "c"), [], 9)))).toBe("abcz");
    const slots = arrange([], candidates(people("a", "b"), [slot(1, "a"), slot(2, "b")], 2));
    expect(ids(arrange(slots, candidates(people("a", "b", "c"), [slot(1, "c"), slot(2, "b")], 2)))).toBe("cb");
  });
});

describe("who has lost the network", () => {
  const withLost = (...gone: string[]) => {
    const everybody = people("a", "b", "c", "d");
    for (const id of gone) everybody.set(id, { ...person(id), lost: true, joinedAt: 0 });
    return everybody;
  };

  it("comes last and takes no place from who is there", () => {
    expect(ids(candidates(withLost("a", "b"), [slot(1, "a"), slot(2, "c")], 3))).toBe("cda");
  });

  it("goes to the end, and back behind the others, without moving more than the last", () => {
    const before = arrange([], candidates(people("a", "b", "c", "d"), [], 9));
    const away = arrange(before, candidates(withLost("a"), [], 9));
    expect(ids(away)).toBe("dbca");
    expect(ids(arrange(away, candidates(people("a", "b", "c", "d"), [], 9)))).toBe("dbca");
  });
});

describe("the grid", () => {
  it("fits within the stage and has room for everybody", () => {
    for (const [width, height] of [
      [344, 428],
      [1334, 560],
      [1888, 880],
      [640, 240],
    ] as const) {
      for (let count = 1; count <= 11; count++) {
        const grid = bestGrid(count, width, height, 8);
        expect(grid.columns * grid.rows).toBeGreaterThanOrEqual(count);
        expect(grid.columns * grid.width + 8 * (grid.columns - 1)).toBeLessThanOrEqual(width);
        expect(grid.rows * grid.height + 8 * (grid.rows - 1)).toBeLessThanOrEqual(height);
      }
    }
  });
});

describe("the zoom", () => {
  const box = { width: 300, height: 200 };
  it("keeps the point under the finger and the picture in its box", () => {
    const view = zoomedAt(WHOLE, 2, 100, 50, box);
    expect(view).toEqual({ scale: 2, x: -100, y: -50 });
    expect(bounded({ scale: 2, x: 999, y: -999 }, box)).toEqual({ scale: 2, x: 150, y: -100 });
    expect(zoomedAt(view, 100, 0, 0, box).scale).toBe(LARGEST);
    expect(zoomedAt(view, 0.01, 100, 50, box)).toEqual({ scale: 1, x: 0, y: 0 });
  });
});
