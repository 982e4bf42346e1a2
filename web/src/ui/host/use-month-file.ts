// A month's file on its way. It goes on while the page shows something else of the host's, and ends with the page.
import { useEffect, useRef, useState } from "preact/hooks";
import type { HostApi, MonthProgress, MonthRequest } from "../../client/host-contract";
import { type MetFailure, met } from "../parts/failure-notice";
import { saveFile } from "../parts/save-file";

export type MonthState =
  | { readonly kind: "idle" }
  | { readonly kind: "working"; readonly asked: MonthRequest; readonly progress: MonthProgress }
  | { readonly kind: "saved" | "empty" | "cancelled"; readonly asked: MonthRequest }
  | { readonly kind: "failed"; readonly asked: MonthRequest; readonly failure: MetFailure };

export interface MonthDownload {
  readonly state: MonthState;
  /** Does nothing while one is on its way. */
  readonly start: (asked: MonthRequest) => void;
  readonly cancel: () => void;
}

const WAITING: MonthProgress = { step: "waiting", done: 0, total: 0 };

export function useMonthFile(api: HostApi): MonthDownload {
  const [state, setState] = useState<MonthState>({ kind: "idle" });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const start = (asked: MonthRequest) => {
    if (running.current) return;
    const mine = new AbortController();
    running.current = mine;
    const show = (next: MonthState) => {
      if (!mine.signal.aborted) setState(next);
    };
    show({ kind: "working", asked, progress: WAITING });
    api
      .monthFile(asked, (progress) => show({ kind: "working", asked, progress }), mine.signal)
      .then(
        ({ file, name, meetings }) => {
          if (mine.signal.aborted) return;
          if (meetings > 0) saveFile(file, name);
          show({ kind: meetings > 0 ? "saved" : "empty", asked });
        },
        (thrown: unknown) => show({ kind: "failed", asked, failure: met(thrown) }),
      )
      .finally(() => {
        if (running.current === mine) running.current = null;
      });
  };
  const cancel = () => {
    if (state.kind !== "working") return;
    running.current?.abort();
    running.current = null;
    setState({ kind: "cancelled", asked: state.asked });
  };
  return { state, start, cancel };
}
