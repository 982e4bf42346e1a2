// What has taken place, newest first, page after page; only what was asked for last is taken.
import { useEffect, useRef, useState } from "preact/hooks";
import type { HostApi, PastPage, PastRequest } from "../../client/host-contract";
import { type MetFailure, met } from "../parts/failure-notice";
import { type Loading, useLoading } from "../parts/loaded";

/** With what was asked for. */
export interface ShownPast extends PastPage {
  readonly of: PastRequest;
}

export interface PastMeetings {
  readonly first: Loading<ShownPast>;
  /** Of the page that was asked for after the first. */
  readonly failed: MetFailure | null;
  readonly working: boolean;
  readonly more: () => void;
}

/** From the beginning again with another `round`. */
export function usePastMeetings(api: HostApi, request: PastRequest, round: number): PastMeetings {
  const { scope, search, month } = request;
  const inputs = [api, scope, search, month, round];
  const of = { scope, search, month };
  const first = useLoading<ShownPast>(async (signal) => ({ ...(await api.pastMeetings(of, "", signal)), of }), inputs);
  const [failed, setFailed] = useState<MetFailure | null>(null);
  const running = useRef<AbortController | null>(null);
  const [working, setWorking] = useState(false);
  useEffect(() => {
    setFailed(null);
    setWorking(false);
    return () => {
      running.current?.abort();
      running.current = null;
    };
  }, inputs);
  const more = () => {
    const shown = first.value;
    if (running.current || first.working || !shown?.next) return;
    const mine = new AbortController();
    running.current = mine;
    setWorking(true);
    setFailed(null);
    const finish = (act: () => void) => {
      if (mine.signal.aborted) return;
      running.current = null;
      setWorking(false);
      act();
    };
    api.pastMeetings(shown.of, shown.next, mine.signal).then(
      (page) => finish(() => first.replace({ of: shown.of, past: [...shown.past, ...page.past], next: page.next })),
      (thrown: unknown) => finish(() => setFailed(met(thrown))),
    );
  };
  return { first, failed, working, more };
}
