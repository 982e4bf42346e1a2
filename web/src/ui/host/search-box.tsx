// Words of a title are typed here, and below stands what was found. The lists follow when the typing rests, at once on Enter;
// Escape takes the words away.
import { useEffect, useRef, useState } from "preact/hooks";
import { Field } from "../parts/field";
import { LONGEST_SEARCH } from "./list-filter";
import { SearchResult, type SearchState } from "./search-result";
import { hostWords } from "./words";

/** Typing rests when nothing was typed for that long. */
const RESTED_MS = 300;

export interface SearchBoxProps {
  /** What is looked for now. */
  readonly search: string;
  /** The server takes it for no words of a title. */
  readonly wrong: boolean;
  readonly found: SearchState;
  readonly onSearch: (search: string) => void;
  readonly onClear: () => void;
}

export function SearchBox({ search, wrong, found, onSearch, onClear }: SearchBoxProps) {
  const s = hostWords.value.search;
  const [typed, setTyped] = useState(search);
  const input = useRef<HTMLInputElement>(null);
  const before = useRef(search);
  useEffect(() => {
    if (before.current === search) return;
    before.current = search;
    // From outside: another step of the history, or the button that takes the search away.
    setTyped((now) => (now.trim() === search ? now : search));
  }, [search]);
  useEffect(() => {
    if (typed.trim() === search) return;
    const timer = setTimeout(() => onSearch(typed.trim()), RESTED_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <search>
      <form
        class="host-search"
        onSubmit={(event) => {
          event.preventDefault();
          onSearch(typed.trim());
        }}
      >
        <Field label={s.label} wrong={wrong ? s.wrong : undefined}>
          {(attributes) => (
            <input
              {...attributes}
              ref={input}
              type="search"
              name="cari"
              autocomplete="off"
              enterkeyhint="search"
              maxLength={LONGEST_SEARCH}
              value={typed}
              onInput={(event) => setTyped(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key !== "Escape" || !typed) return;
                event.preventDefault();
                setTyped("");
                onSearch("");
              }}
            />
          )}
        </Field>
        <SearchResult
          found={found}
          onClear={() => {
            onClear();
            // The button goes away with what was found.
            input.current?.focus();
          }}
        />
      </form>
    </search>
  );
}
