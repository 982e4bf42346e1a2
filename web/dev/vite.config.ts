import { fileURLToPath } from "node:url";
import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The pages with a fake session behind them. Nothing of it is in the product: the product's build starts at ../index.html. */
export default defineConfig({
  root: here("."),
  publicDir: here("../public"),
  plugins: [preact({ devToolsEnabled: false })],
  build: { outDir: here("dist"), emptyOutDir: true, modulePreload: { polyfill: false }, target: "es2022" },
});
