// Which browser's words fit: only for the steps that allow camera and microphone, never for deciding what works.
export type BrowserKind = "chrome-android" | "chrome-desktop" | "firefox" | "safari-ios" | "safari-mac" | "other";

export function browserKind(agent: string, touchPoints: number): BrowserKind {
  // An iPad calls itself a Mac; no Mac has a touch screen. Every browser on iOS follows Safari's settings.
  if (/iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && touchPoints > 1)) return "safari-ios";
  if (/Firefox\//.test(agent)) return "firefox";
  if (/Android/.test(agent)) return /Chrome\//.test(agent) ? "chrome-android" : "other";
  if (/Chrome\/|Edg\//.test(agent)) return "chrome-desktop";
  return /Safari\//.test(agent) && /Macintosh/.test(agent) ? "safari-mac" : "other";
}
