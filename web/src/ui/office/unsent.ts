// A declaration that could not be sent: it survives a reload, and can be sent again.
import type { NewDeclaration, OfficeState } from "../../client/office-api";
import { recall, remember } from "../remembered";

const STATES: readonly string[] = ["present", "break", "done"] satisfies OfficeState[];

/** Of this account in this tab: whoever signs in after it finds nothing. */
const keyOf = (accountId: string) => `office.unsent.${accountId}`;

export function keepUnsent(accountId: string, what: NewDeclaration | null): void {
  remember("tab", keyOf(accountId), what ? JSON.stringify(what) : "");
}

export function unsentOf(accountId: string): NewDeclaration | null {
  try {
    const kept: unknown = JSON.parse(recall("tab", keyOf(accountId)) || "null");
    if (typeof kept !== "object" || kept === null) return null;
    const { state, note, clientId } = kept as Record<string, unknown>;
    const whole = typeof state === "string" && STATES.includes(state);
    if (!whole || typeof note !== "string" || typeof clientId !== "string") return null;
    return { state: state as OfficeState, note, clientId };
  } catch {
    return null;
  }
}

/** Twelve random bytes. */
export function newClientId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
