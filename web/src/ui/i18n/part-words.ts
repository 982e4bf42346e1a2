// The words of a part of the program, together with those of every page. They come with that part, the English ones only to
// whoever reads English: the join form does not pay for the meeting's, and nobody for a language that they do not read.
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Catalogue, Texts } from "./id";
import { language, withEnglish, words } from "./language";

export async function partWords<T extends object>(
  id: T,
  fetchEn: () => Promise<Texts<T>>,
): Promise<ReadonlySignal<Catalogue & Texts<T>>> {
  const en = signal<Texts<T> | null>(null);
  const fetchOnce = async () => {
    en.value ??= await fetchEn();
  };
  withEnglish(fetchOnce);
  // Without a network for it the part speaks its first language.
  if (language.value === "en") await fetchOnce().catch(() => undefined);
  return computed(() => ({
    ...words.value,
    ...((language.value === "en" ? en.value : null) ?? (id as Texts<T>)),
  }));
}
