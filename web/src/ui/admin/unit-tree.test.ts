import { describe, expect, it } from "vitest";
import { UNITS } from "../../../dev/fake-admin";
import { below, pathOf, rowsOf, unitOptions } from "./unit-tree";

describe("the tree of units", () => {
  it("has children below their parents, siblings by name", () => {
    expect(rowsOf(UNITS).map((row) => `${row.level} ${row.unit.id} ${row.position}/${row.siblings}`)).toEqual([
      "1 u2 1/3",
      "2 u3 1/2",
      "2 u4 2/2",
      "3 u5 1/1",
      "1 u6 2/3",
      "1 u1 3/3",
    ]);
  });

  it("hides what is below a closed unit", () => {
    expect(rowsOf(UNITS, new Set(["u2"])).map((row) => row.unit.id)).toEqual(["u2", "u6", "u1"]);
  });

  it("shows a unit whose parent is unknown at the top, and ends in a circle", () => {
    const orphan = { id: "x", parentId: "gone", name: "X", revision: 1 };
    expect(rowsOf([orphan])[0]?.level).toBe(1);
    const a = { id: "a", parentId: "b", name: "A", revision: 1 };
    const b = { id: "b", parentId: "a", name: "B", revision: 1 };
    expect(rowsOf([a, b])).toEqual([]);
    expect(pathOf([a, b], "a")).toContain("A");
  });

  it("knows paths and who is below whom", () => {
    expect(pathOf(UNITS, "u5").split(" › ").length).toBe(3);
    expect(pathOf(UNITS, "")).toBe("");
    expect([...below(UNITS, "u4")]).toEqual(["u4", "u5"]);
    expect(unitOptions(UNITS, below(UNITS, "u2")).map(([id]) => id)).toEqual(["u6", "u1"]);
  });
});
