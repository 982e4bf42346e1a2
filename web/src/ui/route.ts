// Which page the address names. The password of an invitation leaves the address bar as soon as it was read: neither the browser's
// history nor somebody who sees the shared screen learns it. The tab remembers it, so that reloading works.
import { computed, signal } from "@preact/signals";
import type { ParsedLink } from "../client/contract";
import { parseLink } from "../client/links";
import { type AccountPage, accountPageAt } from "./account/pages";
import { recall, remember } from "./remembered";

/** A page of an account; `rest` is what follows its path ("akun" of /admin/akun). null: the page to sign in on. */
export interface AccountRoute {
  readonly page: "account";
  readonly of: AccountPage | null;
  readonly rest: string;
}

export const route = signal<ParsedLink | AccountRoute>({ page: "join", meetingId: "", password: "" });

const NO_INVITATION = { meetingId: "", password: "" };
/** What the address says of a meeting to join. */
export const invitation = computed(() => (route.value.page === "account" ? NO_INVITATION : route.value));

/** Asked before the page is left; it calls `leave` when nothing is lost by that, now or after a question. */
export type LeaveGuard = (leave: () => void) => void;

/** The one that came last (a dialog's, above its page's) is asked. */
let guards: readonly { readonly ask: LeaveGuard; readonly path: string }[] = [];

/** Until what is returned is called, `ask` decides whether this page is left for another one of ours. */
export function guardLeaving(ask: LeaveGuard): () => void {
  const mine = { ask, path: location.pathname };
  guards = [...guards, mine];
  return () => {
    guards = guards.filter((one) => one !== mine);
  };
}

export function readAddress(): void {
  const found = accountPageAt(location.pathname);
  if (found) {
    route.value = { page: "account", ...found };
    return;
  }
  const link = parseLink(location);
  if (link.meetingId) {
    if (link.password) remember("tab", `password.${link.meetingId}`, link.password);
    // A fragment that names no invitation (a skip link) is left alone.
    if (location.hash) history.replaceState(history.state, "", location.pathname);
  }
  route.value =
    link.meetingId && !link.password ? { ...link, password: recall("tab", `password.${link.meetingId}`) } : link;
}

/** Leaves what is shown, after the question where somebody guards it. Whether it was left at once. */
export function leaveGuarded(leave: () => void): boolean {
  const guard = guards.at(-1);
  const go = () => {
    guards = [];
    leave();
  };
  if (guard) guard.ask(go);
  else go();
  return !guard;
}

export function navigate(path: string): void {
  if (path === location.pathname) return readAddress();
  leaveGuarded(() => {
    history.pushState(null, "", path);
    readAddress();
  });
}

/** The same without a step back to where one is now: that page only led here. */
export function redirect(path: string): void {
  history.replaceState(null, "", path);
  readAddress();
}

function followHistory(): void {
  const path = location.pathname;
  const guard = guards.at(-1);
  if (!guard || path === guard.path) return readAddress();
  // The browser has gone already: back to the page, and on only when it may be left.
  history.pushState(null, "", guard.path);
  leaveGuarded(() => {
    history.pushState(null, "", path);
    readAddress();
  });
}

/** Follows the browser's back and forward from now on; returns what stops it. */
export function followAddress(): () => void {
  readAddress();
  addEventListener("popstate", followHistory);
  addEventListener("hashchange", readAddress);
  return () => {
    removeEventListener("popstate", followHistory);
    removeEventListener("hashchange", readAddress);
  };
}
