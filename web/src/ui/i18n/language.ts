// The language of the page. Bahasa Indonesia is always there; English is fetched when somebody chooses it.
import { signal } from "@preact/signals";
import { recall, remember } from "../remembered";
import { type Catalogue, id } from "./id";

export type Language = "id" | "en";

export const language = signal<Language>("id");
export const words = signal<Catalogue>(id);

/** The English words of those parts of the program that are loaded: they change with the page's. */
const englishOfParts: (() => Promise<unknown>)[] = [];

export function withEnglish(fetchPart: () => Promise<unknown>): void {
  englishOfParts.push(fetchPart);
}

/** Rejects when the catalogue cannot be fetched; the language then stays as it is. */
export async function chooseLanguage(chosen: Language): Promise<void> {
  let catalogue: Catalogue = id;
  if (chosen === "en") {
    const [first] = await Promise.all([import("./en"), ...englishOfParts.map((fetchPart) => fetchPart())]);
    catalogue = first.en;
  }
  words.value = catalogue;
  language.value = chosen;
  document.documentElement.lang = chosen;
  remember("device", "language", chosen);
}

/** On load: the language that was chosen on this device. */
export async function restoreLanguage(): Promise<void> {
  if (recall("device", "language") !== "en") return;
  // Without a network for the second catalogue, the first one serves.
  await chooseLanguage("en").catch(() => undefined);
}
