import { describe, expect, it } from "vitest";
import { addressWith, filterIn } from "./list-filter";

describe("what the lists show", () => {
  it("stands in the address, and is read from it", () => {
    const filter = { scope: "unit", search: "apel & pagi", month: "2026-03" } as const;
    const address = addressWith(filter, "");
    expect(address).toBe("?milik=unit&cari=apel+%26+pagi&bulan=2026-03");
    expect(filterIn(address)).toEqual(filter);
  });

  it("leaves nothing behind when all is shown, and what others put there alone", () => {
    const all = { scope: "own", search: "", month: "" } as const;
    expect(addressWith(all, "?cari=apel&bulan=2026-03&milik=unit")).toBe("");
    expect(addressWith({ ...all, search: "apel" }, "?dari=surel")).toBe("?dari=surel&cari=apel");
    expect(filterIn("")).toEqual(all);
  });

  it("takes only what the server would", () => {
    expect(filterIn("?milik=semua&bulan=2026-13&cari=%20%20")).toEqual({ scope: "own", search: "", month: "" });
    expect(filterIn(`?cari=${"a".repeat(200)}`).search).toHaveLength(120);
  });
});
