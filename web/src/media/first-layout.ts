// What is asked for before there is a page to measure: the pictures then come with the answer to Enter, not a round trip later.
import type { Tile } from "../client/contract";

/** Slot 0, the screen, as sharp as the window; each face as high as in two rows, which most meetings have. `height` in physical pixels. */
export function firstLayout(faces: number, height: number): Tile[] {
  const face = Math.round(height / 2);
  return Array.from({ length: faces + 1 }, (_, slot) => ({ slot, height: slot === 0 ? Math.round(height) : face }));
}
