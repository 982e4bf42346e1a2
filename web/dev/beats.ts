// What moves on a stand: a picture, a level. It stops when another scene takes its place.

let beats: readonly ReturnType<typeof setInterval>[] = [];

export function beat(step: () => void, everyMs: number): void {
  beats = [...beats, setInterval(step, everyMs)];
}

export function stopBeats(): void {
  for (const one of beats) clearInterval(one);
  beats = [];
}
