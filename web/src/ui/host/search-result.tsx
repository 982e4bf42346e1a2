// What a search has found, in one sentence that is also said aloud; and the way back where it has found nothing.
import { useLasting } from "../parts/time";
import { monthName } from "./months";
import { hostWords } from "./words";

export type SearchState =
  /** Nothing is looked for, or it failed, which is said elsewhere. */
  | { readonly kind: "none" }
  | { readonly kind: "working" }
  | {
      readonly kind: "all";
      readonly search: string;
      readonly month: string;
      readonly upcoming: number;
      readonly past: number;
      /** That there are more past ones than these. */
      readonly more: boolean;
    };

export interface SearchResultProps {
  readonly found: SearchState;
  readonly onClear: () => void;
}

export function SearchResult({ found, onClear }: SearchResultProps) {
  const s = hostWords.value.search;
  const slow = useLasting(found.kind === "working", 300);
  const nothing = found.kind === "all" && found.upcoming + found.past === 0;
  return (
    <div class={nothing ? "host-empty" : "search-result"}>
      <div role="status">
        {slow && <p class="quiet">{s.working}</p>}
        {nothing && (
          <>
            <p class="host-empty-title">
              {found.month ? s.noneIn(found.search, monthName(found.month)) : s.none(found.search)}
            </p>
            <p class="quiet">{s.hint}</p>
          </>
        )}
        {found.kind === "all" && !nothing && <p class="quiet">{s.found(found.upcoming, found.past, found.more)}</p>}
      </div>
      {found.kind === "all" && (
        <button type="button" class="button" onClick={onClear}>
          {s.clear}
        </button>
      )}
    </div>
  );
}
