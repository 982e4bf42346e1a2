// The guides call everything as the pages do: what is **bold** is a text of theirs, what is *italic* stands in one.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, it } from "vitest";

const GUIDES = ["peserta", "penyelenggara", "kepala-unit-kerja"] as const;
/** Bold without being a text of ours: what a browser says, the signs of files and menus, and the heads of paragraphs. */
const OTHERS: ReadonlySet<string> = new Set([
  "Izinkan",
  "⋮",
  "CSV",
  "XLSX",
  "PDF",
  "Punya akun?",
  "Di atas",
  "Satu bulan sekaligus:",
]);
/** Values that a text is given are as good as any. */
const VALUE = "0";

/** All texts in Bahasa Indonesia, with VALUE for each value in them. */
const TEXTS = readdirSync("src/ui", { recursive: true, encoding: "utf8" })
  .filter((path) => /^(pages-)?id\.ts$/.test(basename(path)))
  .flatMap((path) => [
    ...readFileSync(join("src/ui", path), "utf8").matchAll(/"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g),
  ])
  .map(([, plain, template]) => plain ?? (template ?? "").replace(/\$\{[^}]*\}/g, VALUE));

/** In their order, each with how many asterisks there are before and behind it. */
function emphasised(guide: string): readonly { readonly stars: number; readonly text: string }[] {
  const words = readFileSync(`../docs/${guide}.md`, "utf8").replace(/!\[[^\]]*\]\([^)]*\)/g, "");
  return [...words.matchAll(/(\*{1,2})(?=\S)(.+?)(?<=\S)\1(?!\*)/gs)].map(([, stars = "", text = ""]) => ({
    stars: stars.length,
    text: text.replace(/\s+/g, " "),
  }));
}

it.each(GUIDES)("%s.md calls things as the pages do", (guide) => {
  const found = emphasised(guide);
  expect(found.length).toBeGreaterThan(10);
  const strange = found.filter(({ stars, text }) => {
    if (stars === 2) return !OTHERS.has(text) && !TEXTS.some((one) => one === text || one === `${text} ${VALUE}`);
    const plain = text.replace(/\d+/g, VALUE).toLowerCase();
    return !TEXTS.some((one) => one.toLowerCase().includes(plain));
  });
  expect(strange).toEqual([]);
});
