import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  resolve: {
    alias: {
      "charts:views": fileURLToPath(new URL("test/packed.ts", import.meta.url)),
      "@jupyterlab/services": fileURLToPath(new URL("test/jupyterlab.ts", import.meta.url)),
    },
  },
  test: { environment: "happy-dom", include: ["test/**/*.test.{ts,tsx}"] },
});
