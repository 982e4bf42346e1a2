// Which layout the node is told, and when: at most one request per interval, and only what is new. Time is an argument.
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { DataSavingMode, Tile } from "../client/contract";
import { DataSaving, type LayoutRequestSchema } from "../gen/sipulung/media/v1/session_pb";

export type LayoutInit = MessageInitShape<typeof LayoutRequestSchema>;

/** A window that is dragged larger asks a few times a second, not on every frame. */
export const LAYOUT_INTERVAL_MS = 150;
const MAX_HEIGHT = 4320;
const SAVING: Readonly<Record<DataSavingMode, DataSaving>> = {
  off: DataSaving.OFF,
  "audio-and-screen": DataSaving.AUDIO_AND_SCREEN,
  "audio-only": DataSaving.AUDIO_ONLY,
};

export class LayoutRequests {
  #tiles: readonly Tile[] = [];
  #saving: DataSavingMode = "off";
  #number = 0;
  #sent = "";
  #sentAt = Number.NEGATIVE_INFINITY;

  setTiles(tiles: readonly Tile[]): void {
    this.#tiles = tiles.map((tile) => ({
      ...tile,
      height: Math.min(MAX_HEIGHT, Math.max(0, Math.round(tile.height))),
    }));
  }

  setSaving(mode: DataSavingMode): void {
    this.#saving = mode;
  }

  get tiles(): readonly Tile[] {
    return this.#tiles;
  }

  /** The present layout under a new number, for Open and Reconnect and for a channel that has just opened. */
  fresh(now: number): LayoutInit {
    this.#number += 1;
    this.#sent = this.#key();
    this.#sentAt = now;
    return {
      number: this.#number,
      tiles: this.#tiles.map(({ slot, height, participantId }) => ({
        slot,
        height,
        participantId: participantId ?? "",
      })),
      dataSaving: SAVING[this.#saving],
    };
  }

  /** What to send now; a number: ask again after so many milliseconds; null: nothing is new. */
  next(now: number): LayoutInit | number | null {
    if (this.#key() === this.#sent) return null;
    const wait = this.#sentAt + LAYOUT_INTERVAL_MS - now;
    return wait > 0 ? wait : this.fresh(now);
  }

  #key(): string {
    return JSON.stringify([
      this.#saving,
      this.#tiles.map((tile) => [tile.slot, tile.height, tile.participantId ?? ""]),
    ]);
  }
}
