// Pure: the part of a shared screen that is looked at. x and y are the shift of the picture in CSS pixels from its middle.

export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly width: number;
  readonly height: number;
}

export const WHOLE: View = { scale: 1, x: 0, y: 0 };
export const LARGEST = 6;
export const STEP = 1.4;

/** Within 1…6 times, and never shifted so far that the picture leaves the box. */
export function bounded(view: View, box: Box): View {
  const scale = Math.min(LARGEST, Math.max(1, view.scale));
  const reachX = (box.width * (scale - 1)) / 2;
  const reachY = (box.height * (scale - 1)) / 2;
  return {
    scale,
    x: Math.min(reachX, Math.max(-reachX, view.x)),
    y: Math.min(reachY, Math.max(-reachY, view.y)),
  };
}

/** Zooms by `factor` so that the point (px, py), measured from the middle of the box, stays under the finger. */
export function zoomedAt(view: View, factor: number, px: number, py: number, box: Box): View {
  const scale = Math.min(LARGEST, Math.max(1, view.scale * factor));
  const real = scale / view.scale;
  return bounded({ scale, x: px - (px - view.x) * real, y: py - (py - view.y) * real }, box);
}

export function moved(view: View, dx: number, dy: number, box: Box): View {
  return bounded({ ...view, x: view.x + dx, y: view.y + dy }, box);
}
