import { formatCount } from "../../words/numbers";
import { TERMS } from "../../words/terms";
import type { Panel } from "../panel";
import { Trials } from "./Trials";

export const trials: Panel = {
  id: "trials",
  label: "Trials",
  title: TERMS.trial,
  component: Trials,
  note: ({ store }) => {
    const today = store.version.value > 0 ? store.rows.size - store.past.value.size : 0;
    return today > 0 ? formatCount(today) : "";
  },
};
