import { isEmpty } from "../../words/draft";
import { TERMS } from "../../words/terms";
import type { Panel } from "../panel";
import { Space } from "./Space";

export const space: Panel = {
  id: "space",
  label: "Space",
  title: TERMS["search space"],
  component: Space,
  yours: true,
  note: ({ ui }) => (isEmpty(ui.draft.now.value) ? "" : "draft"),
};
