import { pageWords } from "../i18n/page-words";
import { partWords } from "../i18n/part-words";
import { en } from "./i18n/en";
import { id } from "./i18n/id";
import { id as pagesId } from "./i18n/pages-id";

export const hostWords = pageWords(id, en);
export const hostPageWords = await partWords(pagesId, async () => (await import("./i18n/pages-en")).en);
