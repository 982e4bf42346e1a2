// Light or dark: as the device says, unless the person chose.
import { effect, signal } from "@preact/signals";
import { recall, remember } from "./remembered";

export type Theme = "system" | "light" | "dark";
const ORDER: readonly Theme[] = ["system", "light", "dark"];

const saved = recall("device", "theme");
export const theme = signal<Theme>(saved === "light" || saved === "dark" ? saved : "system");

export function nextTheme(): void {
  theme.value = ORDER[(ORDER.indexOf(theme.value) + 1) % ORDER.length] ?? "system";
  remember("device", "theme", theme.value === "system" ? "" : theme.value);
}

/** Keeps the document's theme right from now on; returns what stops it. */
export function applyTheme(): () => void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const chosen = theme.value === "system" ? (dark.matches ? "dark" : "light") : theme.value;
    document.documentElement.dataset.theme = chosen;
  };
  dark.addEventListener("change", apply);
  const stop = effect(apply);
  return () => {
    stop();
    dark.removeEventListener("change", apply);
  };
}
