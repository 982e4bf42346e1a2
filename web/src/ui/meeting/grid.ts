// Pure: how many columns make the faces largest.

export interface Grid {
  readonly columns: number;
  readonly rows: number;
  /** Of one cell, in CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** A face is useful between upright 3:4 (on a wide stage: square) and wide 16:9: a cell counts as large as the best picture that fits into it. */
const NARROWEST = { upright: 3 / 4, wide: 1 } as const;
const WIDEST = 16 / 9;

export function bestGrid(count: number, width: number, height: number, gap: number): Grid {
  let best: Grid = { columns: 1, rows: Math.max(1, count), width, height };
  let bestArea = -1;
  const narrowest = width > height ? NARROWEST.wide : NARROWEST.upright;
  for (let columns = 1; columns <= Math.max(1, count); columns++) {
    const rows = Math.ceil(Math.max(1, count) / columns);
    const cellWidth = (width - gap * (columns - 1)) / columns;
    const cellHeight = (height - gap * (rows - 1)) / rows;
    if (cellWidth <= 0 || cellHeight <= 0) continue;
    const shape = cellWidth / cellHeight;
    const usedWidth = shape > WIDEST ? cellHeight * WIDEST : cellWidth;
    const usedHeight = shape < narrowest ? cellWidth / narrowest : cellHeight;
    // An empty cell is a loss too: of two grids with cells of like size, the fuller one.
    const area = usedWidth * usedHeight * (1 - 0.02 * (columns * rows - count));
    if (area > bestArea) {
      bestArea = area;
      best = { columns, rows, width: Math.floor(usedWidth), height: Math.floor(usedHeight) };
    }
  }
  return best;
}
