// A declaration that could not be sent: it survives a reload, a closed tab and a battery that is empty, and can be sent again.
import type { NewDeclaration, OfficeState } from "../../client/office-api";
import { recall, remember, remembered } from "../remembered";

/** With the office's day on which it was said (ISO 8601). */
export interface Unsent extends Omit<NewDeclaration, "date"> {
  readonly day: string;
}

const STATES: readonly string[] = ["present", "break", "done"] satisfies OfficeState[];
const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** Who comes back after a long weekend is still told that something was not recorded; after that it is of no use to anybody. */
const KEPT_MS = 7 * 86_400_000;

const PREFIX = "office.unsent.";
/** Of this account on this device: whoever else signs in on it finds nothing. */
const keyOf = (accountId: string) => PREFIX + accountId;

/** Whether the device took it: storage may be forbidden or full. */
export function keepUnsent(accountId: string, what: Unsent | null): boolean {
  const text = what ? JSON.stringify(what) : "";
  remember("device", keyOf(accountId), text);
  return recall("device", keyOf(accountId)) === text;
}

export function unsentOf(accountId: string, now: number): Unsent | null {
  // What is too old goes, also of whoever shares this device and does not come back.
  for (const key of remembered("device", PREFIX)) {
    const found = read(key);
    if (!found || now - Date.parse(found.day) > KEPT_MS) remember("device", key, "");
  }
  return read(keyOf(accountId));
}

function read(key: string): Unsent | null {
  try {
    const kept: unknown = JSON.parse(recall("device", key) || "null");
    if (typeof kept !== "object" || kept === null) return null;
    const { state, note, clientId, day } = kept as Record<string, unknown>;
    const whole = typeof state === "string" && STATES.includes(state) && typeof day === "string" && DAY.test(day);
    if (!whole || typeof note !== "string" || typeof clientId !== "string") return null;
    return { state: state as OfficeState, note, clientId, day };
  } catch {
    return null;
  }
}

/** Twelve random bytes. */
export function newClientId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
