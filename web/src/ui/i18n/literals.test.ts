import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "vite";
import { describe, expect, it } from "vitest";

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Attributes whose text a person reads or hears. */
const READ = new Set([
  "alt",
  "aria-description",
  "aria-label",
  "aria-roledescription",
  "aria-valuetext",
  "head",
  "hint",
  "label",
  "note",
  "placeholder",
  "short",
  "title",
  "wrong",
]);

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && "type" in value;
const hasLetters = (text: string) => /\p{L}/u.test(text);

/** Literal text that the children and read attributes of any element of this source show. */
function literals(name: string, source: string): string[] {
  const found: string[] = [];
  /** The values that an expression may have; what calls and comparisons are given is not shown. */
  const shown = (node: unknown): void => {
    if (!isNode(node)) return;
    if (node.type === "JSXText" || (node.type === "Literal" && typeof node.value === "string")) {
      if (hasLetters(String(node.value))) found.push(String(node.value).trim());
    } else if (node.type === "TemplateLiteral") {
      for (const part of node.quasis as readonly { readonly value: { readonly cooked: string } }[]) {
        if (hasLetters(part.value.cooked)) found.push(part.value.cooked.trim());
      }
      for (const part of node.expressions as readonly unknown[]) shown(part);
    } else if (node.type === "ConditionalExpression") {
      shown(node.consequent);
      shown(node.alternate);
    } else if (node.type === "LogicalExpression" || (node.type === "BinaryExpression" && node.operator === "+")) {
      if (node.operator !== "&&") shown(node.left);
      shown(node.right);
    } else if (node.type === "JSXExpressionContainer") {
      shown(node.expression);
    }
  };
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) walk(one);
    if (!isNode(value)) return;
    if (value.type === "JSXElement" || value.type === "JSXFragment") {
      for (const child of value.children as readonly unknown[]) shown(child);
    }
    if (value.type === "JSXAttribute" && READ.has(String((value.name as Node).name))) shown(value.value);
    for (const field of Object.values(value)) if (typeof field === "object") walk(field);
  };
  const { program, errors } = parseSync(name, source);
  if (errors.length > 0) throw new Error(`${name}: ${errors[0]?.message}`);
  walk(program);
  return found;
}

const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter(
  (path) => path.endsWith(".tsx") && !path.endsWith(".test.tsx"),
);

describe("every text that a person reads or hears is in the catalogue", () => {
  it("of many files", () => expect(files.length).toBeGreaterThan(25));

  it.each(files)("src/%s", (path) => {
    expect(literals(path, readFileSync(join("src", path), "utf8"))).toEqual([]);
  });
});

describe("the search for literals", () => {
  it.each([
    ["<p>Halo</p>", ["Halo"]],
    ["<p>{ready ? 'Siap' : w.app.loading}</p>", ["Siap"]],
    ["<p>{ready && 'Siap'} {`" + "$" + "{count} orang`}</p>", ["Siap", "orang"]],
    ["<button aria-label={open ? 'Tutup' : w.app.open} title='Buka' />", ["Tutup", "Buka"]],
    ["<p>{w.chat.title}: {count} · {panel === 'chat' && <b class='quiet'>{w.app.close}</b>}</p>", []],
    ["<input type='text' name='user' class={on ? 'on' : 'off'} placeholder={w.chat.message} />", []],
  ])("%s", (source, texts) => expect(literals("a.tsx", `const a = ${source};`)).toEqual(texts));
});
