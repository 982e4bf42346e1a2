// A list that comes in pages: more of it when somebody asks, all of it for paper.
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Page } from "../../client/own-data-api";
import { FailureNotice, type MetFailure, met } from "../parts/failure-notice";
import { Loaded, type Loading, useLoading } from "../parts/loaded";

export interface Paged<T> {
  readonly first: Loading<Page<T>>;
  readonly failed: MetFailure | null;
  readonly more: () => void;
  /** Rejects with what the first page that failed was refused with. */
  readonly all: () => Promise<void>;
}

export function usePaged<T>(load: (page: string) => Promise<Page<T>>, inputs: readonly unknown[]): Paged<T> {
  const first = useLoading(() => load(""), inputs);
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const working = useRef(false);
  const extend = async (shown: Page<T>): Promise<Page<T>> => {
    const next = await load(shown.next);
    return { items: [...shown.items, ...next.items], next: next.next };
  };
  const more = () => {
    if (working.current || !first.value?.next) return;
    working.current = true;
    setFailed(null);
    extend(first.value)
      .then(first.replace, (thrown: unknown) => setFailed(met(thrown)))
      .finally(() => {
        working.current = false;
      });
  };
  const all = async () => {
    let shown = first.value;
    while (shown?.next) shown = await extend(shown);
    if (shown) first.replace(shown);
  };
  return { first, failed, more, all };
}

export interface PagedListProps<T> {
  readonly of: Paged<T>;
  readonly empty: string;
  readonly more: string;
  readonly children: (items: readonly T[]) => ComponentChildren;
}

export function PagedList<T>({ of, empty, more, children }: PagedListProps<T>) {
  return (
    <Loaded of={of.first}>
      {({ items, next }) => (
        <>
          {items.length === 0 ? <p>{empty}</p> : children(items)}
          {of.failed && <FailureNotice of={of.failed} />}
          {next && (
            <button type="button" class="button wide" onClick={of.more}>
              {more}
            </button>
          )}
        </>
      )}
    </Loaded>
  );
}
