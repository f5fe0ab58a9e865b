/** True if the page is dark: by JupyterLab's attribute, by a class in VS Code and others, else by the system setting. */
export function isDark(document: Document = globalThis.document): boolean {
  const { body } = document;
  const jupyter = body.dataset.jpThemeLight;
  if (jupyter !== undefined) return jupyter === "false";
  const code = body.dataset.vscodeThemeKind;
  if (code !== undefined) return code.includes("dark") || code === "vscode-high-contrast";
  for (const element of [document.documentElement, body]) {
    if (element.classList.contains("dark") || element.dataset.theme === "dark") return true;
    if (element.classList.contains("light") || element.dataset.theme === "light") return false;
  }
  return globalThis.matchMedia?.("(prefers-color-scheme: dark)").matches ?? false;
}

/** Calls back when the answer may have changed. */
export function watchDark(changed: () => void, document: Document = globalThis.document): () => void {
  const observer = new MutationObserver(changed);
  const options = {
    attributes: true,
    attributeFilter: ["class", "data-jp-theme-light", "data-vscode-theme-kind", "data-theme"],
  };
  observer.observe(document.body, options);
  observer.observe(document.documentElement, options);
  const system = globalThis.matchMedia?.("(prefers-color-scheme: dark)");
  system?.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    system?.removeEventListener("change", changed);
  };
}
