// The texts of the question before typed text is lost, in English.
import type { Texts } from "../../i18n/id";
import type { id } from "./id";

export const en: Texts<typeof id> = {
  title: "Leave the page without saving?",
  text: "Your changes on this page are not saved yet and will be lost.",
  discard: "Discard the changes",
  stay: "Stay here",
  keepTyping: "Go on typing",
};
