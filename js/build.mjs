// Bundles the dashboard into one ES module for anywidget, and the extension of JupyterLab into the folder that
// JupyterLab loads.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import * as esbuild from "esbuild";
import { compile } from "vega-lite";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "hitl_widget", "static", "widget.js");
const labOut = join(here, "..", "hitl_widget", "labextension");
const LIMIT = 1_500_000;
/** The sidebar is loaded with every page of JupyterLab; the dashboard's share of it only when it is opened. */
const LAB_LIMIT = 150_000;
const EXTENSION = "hitl_widget";

/** What Vega-Lite remarks on is for the authors of a chart, who look at its picture. */
const silent = {
  level: () => silent,
  error: () => silent,
  warn: () => silent,
  info: () => silent,
  debug: () => silent,
};

/** Marks are drawn on a canvas, which no reader of the screen looks into: words for each of them would only cost. */
const vega = async (path) =>
  compile(JSON.parse(await readFile(path, "utf8")), { logger: silent, config: { mark: { aria: false } } })
    .spec;

/** Charts are compiled from Vega-Lite to Vega here, so that the browser needs no Vega-Lite. */
const charts = {
  name: "charts",
  setup(build) {
    build.onLoad({ filter: /charts[/\\]specs[/\\].*\.json$/ }, async ({ path }) => {
      return { contents: JSON.stringify(await vega(path)), loader: "json" };
    });
  },
};

/** Its words are made for the mark under the pointer, not for each of thousands that are drawn. */
function tellOnHover({ marks = [] }) {
  for (const mark of marks) {
    const { update } = mark.encode ?? {};
    if (update?.tooltip !== undefined) {
      mark.encode.hover = { ...mark.encode.hover, tooltip: update.tooltip };
      delete update.tooltip;
    }
    tellOnHover(mark);
  }
}

/** Those of explanations are many and alike: packed together, and unpacked when the first one is looked at. */
const views = {
  name: "views",
  setup(build) {
    const folder = join(here, "src", "charts", "specs", "views");
    build.onResolve({ filter: /^charts:views$/ }, ({ path }) => ({ path, namespace: "views" }));
    build.onLoad({ filter: /.*/, namespace: "views" }, async () => {
      const files = (await readdir(folder)).filter((file) => file.endsWith(".json")).sort();
      const specs = await Promise.all(files.map((file) => vega(join(folder, file))));
      for (const spec of specs) tellOnHover(spec);
      const byName = Object.fromEntries(files.map((file, i) => [file.slice(0, -5), specs[i]]));
      const packed = deflateRawSync(JSON.stringify(byName), { level: 9 }).toString("base64");
      const contents = `export const names = ${JSON.stringify(Object.keys(byName))};export const packed = "${packed}";`;
      return { contents, watchDirs: [folder] };
    });
  },
};

/**
 * `styles:panels/App` is the text of every style sheet that `src/panels/App.tsx` and what it shows import, each once, in
 * the order of the imports: a component's own rules come after those of the parts it is made of.
 */
const styles = {
  name: "styles",
  setup(build) {
    build.onResolve({ filter: /^styles:/ }, ({ path }) => ({ path, namespace: "styles" }));
    build.onLoad({ filter: /.*/, namespace: "styles" }, async ({ path }) => {
      const { outputFiles, metafile } = await esbuild.build({
        ...options,
        plugins: [charts, views],
        entryPoints: [join("src", `${path.slice("styles:".length)}.tsx`)],
        outdir: out,
        minify: true,
        metafile: true,
        write: false,
        logLevel: "error",
      });
      const { text } = outputFiles.find((file) => file.path.endsWith(".css"));
      const watchFiles = Object.keys(metafile.inputs).filter((file) => !file.includes(":"));
      return { contents: text, loader: "text", watchFiles: watchFiles.map((file) => join(here, file)) };
    });
    build.onLoad({ filter: /\.css$/ }, () => ({ contents: "", loader: "js" }));
  },
};

/** Modules of JupyterLab are those of the page, which container.js has taken from it. */
const jupyterlab = {
  name: "jupyterlab",
  setup(build) {
    build.onResolve({ filter: /^@(jupyterlab|lumino)\// }, ({ path }) => ({ path, namespace: "jupyterlab" }));
    build.onLoad({ filter: /.*/, namespace: "jupyterlab" }, ({ path }) => ({
      contents: `module.exports = globalThis[Symbol.for("hitl_widget.jupyterlab")][${JSON.stringify(path)}];`,
    }));
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

/** Fails when what is loaded at once has grown too large. */
async function checkSize(name, paths, limit) {
  const sizes = await Promise.all(paths.map(async (one) => (await stat(one)).size));
  const size = sizes.reduce((sum, one) => sum + one, 0);
  console.log(`${name}: ${(size / 1000).toFixed(0)} kB (limit ${limit / 1000} kB)`);
  if (size > limit) {
    console.error(`${name} is larger than its limit: find what came in, or move it out of the first load.`);
    process.exit(1);
  }
}

async function buildWidget() {
  await esbuild.build({ ...options, entryPoints: ["src/widget.ts"], outfile: out, minify: true });
  await checkSize("widget.js", [out], LIMIT);
}

/** Names of files hold a hash of what is in them, so that no browser keeps an old one. */
async function buildLab() {
  await rm(labOut, { recursive: true, force: true });
  const names = "[name]-[hash]";
  const { metafile } = await esbuild.build({
    ...options,
    plugins: [jupyterlab, ...options.plugins],
    loader: { ".svg": "text" },
    entryPoints: { sidebar: "src/lab/plugin.ts" },
    outdir: join(labOut, "static"),
    entryNames: names,
    chunkNames: names,
    splitting: true,
    minify: true,
    metafile: true,
  });
  const outputs = Object.entries(metafile.outputs);
  const [path, bundle] = outputs.find(([, one]) => one.entryPoint === "src/lab/plugin.ts");
  const atOnce = [
    path,
    ...bundle.imports.filter((one) => one.kind === "import-statement").map((one) => one.path),
  ];
  const used = outputs
    .flatMap(([, one]) => Object.keys(one.inputs))
    .filter((one) => one.startsWith("jupyterlab:"));
  const modules = [...new Set(used)].map((one) => one.slice("jupyterlab:".length)).sort();
  const container = await esbuild.build({
    absWorkingDir: here,
    entryPoints: ["src/lab/container.js"],
    define: { BUNDLE: JSON.stringify(basename(path)), MODULES: JSON.stringify(modules) },
    bundle: true,
    format: "iife",
    target: "es2022",
    minify: true,
    write: false,
  });
  const [{ contents }] = container.outputFiles;
  const hash = createHash("sha256").update(contents).digest("hex").slice(0, 16);
  await writeFile(join(labOut, "static", `remoteEntry.${hash}.js`), contents);
  await describeLab(`static/remoteEntry.${hash}.js`);
  await checkSize(
    "sidebar",
    atOnce.map((one) => join(here, one)),
    LAB_LIMIT,
  );
}

/** What JupyterLab reads about an extension: what to load, its settings, how it was installed. */
async function describeLab(load) {
  const { version, description, license } = JSON.parse(await readFile(join(here, "package.json"), "utf8"));
  const about = { name: EXTENSION, version, description, license };
  const jupyterlab = { extension: true, schemaDir: "schemas", _build: { load, extension: "./extension" } };
  const install = {
    packageManager: "python",
    packageName: EXTENSION,
    uninstallInstructions: `Use your Python package manager (pip, conda, etc.) to uninstall the package ${EXTENSION}`,
  };
  const schemas = join(labOut, "schemas", EXTENSION);
  const json = (value) => `${JSON.stringify(value, null, 2)}\n`;
  await mkdir(schemas, { recursive: true });
  await writeFile(join(labOut, "package.json"), json({ ...about, jupyterlab }));
  await writeFile(join(labOut, "install.json"), json(install));
  await writeFile(join(schemas, "package.json.orig"), json(about));
  await writeFile(
    join(schemas, "plugin.json"),
    await readFile(join(here, "src", "lab", "schema.json"), "utf8"),
  );
}

await buildWidget();
await buildLab();
