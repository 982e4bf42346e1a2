// The focus of a keyboard does not fall out of the page when what has it goes, as the row of somebody who was just admitted.
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** Where it may go inside of what is left: the next row of a list, or whatever can take it. */
const NEXT = 'li[tabindex="0"]';

/**
 * As long as the focus was inside of this element, it stays there: in the nearest part that is left, on the row of a list that Tab
 * would reach; else on the element itself, which has to have a tabindex.
 */
export function useKeptFocus(root: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    let last: Element | null = null;
    // Outermost last: what is around it is to be known when it is gone.
    let around: HTMLElement[] = [];
    const remember = (focused: Element) => {
      last = focused;
      around = [];
      for (let one = last.parentElement; one && element.contains(one); one = one.parentElement) around.push(one);
    };
    const forget = (event: FocusEvent) => {
      // Some browsers say this of what is being removed, too.
      queueMicrotask(() => {
        if (event.target === last && last?.isConnected && !element.contains(document.activeElement)) last = null;
      });
    };
    const observer = new MutationObserver(() => {
      if (!last || last.isConnected) return;
      last = null;
      const now = document.activeElement;
      if (now && now !== document.body) return;
      const left = around.find((one) => one.isConnected) ?? element;
      (left.querySelector<HTMLElement>(NEXT) ?? (left.tabIndex >= 0 ? left : element)).focus();
    });
    const enters = (event: FocusEvent) => remember(event.target as Element);
    if (document.activeElement && element.contains(document.activeElement)) remember(document.activeElement);
    element.addEventListener("focusin", enters);
    element.addEventListener("focusout", forget);
    observer.observe(element, { childList: true, subtree: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("focusin", enters);
      element.removeEventListener("focusout", forget);
    };
  }, []);
}
