// Holidays as they are pasted: one line for each day.
import type { Holiday } from "../../client/admin-api";

export const MOST_HOLIDAYS = 400;

export interface Pasted {
  readonly holidays: readonly Holiday[];
  /** The first line that cannot be read. */
  readonly wrong: { readonly number: number; readonly text: string } | null;
}

export function isDay(date: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(date)) return false;
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}

/** "2026-08-17 Hari Kemerdekaan"; also 17-08-2026 or 17/8/2026, and tab, comma or semicolon between date and name. */
export function holidaysOf(text: string): Pasted {
  const holidays: Holiday[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const shown = line.trim();
    if (!shown) continue;
    const found = /^"?([0-9]+[-/.][0-9]+[-/.][0-9]+)"?[\s,;]+"?(.*?)"?$/.exec(shown);
    const date = isoOf(found?.[1] ?? "");
    const name = (found?.[2] ?? "").replace(/\s+/g, " ").trim();
    if (!isDay(date) || !name || [...name].length > 120) return { holidays, wrong: { number: index + 1, text: shown } };
    holidays.push({ date, name });
  }
  return { holidays, wrong: null };
}

function isoOf(date: string): string {
  const parts = date.split(/[-/.]/);
  const [year = "", month = "", day = ""] = parts[0]?.length === 4 ? parts : parts.reverse();
  return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}

/** In order, one for each date; of two on one date the later one counts. */
export function merged(before: readonly Holiday[], more: readonly Holiday[]): readonly Holiday[] {
  const byDate = new Map([...before, ...more].map((one) => [one.date, one]));
  return [...byDate.values()].sort((a, b) => (a.date < b.date ? -1 : 1));
}
