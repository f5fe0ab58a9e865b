import { signal } from "@preact/signals";
import { render, type VNode } from "preact";
import { App } from "./panels/App";
import type { SessionStore } from "./store/session";
import { UiStore } from "./store/ui";
import explain from "./styles/explain.css";
import journal from "./styles/journal.css";
import overview from "./styles/overview.css";
import preferences from "./styles/preferences.css";
import shell from "./styles/shell.css";
import space from "./styles/space.css";
import steering from "./styles/steering.css";
import tokens from "./styles/tokens.css";
import trials from "./styles/trials.css";
import { isDark, watchDark } from "./theme";

const STYLES = tokens + shell + overview + trials + steering + space + preferences + explain + journal;

/** Shows a session in an element; gives back what takes it away again. */
export function mount(el: HTMLElement, store: SessionStore, tab = "overview"): () => void {
  const ui = new UiStore();
  ui.tab.value = tab;
  return mountView(el, STYLES, (dark) => <App store={store} ui={ui} dark={dark} />);
}

/** Shows a view under a shadow root, in the colours of the page around; gives back what takes it away again. */
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

/** While the focus is inside, a notebook must not take keys for its own commands. Lumino asks for this attribute. */
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
