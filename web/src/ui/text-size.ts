// Layouts follow the size of the text. The style sheets measure in rem, also where they change the layout; but in a media query a
// browser takes rem as its own default, whatever a reader's style sheet or an extension has set the page's text to. With text at
// twice its size a PC would so keep the layout for which it has no room any more. The queries are scaled by as much as the text.
import { signal } from "@preact/signals";

/** How much larger the page's text is than the browser's default; 1 for nearly everybody. */
export const textScale = signal(1);

/** A media query for text of that size. */
export function scaled(query: string, scale: number): string {
  return scale === 1 ? query : query.replace(/([\d.]+)rem/g, (_, rem) => `${Number(rem) * scale}rem`);
}

const written = new WeakMap<CSSMediaRule, string>();

function scaleRules(rules: CSSRuleList, scale: number): void {
  for (const rule of rules) {
    if (rule instanceof CSSMediaRule) {
      const query = written.get(rule) ?? rule.media.mediaText;
      written.set(rule, query);
      if (query.includes("rem")) rule.media.mediaText = scaled(query, scale);
    }
    if ("cssRules" in rule) scaleRules(rule.cssRules as CSSRuleList, scale);
  }
}

function scaleSheets(): void {
  for (const sheet of document.styleSheets) {
    try {
      scaleRules(sheet.cssRules, textScale.peek());
    } catch {
      // Of an extension, or not there yet.
    }
  }
}

/** Keeps the layouts right from now on; returns what stops it. */
export function followTextSize(): () => void {
  const probe = document.createElement("span");
  probe.setAttribute("aria-hidden", "true");
  Object.assign(probe.style, { position: "absolute", visibility: "hidden", width: "1rem", fontSize: "medium" });
  document.body.append(probe);
  const measure = () => {
    // "medium" is the browser's default.
    const scale = probe.getBoundingClientRect().width / Number.parseFloat(getComputedStyle(probe).fontSize);
    const next = Number.isFinite(scale) && scale > 0 ? Math.round(scale * 20) / 20 : 1;
    if (next === textScale.peek()) return;
    textScale.value = next;
    scaleSheets();
  };
  const size = new ResizeObserver(measure);
  size.observe(probe);
  // The styles of a page come with it.
  const arrivals = new MutationObserver((changes) => {
    if (textScale.peek() === 1) return;
    scaleSheets();
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) if (node instanceof HTMLLinkElement) node.addEventListener("load", scaleSheets);
    }
  });
  arrivals.observe(document.head, { childList: true });
  return () => {
    size.disconnect();
    arrivals.disconnect();
    probe.remove();
  };
}
