import { signal } from "@preact/signals";
import { render, type VNode } from "preact";
import { isDark, watchDark } from "./theme";

/** Shows a view under a shadow root in the page's colours; returns a function that removes it. */
export function mountView(el: HTMLElement, styles: string, view: (dark: boolean) => VNode): () => void {
  const shadow = el.shadowRoot ?? el.attachShadow({ mode: "open" });
  const style = document.createElement("style");
  style.textContent = styles;
  const root = document.createElement("div");
  shadow.replaceChildren(style, root);
  const dark = signal(isDark());
  const unwatch = watchDark(() => {
    dark.value = isDark();
  });
  const View = () => {
    root.className = dark.value ? "hitl dark" : "hitl";
    return view(dark.value);
  };
  render(<View />, root);
  const release = keepKeys(el);
  return () => {
    release();
    unwatch();
    render(null, root);
    shadow.replaceChildren();
  };
}

/** While the focus is inside, a notebook must not take keys for its own commands. Lumino checks this attribute. */
function keepKeys(el: HTMLElement): () => void {
  const attribute = "data-lm-suppress-shortcuts";
  const enter = () => el.setAttribute(attribute, "true");
  const leave = () => el.removeAttribute(attribute);
  const stop = (event: Event) => event.stopPropagation();
  const listeners: [string, (event: Event) => void][] = [
    ["focusin", enter],
    ["focusout", leave],
    ["keydown", stop],
    ["keypress", stop],
  ];
  for (const [name, listener] of listeners) el.addEventListener(name, listener);
  return () => {
    leave();
    for (const [name, listener] of listeners) el.removeEventListener(name, listener);
  };
}
