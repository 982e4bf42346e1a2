import preact from "@preact/preset-vite";
import { defineConfig } from "vitest/config";

// Each test takes milliseconds: no machine is so busy that one needs a minute, unless it waits for what never comes.
const PATIENCE = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    // Two cores are shared with whatever else runs: one worker is enough for tests of this size.
    maxWorkers: 1,
    restoreMocks: true,
    unstubGlobals: true,
    projects: [
      {
        // Protocol, media and client know nothing of a page, so their tests have none.
        test: {
          name: "headless",
          environment: "node",
          include: ["src/{protocol,media,client}/**/*.test.ts"],
          ...PATIENCE,
        },
      },
      {
        plugins: [preact({ devToolsEnabled: false })],
        test: { name: "ui", environment: "happy-dom", include: ["src/ui/**/*.test.{ts,tsx}"], ...PATIENCE },
      },
    ],
  },
});
