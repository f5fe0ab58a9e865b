// Bundles the dashboard into one ES module for anywidget. `--dev` builds and serves dev/index.html instead.
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import * as esbuild from "esbuild";
import { compile } from "vega-lite";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "hitl_widget", "static", "widget.js");
const LIMIT = 1_500_000;

/** What Vega-Lite remarks on is for the authors of a chart, who look at its picture. */
const silent = {
  level: () => silent,
  error: () => silent,
  warn: () => silent,
  info: () => silent,
  debug: () => silent,
};

const vega = async (path) => compile(JSON.parse(await readFile(path, "utf8")), { logger: silent }).spec;

/** Charts are compiled from Vega-Lite to Vega here, so that the browser needs no Vega-Lite. */
const charts = {
  name: "charts",
  setup(build) {
    build.onLoad({ filter: /charts[/\\]specs[/\\].*\.json$/ }, async ({ path }) => {
      return { contents: JSON.stringify(await vega(path)), loader: "json" };
    });
  },
};

/** Those of explanations are many and alike: packed together, and unpacked when the first one is looked at. */
const views = {
  name: "views",
  setup(build) {
    const folder = join(here, "src", "charts", "specs", "views");
    build.onResolve({ filter: /^charts:views$/ }, ({ path }) => ({ path, namespace: "views" }));
    build.onLoad({ filter: /.*/, namespace: "views" }, async () => {
      const files = (await readdir(folder)).filter((file) => file.endsWith(".json")).sort();
      const specs = await Promise.all(files.map((file) => vega(join(folder, file))));
      const byName = Object.fromEntries(files.map((file, i) => [file.slice(0, -5), specs[i]]));
      const packed = deflateRawSync(JSON.stringify(byName), { level: 9 }).toString("base64");
      const contents = `export const names = ${JSON.stringify(Object.keys(byName))};export const packed = "${packed}";`;
      return { contents, watchDirs: [folder] };
    });
  },
};

/** Styles are text in the bundle, without the white space that only their readers need. */
const styles = {
  name: "styles",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await esbuild.transform(await readFile(path, "utf8"), { loader: "css", minify: true });
      return { contents: code, loader: "text" };
    });
  },
};

const options = {
  absWorkingDir: here,
  bundle: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  plugins: [charts, views, styles],
  legalComments: "none",
  logLevel: "info",
};

if (process.argv.includes("--dev")) {
  const context = await esbuild.context({
    ...options,
    entryPoints: ["dev/main.tsx"],
    outdir: "dev/build",
    sourcemap: "inline",
  });
  await context.watch();
  const port = Number(process.env.PORT ?? 8123);
  const { hosts } = await context.serve({ servedir: "dev", port, host: "127.0.0.1" });
  console.log(`http://${hosts[0]}:${port}/`);
} else if (process.argv.includes("--page")) {
  await esbuild.build({ ...options, entryPoints: ["dev/main.tsx"], outdir: "dev/build", minify: true });
} else {
  await esbuild.build({ ...options, entryPoints: ["src/widget.ts"], outfile: out, minify: true });
  const { size } = await stat(out);
  console.log(`widget.js: ${(size / 1000).toFixed(0)} kB (limit ${LIMIT / 1000} kB)`);
  if (size > LIMIT) {
    console.error("widget.js is larger than its limit: find what came in, or move it out of the first load.");
    process.exit(1);
  }
}
