import { afterEach, expect, it } from "vitest";
import { type ShownPage, showPage } from "../../../dev/shown-page";
import { LinkedText } from "./linked-text";

let page: ShownPage;
afterEach(() => page.close());

it.each([
  ["Bahan: https://luwukab.go.id/a?b=1#c.", ["https://luwukab.go.id/a?b=1#c"]],
  ["(http://a.id/x) dan https://b.id/y, terima kasih", ["http://a.id/x", "https://b.id/y"]],
  ["tidak ada: javascript:alert(1), www.a.id, https://", []],
  ["<img src=x onerror=alert(1)>", []],
])("finds the addresses of %s and leaves the text as it is", async (text, addresses) => {
  page = await showPage(<LinkedText text={text} />);
  const links = [...page.root.querySelectorAll("a")];
  expect(page.root.textContent).toBe(text);
  expect(links.map((link) => link.getAttribute("href"))).toEqual(addresses);
  for (const link of links) expect(link.rel).toContain("noopener");
  expect(page.root.querySelector("img")).toBeNull();
});
