import { afterEach, expect, it, vi } from "vitest";
import { followTextSize, scaled, textScale } from "./text-size";

let stop: () => void = () => undefined;
let measured: () => void = () => undefined;
let width = 16;

afterEach(() => {
  stop();
  document.head.textContent = "";
  textScale.value = 1;
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function follow(): void {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(tell: () => void) {
        measured = tell;
      }
      observe = () => measured();
      disconnect = () => undefined;
    },
  );
  vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockImplementation(() => ({ width }) as DOMRect);
  vi.spyOn(window, "getComputedStyle").mockImplementation(() => ({ fontSize: "16px" }) as CSSStyleDeclaration);
  stop = followTextSize();
}

function sheet(css: string): () => string {
  const style = document.head.appendChild(document.createElement("style"));
  style.textContent = css;
  return () => ((style.sheet as CSSStyleSheet).cssRules[0] as CSSMediaRule).media.mediaText;
}

it("scales what a query says in rem, and nothing else", () => {
  expect(scaled("(min-width: 56rem) and (min-height: 30.5rem)", 2)).toBe("(min-width: 112rem) and (min-height: 61rem)");
  expect(scaled("(max-width: 700px) and (hover: none)", 2)).toBe("(max-width: 700px) and (hover: none)");
  expect(scaled("(min-width: 56rem)", 1)).toBe("(min-width: 56rem)");
});

it("follows the text, larger and back, in sheets that are there and that come", async () => {
  width = 16;
  const query = sheet("@media (min-width: 56rem) { p { margin: 0 } }");
  follow();
  expect(textScale.value).toBe(1);
  expect(query()).toBe("(min-width: 56rem)");
  width = 32;
  measured();
  expect(textScale.value).toBe(2);
  expect(query()).toBe("(min-width: 112rem)");
  const later = sheet("@media (max-width: 40rem) { p { margin: 0 } }");
  await vi.waitFor(() => expect(later()).toBe("(max-width: 80rem)"));
  expect(query()).toBe("(min-width: 112rem)");
  width = 16;
  measured();
  expect(query()).toBe("(min-width: 56rem)");
  expect(later()).toBe("(max-width: 40rem)");
});

it("leaves nothing on the page when it is stopped", () => {
  const before = document.body.childElementCount;
  width = 16;
  follow();
  expect(document.body.childElementCount).toBe(before + 1);
  stop();
  expect(document.body.childElementCount).toBe(before);
});
