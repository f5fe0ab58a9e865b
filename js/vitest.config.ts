import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  resolve: {
    alias: [
      { find: "charts:views", replacement: fileURLToPath(new URL("test/packed.ts", import.meta.url)) },
      { find: /^styles:.*/, replacement: fileURLToPath(new URL("test/styles.ts", import.meta.url)) },
      {
        find: "@jupyterlab/services",
        replacement: fileURLToPath(new URL("test/jupyterlab.ts", import.meta.url)),
      },
    ],
  },
  test: { environment: "happy-dom", include: ["test/**/*.test.{ts,tsx}"] },
});
