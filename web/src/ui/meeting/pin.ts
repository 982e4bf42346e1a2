// Whom this person alone wants to see large. It goes before the host's spotlight.
import { signal } from "@preact/signals";

/** A participant's id; "": nobody. */
export const pinned = signal("");
