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

/** What is remembered under a key that begins so. */
export function remembered(keeping: Keeping, beginning: string): string[] {
  try {
    return Object.keys(storage(keeping) ?? {})
      .filter((key) => key.startsWith(`sipulung.${beginning}`))
      .map((key) => key.slice("sipulung.".length));
  } catch {
    return [];
  }
}

/** Whoever signs out leaves nothing on the device. What is kept for one account has a key that ends with its id. */
export function forgetAccount(accountId: string): void {
  for (const key of remembered("device", "")) if (key.endsWith(`.${accountId}`)) remember("device", key, "");
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
