import { App } from "./panels/App";
import type { SessionStore } from "./store/session";
import { UiStore } from "./store/ui";
import data from "./styles/data.css";
import explain from "./styles/explain.css";
import journal from "./styles/journal.css";
import overview from "./styles/overview.css";
import preferences from "./styles/preferences.css";
import shell from "./styles/shell.css";
import space from "./styles/space.css";
import steering from "./styles/steering.css";
import tokens from "./styles/tokens.css";
import trials from "./styles/trials.css";
import { mountView } from "./view";

const STYLES = tokens + shell + overview + trials + steering + space + preferences + explain + data + journal;

/** Shows a session in an element; gives back what takes it away again. */
export function mount(el: HTMLElement, store: SessionStore, tab = "overview"): () => void {
  const ui = new UiStore();
  ui.tab.value = tab;
  return mountView(el, STYLES, (dark) => <App store={store} ui={ui} dark={dark} />);
}
