// What the device remembers. Storage may be forbidden or full: then the page works all the same and forgets.

/** "device" outlives the browser; "tab" is gone when the tab is closed, but survives a reload. */
export type Keeping = "device" | "tab";

function storage(keeping: Keeping): Storage | null {
  try {
    return keeping === "device" ? localStorage : sessionStorage;
  } catch {
    return null;
  }
}

export function recall(keeping: Keeping, key: string): string {
  try {
    return storage(keeping)?.getItem(`sipulung.${key}`) ?? "";
  } catch {
    return "";
  }
}

/** An empty value forgets. */
export function remember(keeping: Keeping, key: string, value: string): void {
  try {
    if (value) storage(keeping)?.setItem(`sipulung.${key}`, value);
    else storage(keeping)?.removeItem(`sipulung.${key}`);
  } catch {
    // Nothing is lost but the convenience.
  }
}
