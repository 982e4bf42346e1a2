import { pageWords } from "../i18n/page-words";
import { en } from "./i18n/en";
import { id } from "./i18n/id";

export const unsavedWords = pageWords(id, en);
