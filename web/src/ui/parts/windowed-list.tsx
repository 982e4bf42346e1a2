// A list of which only the rows in view exist: as smooth with 1,000 people as with 10. Arrow keys move from row to row, Tab goes
// into the row; a screen reader hears how many there are and which one this is.
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/** Beyond what is seen, so that a flick of the finger meets rows. */
const SPARE = 6;
/** Before it is measured, and where nothing can be. */
const UNMEASURED_ROWS = 20;

export interface WindowedListProps<T> {
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  /** Of every row. */
  readonly rowRem: number;
  readonly label: string;
  readonly class?: string;
  /** `reachable`: whether Tab goes to what is in the row. */
  readonly children: (item: T, reachable: boolean) => ComponentChildren;
}

export function WindowedList<T>({ items, keyOf, rowRem, label, class: className, children }: WindowedListProps<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  // The size of letters is measured with the place: asked for while rows are being drawn, it would make the browser style all of
  // the page once more.
  const [place, setPlace] = useState({ top: 0, height: 0, rem: 16 });
  const [active, setActive] = useState("");
  const focusWanted = useRef(false);
  const lastIndex = useRef(0);
  const rowHeight = rowRem * place.rem;

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => setPlace({ top: element.scrollTop, height: element.clientHeight, rem: rem() });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  const rows = Math.ceil((place.height || UNMEASURED_ROWS * rowHeight) / rowHeight);
  const first = Math.max(0, Math.min(Math.floor(place.top / rowHeight), items.length - rows) - SPARE);
  const last = Math.min(items.length - 1, Math.floor(place.top / rowHeight) + rows + SPARE);
  const found = items.findIndex((item) => keyOf(item) === active);
  // When the active row goes, the one that takes its place is next.
  const activeIndex = found >= 0 ? found : Math.max(0, Math.min(lastIndex.current, items.length - 1));
  lastIndex.current = activeIndex;
  const shown: number[] = [];
  for (let index = first; index <= last; index++) shown.push(index);
  // The row with the focus stays, wherever the list is scrolled to.
  if (found >= 0 && (found < first || found > last)) shown.push(found);

  useEffect(() => {
    if (!focusWanted.current) return;
    focusWanted.current = false;
    scroller.current
      ?.querySelector<HTMLElement>(`[aria-posinset="${activeIndex + 1}"]`)
      ?.focus({ preventScroll: true });
  }, [active]);

  const goTo = (index: number) => {
    const element = scroller.current;
    const item = items[Math.max(0, Math.min(items.length - 1, index))];
    if (!element || item === undefined) return;
    const top = Math.max(0, Math.min(items.length - 1, index)) * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight > element.scrollTop + element.clientHeight)
      element.scrollTop = top + rowHeight - element.clientHeight;
    focusWanted.current = true;
    setPlace({ ...place, top: element.scrollTop, height: element.clientHeight });
    setActive(keyOf(item));
  };

  const keys = (event: KeyboardEvent) => {
    const page = Math.max(1, rows - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: activeIndex + 1,
      ArrowUp: activeIndex - 1,
      PageDown: activeIndex + page,
      PageUp: activeIndex - page,
      Home: 0,
      End: items.length - 1,
    };
    const next = event.altKey || event.ctrlKey || event.metaKey ? undefined : steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    goTo(next);
  };

  return (
    <div
      ref={scroller}
      class={className ? `windowed ${className}` : "windowed"}
      onScroll={(event) => {
        const { scrollTop, clientHeight } = event.currentTarget;
        // Rows have one height: within the spare ones nothing has to be drawn.
        if (Math.abs(scrollTop - place.top) >= rowHeight || clientHeight !== place.height)
          setPlace({ ...place, top: scrollTop, height: clientHeight });
      }}
    >
      <ul aria-label={label} style={{ height: `${items.length * rowRem}rem` }} onKeyDown={keys}>
        {shown.map((index) => {
          const item = items[index];
          if (item === undefined) return null;
          const key = keyOf(item);
          return (
            <li
              key={key}
              aria-setsize={items.length}
              aria-posinset={index + 1}
              tabIndex={index === activeIndex ? 0 : -1}
              style={{ height: `${rowRem}rem`, transform: `translateY(${index * rowRem}rem)` }}
              onFocusIn={() => setActive(key)}
            >
              {children(item, index === activeIndex)}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function rem(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}
