import { describe, expect, it } from "vitest";
import { holidaysOf, isDay, merged } from "./holidays";

describe("pasted holidays", () => {
  it.each([
    ["2026-08-17 Hari Kemerdekaan", "2026-08-17", "Hari Kemerdekaan"],
    ["17-8-2026\tHari  Kemerdekaan RI", "2026-08-17", "Hari Kemerdekaan RI"],
    ["17/08/2026; Hari Kemerdekaan", "2026-08-17", "Hari Kemerdekaan"],
    ['"2026-08-17","Hari Kemerdekaan"', "2026-08-17", "Hari Kemerdekaan"],
    ["  29.2.2028 Kabisat  ", "2028-02-29", "Kabisat"],
  ])("%s", (line, date, name) => {
    expect(holidaysOf(line)).toEqual({ holidays: [{ date, name }], wrong: null });
  });

  it.each(["2026-02-30 Tidak ada", "Hari Kemerdekaan", "2026-08-17", "2026-13-01 x", `2026-08-17 ${"a".repeat(121)}`])(
    "names the line that cannot be read: %s",
    (line) => {
      expect(holidaysOf(`2026-01-01 Tahun Baru\r\n\n${line}`).wrong).toEqual({ number: 3, text: line });
    },
  );

  it("are put in order, the later one of a date counts", () => {
    const before = [
      { date: "2026-08-17", name: "Lama" },
      { date: "2026-01-01", name: "Tahun Baru" },
    ];
    expect(merged(before, [{ date: "2026-08-17", name: "Baru" }])).toEqual([
      { date: "2026-01-01", name: "Tahun Baru" },
      { date: "2026-08-17", name: "Baru" },
    ]);
  });

  it("knows the calendar", () => {
    expect([isDay("2028-02-29"), isDay("2027-02-29"), isDay("17-08-2026"), isDay("")]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
