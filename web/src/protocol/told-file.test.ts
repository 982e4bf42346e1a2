import { describe, expect, it } from "vitest";
import { fetchToldFile } from "./told-file";

const bytes = (text: string) => new TextEncoder().encode(text);

/** An answer that comes in these parts. */
function answering(...parts: readonly (string | Uint8Array)[]): typeof fetch {
  return async () =>
    new Response(
      new ReadableStream({
        start(controller) {
          for (const part of parts) controller.enqueue(typeof part === "string" ? bytes(part) : part);
          controller.close();
        },
      }),
    );
}

async function ask(fetchIt: typeof fetch, signal = new AbortController().signal) {
  const lines: unknown[] = [];
  const here: [number, number][] = [];
  const told = await fetchToldFile(
    "/x",
    { signal },
    (line) => lines.push(line),
    (done, of) => here.push([done, of]),
    fetchIt,
  );
  return { ...told, lines, here };
}

const FILE = '{"file": {"name": "a.csv", "media_type": "text/csv", "size": 5}}\n';

describe("a file that is told about", () => {
  it("comes behind its lines, wherever the network parts them", async () => {
    const whole = `{"step": "READING", "done": 1, "total": 2}\n{"step": "", "done": 2, "total": 2}\n${FILE}a\nb\nc`;
    for (const cut of [0, 1, 20, 43, 44, 100, whole.length - 5, whole.length - 1]) {
      const { file, about, lines, here } = await ask(answering(whole.slice(0, cut), whole.slice(cut)));
      expect(lines).toEqual([
        { step: "READING", done: 1, total: 2 },
        { step: "", done: 2, total: 2 },
      ]);
      expect([await file.text(), file.type, about.name]).toEqual(["a\nb\nc", "text/csv", "a.csv"]);
      expect(here.at(-1)).toEqual([5, 5]);
    }
  });

  it("may hold any bytes, or none", async () => {
    const odd = new Uint8Array([0, 10, 255, 123, 10]);
    expect(new Uint8Array(await (await ask(answering(FILE, odd))).file.arrayBuffer())).toEqual(odd);
    expect((await ask(answering(FILE.replace("5", "0")))).file.size).toBe(0);
  });

  it("is refused by a line in its place, as by an answer", async () => {
    const line = '{"error": {"code": "TOO_LARGE", "field": "", "message": "m", "retry_after_ms": 0}}\n';
    await expect(ask(answering('{"done": 1}\n', line))).rejects.toMatchObject({ failure: { code: "TOO_LARGE" } });
    const refused: typeof fetch = async () =>
      Response.json(
        { error: { code: "INVALID_FIELD", field: "scope", message: "", retry_after_ms: 0 } },
        { status: 400 },
      );
    await expect(ask(refused)).rejects.toMatchObject({ failure: { code: "INVALID_FIELD", field: "scope" } });
  });

  it("that ends too early, or says what it is not, is none", async () => {
    for (const [parts, code] of [
      [[""], "UNAVAILABLE"],
      [['{"done": 1}\n'], "UNAVAILABLE"],
      [[FILE, "abcd"], "UNAVAILABLE"],
      [[FILE, "abcdef"], "UNAVAILABLE"],
      [["no JSON\n"], "MALFORMED"],
      [["7\n"], "MALFORMED"],
      [['{"file": 1}\n'], "MALFORMED"],
    ] as const)
      await expect(ask(answering(...parts))).rejects.toMatchObject({ failure: { code } });
  });

  it("is given up when somebody says so", async () => {
    const abort = new AbortController();
    const hanging: typeof fetch = (_, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      });
    const asked = ask(hanging, abort.signal);
    abort.abort();
    await expect(asked).rejects.toMatchObject({ name: "AbortError" });
  });
});
