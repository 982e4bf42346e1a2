// Reactions: shown for a moment, the newest of each person, kept by nobody.
import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { ReactionName, ReactionView } from "./in-charge";

const SHOWN_FOR_MS = 6_000;

export class Reactions {
  readonly #shown = signal<ReadonlyMap<string, ReactionView>>(new Map());
  /** By participant. */
  readonly shown: ReadonlySignal<ReadonlyMap<string, ReactionView>> = this.#shown;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #number = 0;

  add(participantId: string, name: string, reaction: ReactionName): void {
    this.#number += 1;
    const one: ReactionView = { participantId, name, reaction, number: this.#number };
    this.#shown.value = new Map(this.#shown.value).set(participantId, one);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (this.#shown.value.get(participantId) !== one) return;
      const left = new Map(this.#shown.value);
      left.delete(participantId);
      this.#shown.value = left;
    }, SHOWN_FOR_MS);
    this.#timers.add(timer);
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#shown.value = new Map();
  }
}
