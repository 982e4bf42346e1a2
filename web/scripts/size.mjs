// What a person on a metered link pays for the client, from the built manifest: fails above the limits of the project.
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const DIST = fileURLToPath(new URL("../dist/", import.meta.url));
const FIRST_LOAD_LIMIT = 50_000;
const WHOLE_LIMIT = 110_000;
/** What only somebody with an account or in charge of a meeting ever loads: their pages, panels and clients of the API. */
const OF_ACCOUNTS = /^src\/(?:ui\/(?:account|admin|host|in-charge|me|office|verify)\/|client\/[a-z-]+-api\.ts)/;

/** Bytes on the wire: the brotli file where one was written, else the file itself. */
function served(file) {
  const path = join(DIST, file);
  return statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size;
}

/** The files that a browser fetches before the entry runs: its chunk, all static imports, their styles. */
function firstLoad(manifest) {
  const files = new Set(["index.html"]);
  const seen = new Set();
  const follow = (key) => {
    if (seen.has(key)) return;
    seen.add(key);
    const chunk = manifest[key];
    files.add(chunk.file);
    for (const style of chunk.css ?? []) files.add(style);
    for (const next of chunk.imports ?? []) follow(next);
  };
  for (const [key, chunk] of Object.entries(manifest)) if (chunk.isEntry) follow(key);
  return files;
}

const manifest = JSON.parse(readFileSync(join(DIST, ".vite/manifest.json"), "utf8"));
const first = firstLoad(manifest);
const whole = new Set(first);
const all = new Set(first);
const reached = new Set();
const reach = (key) => {
  if (reached.has(key) || OF_ACCOUNTS.test(key)) return;
  reached.add(key);
  const chunk = manifest[key];
  for (const next of [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]) reach(next);
};
for (const [key, chunk] of Object.entries(manifest)) if (chunk.isEntry) reach(key);
for (const [key, chunk] of Object.entries(manifest)) {
  for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) {
    all.add(file);
    if (reached.has(key)) whole.add(file);
  }
}

const sum = (files) => [...files].reduce((total, file) => total + served(file), 0);
for (const file of [...all].sort((a, b) => served(b) - served(a))) {
  console.log(
    `${String(served(file)).padStart(8)}  ${first.has(file) ? "first  " : whole.has(file) ? "later  " : "account"}  ${file}`,
  );
}
const results = [
  ["join form", sum(first), FIRST_LOAD_LIMIT],
  ["client of a participant", sum(whole), WHOLE_LIMIT],
];
for (const [name, bytes, limit] of results) {
  console.log(`${name}: ${bytes} of ${limit} bytes, brotli`);
  if (bytes > limit) process.exitCode = 1;
}
