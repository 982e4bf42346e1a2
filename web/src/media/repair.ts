// What to do about a silent transport. Pure: state and time in, an action out.

export type TransportState = "new" | "connecting" | "up" | "lost" | "failed" | "closed";
export type RepairAction = "none" | "restart" | "replace";

export interface TransportView {
  readonly state: TransportState;
  /** How long it has been in a state other than "up". */
  readonly downMs: number;
  /** How long ago the last restart was asked for; Infinity: none since it was up. */
  readonly sinceRestartMs: number;
  /** Of this outage. */
  readonly restarts: number;
  /** The network has just changed (WiFi to 4G), though nothing is known to be lost yet. */
  readonly networkChanged: boolean;
  readonly socketUp: boolean;
}

/** Chromium reports "disconnected" after 2.5–5 s without an answer, so little patience is left for more. */
const RESTART_AFTER_MS = 300;
const RESTART_AGAIN_MS = 4_000;
const MAX_RESTARTS = 2;
/** A first connection that has not come up by then (3G: six round trips of 0.4 s) starts again from nothing. */
const CONNECTING_FOR_MS = 15_000;

/** An ICE restart keeps the session at the node; a replacement opens a new one and so comes last. Both need the socket. */
export function repairAction(view: TransportView): RepairAction {
  if (!view.socketUp || view.state === "new") return "none";
  if (view.state === "failed" || view.state === "closed") return "replace";
  if (view.state === "connecting") return view.downMs > CONNECTING_FOR_MS ? "replace" : "none";
  if (view.state === "up" && !view.networkChanged) return "none";
  if (view.state === "lost" && view.downMs < RESTART_AFTER_MS && !view.networkChanged) return "none";
  if (view.sinceRestartMs < RESTART_AGAIN_MS) return "none";
  return view.restarts < MAX_RESTARTS ? "restart" : "replace";
}
