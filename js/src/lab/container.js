// What JupyterLab loads for this extension: a container of webpack's module federation, made by hand because it
// consumes modules and provides none. `init` is given the modules that the page shares, `get` gives the plugins.
// BUNDLE and MODULES are put in by build.mjs.

const base = new URL(".", document.currentScript.src);

/** Which of several versions is used: one that is loaded already, else the highest, as webpack does for singletons. */
function chosen(versions) {
  const parts = (version) => version.split(/[.+-]/).map((part) => Number.parseInt(part, 10) || 0);
  const higher = (one, two) => {
    const [left, right] = [parts(one), parts(two)];
    for (let i = 0; i < 3; i += 1) if (left[i] !== right[i]) return left[i] > right[i];
    return false;
  };
  return Object.keys(versions).reduce((best, version) => {
    if (best === null) return version;
    const [loaded, other] = [Boolean(versions[best].loaded), Boolean(versions[version].loaded)];
    if (loaded !== other) return other ? version : best;
    return higher(version, best) ? version : best;
  }, null);
}

/** The extension's modules of JupyterLab; one that the page does not share is empty. */
async function taken(scope) {
  const modules = {};
  await Promise.all(
    MODULES.map(async (name) => {
      const versions = scope[name];
      const version = versions ? chosen(versions) : null;
      modules[name] = version === null ? {} : (await versions[version].get())();
    }),
  );
  return modules;
}

let scope = null;
const container = {
  init(given) {
    scope = given;
  },
  async get(name) {
    if (name !== "./extension") throw new Error(`hitl_widget has no module ${name}`);
    globalThis[Symbol.for("hitl_widget.jupyterlab")] = await taken(scope);
    const { default: plugin } = await import(new URL(BUNDLE, base).href);
    // An object of its own: JupyterLab writes on it, which a module does not allow.
    return () => ({ __esModule: true, default: plugin });
  },
};

globalThis._JUPYTERLAB ??= {};
globalThis._JUPYTERLAB.hitl_widget = container;
