import { describe, expect, it } from "vitest";
import { cleanedText, visibleProblem } from "./visible";

const SHRUG = "siap \u{1f926}\u200d\u2640\ufe0f";

describe("text that people see", () => {
  it.each([SHRUG, "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "Drs. H. Andi, M.Si.", ""])(
    "passes: %j",
    (text) => {
      expect(visibleProblem(text)).toBe("");
    },
  );

  it.each([
    "a\u200d",
    "\u200da",
    "a \u200db",
    "a\u200d\u200cb",
    "a\tb",
    "a\u200eb",
    "a\u00adb",
    "\u3164",
    "  ",
    "a\nb",
    "\ue000",
    "a\u2028b",
  ])("is refused by the server too: %j", (text) => {
    expect(visibleProblem(text)).not.toBe("");
  });

  it("may have lines where the field has, and as many marks as real scripts", () => {
    expect(visibleProblem("a\nb", true)).toBe("");
    expect(visibleProblem(`a${"\u0301".repeat(4)}`)).toBe("");
    expect(visibleProblem(`a${"\u0301".repeat(5)}`)).toContain("marks");
  });
});

describe("a pasted text", () => {
  it.each([
    ["Andi\tBaso", "Andi Baso"],
    ["\u202a+62 812\u202c", "+62 812"],
    ["pemerin\u00adtahan\u200b\ufeff\u200e", "pemerintahan"],
    ["satu\r\ndua\rtiga\u2028empat", "satu\ndua\ntiga\nempat"],
    [SHRUG, SHRUG],
    ["a\u200d b\u200d\u200dc\u200c", "a b\u200dc"],
  ])("%j is sent as %j", (pasted, sent) => {
    expect(cleanedText(pasted)).toBe(sent);
    expect(visibleProblem(sent, true)).toBe("");
  });
});
