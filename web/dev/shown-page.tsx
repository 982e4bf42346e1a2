// A page in a test's document, used as a person uses it: by the names of what is on it.
import { type ComponentChild, render } from "preact";
import { act } from "preact/test-utils";
import { type Services, ServicesContext } from "../src/ui/services";
import { FakeAccount } from "./fake-account";
import { FakeAdmin } from "./fake-admin";
import { FakeHost } from "./fake-host";
import { FakeOffice } from "./fake-office";
import { FakeOwnData } from "./fake-own-data";
import { FakeSession } from "./fake-session";

export interface ShownPage {
  readonly root: HTMLElement;
  /** Throws unless exactly one button or link has this accessible name. */
  button(name: string): HTMLElement;
  has(name: string): boolean;
  /** Of a field, by its label. */
  field(name: string): HTMLInputElement;
  press(name: string): Promise<void>;
  type(name: string, text: string): Promise<void>;
  submit(): Promise<void>;
  key(code: string, more?: KeyboardEventInit): Promise<void>;
  /** Lets promises and effects come to an end. */
  settle(change?: () => unknown): Promise<void>;
  close(): void;
}

function nameOf(element: Element): string {
  const said = element.cloneNode(true) as Element;
  for (const hidden of said.querySelectorAll('[aria-hidden="true"]')) hidden.remove();
  return (element.getAttribute("aria-label") ?? said.textContent ?? "").replace(/\s+/g, " ").trim();
}

export async function showPage(page: ComponentChild, services: Partial<Services> = {}): Promise<ShownPage> {
  const root = document.body.appendChild(document.createElement("div"));
  const whole: Services = {
    loadOpenSession: async () => () => new FakeSession(),
    loadAccount: async () => new FakeAccount(),
    loadAdminApi: async () => new FakeAdmin(),
    loadHostApi: async () => new FakeHost(),
    loadOwnDataApi: async () => new FakeOwnData(),
    loadOfficeApi: async () => new FakeOffice(),
    loadWhetherOpen: () => Promise.reject(new Error("not on this stand")),
    loadCalendar: async () => async () => new Blob(["BEGIN:VCALENDAR"]),
    loadReportsApi: async () => ({ verify: () => Promise.reject(new Error("not on this stand")) }),
    ...services,
  };
  const settle = async (change: () => unknown = () => undefined) => {
    await act(async () => {
      await change();
    });
    // An effect may load something whose answer draws a part with effects of its own.
    for (let turn = 0; turn < 4; turn++) await act(() => Promise.resolve());
  };
  const named = (name: string) =>
    [...root.querySelectorAll<HTMLElement>("button, a, summary")].filter((one) => nameOf(one) === name);
  const button = (name: string) => {
    const found = named(name);
    if (found.length !== 1 || !found[0]) throw new Error(`${found.length} buttons are called "${name}"`);
    return found[0];
  };
  const field = (name: string) => {
    const label = [...root.querySelectorAll("label")].find((one) => nameOf(one) === name);
    const byLabel = label?.htmlFor
      ? root.querySelector<HTMLInputElement>(`[id="${label.htmlFor}"]`)
      : label?.querySelector<HTMLInputElement>("input");
    const found = byLabel ?? root.querySelector<HTMLInputElement>(`[aria-label="${name}"]`);
    if (!found) throw new Error(`no field is called "${name}"`);
    return found;
  };
  await settle(() => render(<ServicesContext.Provider value={whole}>{page}</ServicesContext.Provider>, root));
  return {
    root,
    button,
    field,
    settle,
    has: (name) => named(name).length > 0,
    press: (name) => settle(() => button(name).click()),
    type: (name, text) =>
      settle(() => {
        const input = field(name);
        input.value = text;
        input.dispatchEvent(new Event("input", { bubbles: true }));
      }),
    submit: () =>
      settle(() => root.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }))),
    key: (code, more = {}) =>
      settle(() => {
        const from = root.contains(document.activeElement) ? document.activeElement : root.firstElementChild;
        from?.dispatchEvent(
          new KeyboardEvent("keydown", { code, key: code, bubbles: true, cancelable: true, ...more }),
        );
      }),
    close: () => {
      act(() => render(null, root));
      root.remove();
      // What a page keeps in the address is its own.
      history.replaceState(null, "", "/");
    },
  };
}
