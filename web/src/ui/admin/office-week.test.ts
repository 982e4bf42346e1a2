import { afterEach, describe, expect, it } from "vitest";
import { chooseLanguage } from "../i18n/language";
import { daysOf, typedDays, weekText, wrongDays } from "./office-week";

const day = (weekday: number, from: number, to: number) => ({ weekday, from, to });
const textOf = (...days: readonly ReturnType<typeof day>[]) =>
  weekText({ days, toleranceMinutes: 0 }).replaceAll("\u2060", "");

afterEach(() => chooseLanguage("id"));

describe("a week in words", () => {
  it("puts days of equal hours together that follow each other", () => {
    expect(textOf(day(1, 450, 960), day(2, 450, 960), day(4, 450, 960), day(5, 450, 990), day(7, 0, 1440))).toBe(
      "Senin–Selasa 07.30–16.00, Kamis 07.30–16.00, Jumat 07.30–16.30, Minggu 00.00–24.00",
    );
    expect(textOf()).toBe("Tidak ada hari kerja");
  });

  it("is in the language of the page", async () => {
    await chooseLanguage("en");
    expect(textOf(day(1, 450, 960))).toBe("Monday 07:30–16:00");
  });
});

describe("the days as fields have them", () => {
  it("come back as they were, midnight as the end of the day", () => {
    const days = [day(1, 450, 960), day(6, 0, 1440)];
    expect(daysOf(typedDays(days))).toEqual(days);
  });

  it("are wrong where the end does not lie after the beginning, or a time is none", () => {
    const [monday, tuesday, ...others] = typedDays([day(1, 450, 960), day(2, 450, 960)]);
    if (!monday || !tuesday) throw new Error("a week has seven days");
    expect(wrongDays([monday, tuesday, ...others])).toEqual([]);
    expect(wrongDays([{ ...monday, to: "07:30" }, { ...tuesday, from: "" }, ...others])).toEqual([1, 2]);
  });
});
