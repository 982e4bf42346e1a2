import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const CSS = readFileSync("src/ui/styles/tokens.css", "utf8");

/** The six-digit colours of the first block whose selector is `selector`. */
function tokens(selector: string): ReadonlyMap<string, string> {
  const start = CSS.indexOf(`${selector} {`);
  const block = CSS.slice(start, CSS.indexOf("}", start));
  return new Map([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1] ?? "", match[2] ?? ""]));
}

/** WCAG 2.2, "relative luminance". */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const PAIRS: readonly (readonly [ink: string, ground: string, least: number])[] = [
  ...["ground", "surface", "surface-quiet"].flatMap((ground) => [
    ["ink", ground, 4.5] as const,
    ["ink-quiet", ground, 4.5] as const,
    ["primary", ground, 4.5] as const,
    ["danger", ground, 4.5] as const,
  ]),
  ["good", "ground", 4.5],
  ["primary-ink", "primary", 4.5],
  ["primary-ink", "primary-strong", 4.5],
  ["danger-ink", "danger", 4.5],
  ["danger-ink", "danger-strong", 4.5],
  ["primary-soft-ink", "primary-soft", 4.5],
  ["danger-soft-ink", "danger-soft", 4.5],
  ["warning-soft-ink", "warning-soft", 4.5],
  ["line-control", "ground", 3],
  ["line-control", "surface", 3],
  ["focus", "ground", 3],
  ["focus", "surface", 3],
];

describe.each([":root", ':root[data-theme="dark"]'])("the colours of %s", (selector) => {
  const colours = tokens(selector);
  it.each(PAIRS)("%s on %s: at least %f", (ink, ground, least) => {
    expect(contrast(colours.get(ink) ?? "", colours.get(ground) ?? "")).toBeGreaterThanOrEqual(least);
  });
});
