// What the browser tells of the page and its network, for as long as a session lasts.

export interface PageEvents {
  /** Back online, or on another kind of network. */
  readonly onNetwork: () => void;
  /** Looked at again. A phone that slept: the socket may be dead without knowing it. */
  readonly onVisible: () => void;
  /** The page goes for good. */
  readonly onGone: () => void;
}

/** Returns what stops listening. */
export function listenToPage({ onNetwork, onVisible, onGone }: PageEvents): () => void {
  const over = new AbortController();
  const { signal } = over;
  const information = networkInformation();
  let type = information?.type ?? "";
  addEventListener("online", onNetwork, { signal });
  addEventListener("pagehide", (event) => event.persisted || onGone(), { signal });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && onVisible(), {
    signal,
  });
  // It also tells of each change of the estimated speed, which is no change of network.
  const changed = () => {
    if ((information?.type ?? "") === type) return;
    type = information?.type ?? "";
    onNetwork();
  };
  information?.addEventListener("change", changed, { signal });
  return () => over.abort();
}

/** Network Information API: Chromium only. */
function networkInformation(): (EventTarget & { readonly type?: string }) | undefined {
  return (navigator as Navigator & { connection?: EventTarget & { readonly type?: string } }).connection;
}
