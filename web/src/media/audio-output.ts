// Plays what is heard: one element per audio slot, which keeps its element while connections are replaced.

export class AudioOutput {
  readonly #elements: HTMLAudioElement[] = [];
  #sink = "";
  #blocked = false;

  constructor(private readonly onBlocked: (blocked: boolean) => void) {}

  /** The audio tracks of the connection that is heard now, in slot order. Elements of tracks that are gone fall silent. */
  play(tracks: readonly MediaStreamTrack[]): void {
    for (const [index, track] of tracks.entries()) {
      const element = this.#elements[index] ?? this.#add();
      const stream = element.srcObject as MediaStream | null;
      if (stream?.getAudioTracks()[0] === track) continue;
      element.srcObject = new MediaStream([track]);
      this.#start(element);
    }
    for (const element of this.#elements.splice(tracks.length)) element.srcObject = null;
  }

  /** To be called in a click. */
  unlock(): void {
    for (const element of this.#elements) this.#start(element);
  }

  async useSpeaker(id: string): Promise<void> {
    this.#sink = id;
    await Promise.all(this.#elements.map((element) => element.setSinkId?.(id)));
  }

  stop(): void {
    for (const element of this.#elements.splice(0)) element.srcObject = null;
  }

  #add(): HTMLAudioElement {
    const element = new Audio();
    element.autoplay = true;
    this.#elements.push(element);
    if (this.#sink) void element.setSinkId?.(this.#sink).catch(() => undefined);
    return element;
  }

  #start(element: HTMLAudioElement): void {
    element.play().then(
      () => this.#tell(false),
      (error: unknown) => {
        // AbortError: a newer track took the element over meanwhile.
        if (error instanceof DOMException && error.name === "NotAllowedError") this.#tell(true);
      },
    );
  }

  #tell(blocked: boolean): void {
    if (blocked === this.#blocked) return;
    this.#blocked = blocked;
    this.onBlocked(blocked);
  }
}

export const canChooseSpeaker = () =>
  typeof HTMLMediaElement !== "undefined" && "setSinkId" in HTMLMediaElement.prototype;
