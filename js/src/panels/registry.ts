import type { FunctionComponent } from "preact";
import { formatCount } from "../words/numbers";
import type { PanelProps } from "./context";
import { Overview } from "./overview/Overview";
import { Trials } from "./trials/Trials";

interface Panel {
  id: string;
  label: string;
  component: FunctionComponent<PanelProps>;
  /** A small note on the tab. */
  note?(props: PanelProps): string;
}

/** The panels, in the order of their tabs. */
export const PANELS: readonly Panel[] = [
  { id: "overview", label: "Overview", component: Overview },
  {
    id: "trials",
    label: "Trials",
    component: Trials,
    note: ({ store }) => (store.version.value > 0 && store.rows.size > 0 ? formatCount(store.rows.size) : ""),
  },
];
