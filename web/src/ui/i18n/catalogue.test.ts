import { describe, expect, it } from "vitest";
import { en, id } from "../../../dev/catalogue";
import { ErrorCode } from "../../gen/sipulung/common/v1/common_pb";
import { en as unsavedEn } from "../account/i18n/en";
import { id as unsavedId } from "../account/i18n/id";
import { en as adminEn } from "../admin/i18n/en";
import { id as adminId } from "../admin/i18n/id";
import { en as meEn } from "../me/i18n/en";
import { id as meId } from "../me/i18n/id";

/** Every path to a text, with how many values it takes. */
function paths(part: unknown, prefix = ""): string[] {
  if (typeof part === "string") return [prefix];
  if (typeof part === "function") return [`${prefix}(${part.length})`];
  return Object.entries(part as object).flatMap(([key, value]) => paths(value, `${prefix}.${key}`));
}

describe("the catalogue", () => {
  it("has the same texts in both languages, of each page too", () => {
    expect(paths(en).sort()).toEqual(paths(id).sort());
    expect(paths(adminEn).sort()).toEqual(paths(adminId).sort());
    expect(paths(unsavedEn).sort()).toEqual(paths(unsavedId).sort());
    expect(paths(meEn).sort()).toEqual(paths(meId).sort());
  });

  it("has a sentence for every error code in both languages", () => {
    const codes = Object.keys(ErrorCode).filter((key) => Number.isNaN(Number(key)) && key !== "UNSPECIFIED");
    expect(codes.length).toBeGreaterThan(20);
    for (const code of codes) {
      for (const errors of [id.errors, en.errors] as readonly Readonly<Record<string, string>>[]) {
        expect(errors[code], code).toMatch(/^\p{Lu}.+\.$/u);
      }
    }
  });

  it("leaves no text empty", () => {
    for (const catalogue of [id, en, unsavedId, unsavedEn, adminId, adminEn, meId, meEn]) {
      const texts = (part: unknown): string[] =>
        typeof part === "string"
          ? [part]
          : typeof part === "function"
            ? []
            : Object.values(part as object).flatMap(texts);
      for (const text of texts(catalogue)) expect(text.trim()).not.toBe("");
    }
  });
});
