import { partWords } from "../i18n/part-words";
import { id } from "./i18n/id";

export const roomWords = await partWords(id, async () => (await import("./i18n/en")).en);
