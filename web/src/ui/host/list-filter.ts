// What the lists of meetings show: whose, with which words in the title, of which month. It stands in the address, so that the
// browser's back button undoes a choice, and that the lists are the same again after a look at a meeting or reloading.
import { useCallback, useEffect, useState } from "preact/hooks";
import type { MeetingScope } from "../../client/host-contract";

export interface ListFilter {
  readonly scope: MeetingScope;
  /** Words of the title, trimmed; "": all. */
  readonly search: string;
  /** "2026-11", of the meetings that took place; "": all. */
  readonly month: string;
}

/** As the server allows. */
export const LONGEST_SEARCH = 120;

const WHOSE = "milik";
const SEARCH = "cari";
const MONTH = "bulan";

export function filterIn(address: string): ListFilter {
  const asked = new URLSearchParams(address);
  const month = asked.get(MONTH) ?? "";
  return {
    scope: asked.get(WHOSE) === "unit" ? "unit" : "own",
    search: [...(asked.get(SEARCH) ?? "").trim()].slice(0, LONGEST_SEARCH).join("").trim(),
    month: /^20[0-9]{2}-(0[1-9]|1[0-2])$/.test(month) ? month : "",
  };
}

/** What the address has of others stays. */
export function addressWith(filter: ListFilter, address: string): string {
  const asked = new URLSearchParams(address);
  const put = (name: string, value: string) => (value ? asked.set(name, value) : asked.delete(name));
  put(WHOSE, filter.scope === "unit" ? "unit" : "");
  put(SEARCH, filter.search);
  put(MONTH, filter.month);
  return asked.size > 0 ? `?${asked}` : "";
}

/** One step back undoes a whole search, however many times the typing rested, or one choice. */
export function useListFilter(): readonly [ListFilter, (change: Partial<ListFilter>) => void] {
  const [filter, setFilter] = useState(() => filterIn(location.search));
  useEffect(() => {
    const follow = () => setFilter(filterIn(location.search));
    addEventListener("popstate", follow);
    // Somebody may have gone back between the first drawing and now: out of a meeting, for one.
    follow();
    return () => removeEventListener("popstate", follow);
  }, []);
  const change = useCallback((changed: Partial<ListFilter>) => {
    const now = filterIn(location.search);
    const next = { ...now, ...changed };
    const address = location.pathname + addressWith(next, location.search);
    if (address === location.pathname + location.search) return;
    const typesOn = now.search !== "" && changed.search !== undefined;
    if (typesOn) history.replaceState(history.state, "", address);
    else history.pushState(null, "", address);
    setFilter(next);
  }, []);
  return [filter, change];
}
