import styles from "styles:panels/App";
import { App } from "./panels/App";
import type { SessionStore } from "./store/session";
import { UiStore } from "./store/ui";
import { mountView } from "./view";

/** Shows a session in an element; gives back what takes it away again. */
export function mount(el: HTMLElement, store: SessionStore, tab = "overview"): () => void {
  const ui = new UiStore();
  ui.tab.value = tab;
  return mountView(el, styles, (dark) => <App store={store} ui={ui} dark={dark} />);
}
