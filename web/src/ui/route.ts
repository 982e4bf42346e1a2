// Which page the address names. The password of an invitation leaves the address bar as soon as it was read: neither the browser's
// history nor somebody who sees the shared screen learns it. The tab remembers it, so that reloading works.
import { signal } from "@preact/signals";
import type { ParsedLink } from "../client/contract";
import { parseLink } from "../client/links";
import { recall, remember } from "./remembered";

export const route = signal<ParsedLink>({ page: "join", meetingId: "", password: "" });

export function readAddress(): void {
  const link = parseLink(location);
  if (link.meetingId) {
    if (link.password) remember("tab", `password.${link.meetingId}`, link.password);
    // A fragment that names no invitation (a skip link) is left alone.
    if (location.hash) history.replaceState(history.state, "", location.pathname);
  }
  route.value =
    link.meetingId && !link.password ? { ...link, password: recall("tab", `password.${link.meetingId}`) } : link;
}

export function navigate(path: string): void {
  if (path !== location.pathname) history.pushState(null, "", path);
  readAddress();
}

/** Follows the browser's back and forward from now on; returns what stops it. */
export function followAddress(): () => void {
  readAddress();
  addEventListener("popstate", readAddress);
  addEventListener("hashchange", readAddress);
  return () => {
    removeEventListener("popstate", readAddress);
    removeEventListener("hashchange", readAddress);
  };
}
