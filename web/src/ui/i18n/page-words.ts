// The texts of one page, in both languages, fetched with that page: the join form does not pay for them.
import { computed, type ReadonlySignal } from "@preact/signals";
import type { Texts } from "./id";
import { language } from "./language";

export function pageWords<T>(id: T, en: Texts<T>): ReadonlySignal<Texts<T>> {
  return computed(() => (language.value === "en" ? en : (id as Texts<T>)));
}
