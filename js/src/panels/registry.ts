import type { FunctionComponent } from "preact";
import { warningsCount } from "../words/data";
import { isEmpty } from "../words/draft";
import { formatCount } from "../words/numbers";
import { TERMS } from "../words/terms";
import type { PanelProps } from "./context";
import { Data } from "./data/Data";
import { Explain } from "./explain/Explain";
import { Journal } from "./journal/Journal";
import { Overview } from "./overview/Overview";
import { Preferences } from "./preferences/Preferences";
import { Space } from "./space/Space";
import { Trials } from "./trials/Trials";

interface Panel {
  id: string;
  label: string;
  /** What its word means. */
  title?: string;
  component: FunctionComponent<PanelProps>;
  /** A small note on the tab. */
  note?(props: PanelProps): string;
  /** The note is of something the person has begun. */
  yours?: boolean;
  /** What the note says, in words, where it is not clear by itself. */
  says?(props: PanelProps): string;
  /** The note is of something grave. */
  grave?(props: PanelProps): boolean;
  /** What waits for an answer; shown as a dot. */
  dot?(props: PanelProps): string;
}

function asks({ store }: PanelProps): string {
  const count = store.status.value?.nudges.length ?? 0;
  return count === 0 ? "" : count === 1 ? "1 question" : `${count} questions`;
}

const openWarnings = ({ store }: PanelProps) => store.status.value?.warnings?.open ?? 0;

/** The panels, in the order of their tabs. */
export const PANELS: readonly Panel[] = [
  { id: "overview", label: "Overview", component: Overview, dot: asks },
  {
    id: "trials",
    label: "Trials",
    title: TERMS.trial,
    component: Trials,
    note: ({ store }) => (store.version.value > 0 && store.rows.size > 0 ? formatCount(store.rows.size) : ""),
  },
  {
    id: "space",
    label: "Space",
    title: TERMS["search space"],
    component: Space,
    yours: true,
    note: ({ ui }) => (isEmpty(ui.draft.now.value) ? "" : "draft"),
  },
  {
    id: "preferences",
    label: "Preferences",
    title: TERMS.preference,
    component: Preferences,
    yours: true,
    note: ({ store }) => (store.preferences.value.value?.question == null ? "" : "A or B?"),
  },
  { id: "explain", label: "Explain", component: Explain },
  {
    id: "data",
    label: "Data",
    component: Data,
    note: (props) => (openWarnings(props) > 0 ? formatCount(openWarnings(props)) : ""),
    says: (props) => warningsCount(openWarnings(props)),
    grave: ({ store }) => store.status.value?.warnings?.severity === "high",
  },
  { id: "journal", label: "Journal", title: TERMS.journal, component: Journal },
];
