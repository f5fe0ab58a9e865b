import { countWords } from "../../words/numbers";
import type { Panel } from "../panel";
import { Overview } from "./Overview";

export const overview: Panel = {
  id: "overview",
  label: "Overview",
  component: Overview,
  dot: ({ store }) => {
    const count = store.status.value?.nudges.length ?? 0;
    return count === 0 ? "" : countWords(count, "question");
  },
};
