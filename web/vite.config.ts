import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import preact from "@preact/preset-vite";
import { defineConfig, type Plugin } from "vite";

const COMPRESSIBLE = /\.(html|css|js|svg|json|webmanifest|txt)$/;

/** Writes a .br and a .gz beside each text asset: signaling serves them as they are and never compresses by itself. */
function precompressed(): Plugin {
  const brotli = promisify(brotliCompress);
  const zip = promisify(gzip);
  return {
    name: "sipulung-precompressed",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post",
      async handler(_options, bundle) {
        for (const [fileName, output] of Object.entries(bundle)) {
          if (!COMPRESSIBLE.test(fileName)) continue;
          const bytes = Buffer.from(output.type === "chunk" ? output.code : output.source);
          const params = {
            [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
            [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
          };
          this.emitFile({ type: "asset", fileName: `${fileName}.br`, source: await brotli(bytes, { params }) });
          this.emitFile({ type: "asset", fileName: `${fileName}.gz`, source: await zip(bytes, { level: 9 }) });
        }
      },
    },
  };
}

/** `npm run dev` beside a running system: its HTTP address, for the API and the socket. */
const BACKEND = process.env.SIPULUNG_BACKEND ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [preact({ devToolsEnabled: false }), precompressed()],
  build: {
    // Chrome and WebView of Android 8 up to date, Firefox ESR, Safari 15.4 (simulcast by rid and replaceTrack work from there on).
    target: ["chrome100", "firefox102", "safari15.4"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The size check reads from it what the first page loads.
    manifest: true,
    sourcemap: false,
    rolldownOptions: {
      output: {
        // The first page in one file beside the entry: over HTTP/1.1 a browser fetches six at a time, and each further round
        // of files costs a phone on 3G its 0.4 s. The entry stays apart, because it awaits, and other parts import this.
        codeSplitting: { groups: [{ name: "first", test: /\/src\/ui\/app\.tsx$/ }] },
      },
    },
  },
  server: {
    proxy: { "/api": BACKEND, "/.well-known": BACKEND, "/ws": { target: BACKEND, ws: true } },
  },
});
