// What this browser keeps between visits, and what it can bear.
import type { DeviceMemory } from "../media/devices";

const PREFIX = "sipulung.";

/** Storage may be switched off or full: then nothing is kept, and nothing breaks. */
function read(key: string): string {
  try {
    return localStorage.getItem(PREFIX + key) ?? "";
  } catch {
    return "";
  }
}

function write(key: string, value: string): void {
  try {
    if (value) localStorage.setItem(PREFIX + key, value);
    else localStorage.removeItem(PREFIX + key);
  } catch {
    // Private windows of some browsers: the choice holds for this visit.
  }
}

export const deviceMemory: DeviceMemory = {
  read: (kind) => read(`device.${kind}`),
  write: (kind, id) => write(`device.${kind}`, id),
};

/** Who signed in on this device, so that the first page can offer to join as them; "": nobody, or signed out. */
export function rememberSignedIn(name: string): void {
  write("signed-in", name);
}

/** Random, says nothing about the person: attendance merges a guest's rejoins by it (auth.v1 IssueJoinTokenRequest.device). */
export function deviceId(): string {
  const kept = read("device-id");
  if (/^[a-f0-9]{32}$/.test(kept)) return kept;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const id = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  write("device-id", id);
  return id;
}

interface Strength {
  readonly deviceMemory?: number;
  readonly hardwareConcurrency?: number;
}

/** 2 GB of memory or two cores: the camera is opened at 360 lines, so that encoding leaves the phone usable. */
export function isWeak({ deviceMemory: gigabytes = 8, hardwareConcurrency = 8 }: Strength): boolean {
  return gigabytes <= 2 || hardwareConcurrency <= 2;
}

/** Faces at most: 9 on a PC, 4 where the shorter side of the screen is a phone's. */
export function facesFor(screenSize: { readonly width: number; readonly height: number }): number {
  return Math.min(screenSize.width, screenSize.height) < 600 ? 4 : 9;
}

/** Android calls itself Linux too, so the more special name comes first. */
const SYSTEMS = ["Android", "Windows", "iPhone", "iPad", "Mac OS X", "CrOS", "Linux"] as const;

/** "Chromium 156, Android" for logs: the version and the system, no more. */
export function clientName(userAgent: string): string {
  const browser = /(Firefox|Edg|SamsungBrowser|OPR|Chrome|Version)\/(\d+)/.exec(
    userAgent.replace(/Chrome\/\d+\S*(?= .*(Edg|SamsungBrowser|OPR)\/)/, ""),
  );
  const system = SYSTEMS.find((one) => userAgent.includes(one)) ?? "unknown system";
  const name = browser?.[1] === "Version" ? "Safari" : (browser?.[1] ?? "unknown browser");
  return `${name} ${browser?.[2] ?? ""}`.trim().concat(`, ${system}`);
}
