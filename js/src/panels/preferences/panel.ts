import { TERMS } from "../../words/terms";
import type { Panel } from "../panel";
import { Preferences } from "./Preferences";

export const preferences: Panel = {
  id: "preferences",
  label: "Preferences",
  title: TERMS.preference,
  component: Preferences,
  yours: true,
  note: ({ store }) => (store.preferences.value.value?.question == null ? "" : "A or B?"),
};
