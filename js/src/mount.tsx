import styles from "styles:panels/App";
import { type Charts, ChartsContext, VEGA } from "./charts/charts";
import { App } from "./panels/App";
import type { SessionStore } from "./store/session";
import { UiStore } from "./store/ui";
import { mountView } from "./view";

/** Shows a session in an element; returns a function that removes it. */
export function mount(
  el: HTMLElement,
  store: SessionStore,
  tab = "overview",
  charts: Charts = VEGA,
): () => void {
  const ui = new UiStore();
  ui.tab.value = tab;
  return mountView(el, styles, (dark) => (
    <ChartsContext.Provider value={charts}>
      <App store={store} ui={ui} dark={dark} />
    </ChartsContext.Provider>
  ));
}
