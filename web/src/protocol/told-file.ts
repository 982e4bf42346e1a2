// A file that takes long to make: lines of JSON that tell how far it is, one that announces the file, then its bytes.
import { failed, failureFromHttp } from "./failure";
import { exchange, type HttpCall, numberOf, objectOf, stringOf } from "./http-api";

type Json = Record<string, unknown>;

export interface ToldFile {
  readonly file: Blob;
  /** What the server said of it. */
  readonly about: Json;
}

/** `onLine` gets each line before the file's, `onBytes` how many of its bytes are here, of how many. Rejects as `callHttp` does. */
export function fetchToldFile(
  path: string,
  call: HttpCall,
  onLine: (line: Json) => void,
  onBytes: (here: number, of: number) => void,
  fetchIt: typeof fetch = fetch,
): Promise<ToldFile> {
  return exchange("GET", path, call, fetchIt, async (response) => {
    const reader = response.body?.getReader();
    if (!reader) throw failed("MALFORMED", `the answer to ${path} is empty`);
    let lines = new Uint8Array();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) throw failed("UNAVAILABLE", `the answer to ${path} ended before its file`);
      lines = joined(lines, value);
      for (let end = lines.indexOf(10); end >= 0; end = lines.indexOf(10)) {
        const line = lineOf(lines.subarray(0, end));
        lines = lines.slice(end + 1);
        if ("error" in line) throw failureFromHttp(response.status, line);
        if (!("file" in line)) onLine(line);
        else
          return { about: objectOf(line, "file"), file: await fileOf(reader, lines, objectOf(line, "file"), onBytes) };
      }
    }
  });
}

async function fileOf(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  begun: Uint8Array<ArrayBuffer>,
  about: Json,
  onBytes: (here: number, of: number) => void,
): Promise<Blob> {
  const size = numberOf(about, "size");
  const parts = [begun];
  let here = begun.length;
  onBytes(here, size);
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    parts.push(value);
    here += value.length;
    onBytes(here, size);
  }
  if (here !== size) throw failed("UNAVAILABLE", `${here} of ${size} bytes came`);
  return new Blob(parts, { type: stringOf(about, "media_type") });
}

function joined(one: Uint8Array<ArrayBuffer>, other: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

function lineOf(bytes: Uint8Array): Json {
  try {
    const line: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof line === "object" && line !== null) return line as Json;
  } catch {
    // Said below.
  }
  throw failed("MALFORMED", "a line of the answer is no JSON object");
}
