import { warningsCount } from "../../words/data";
import type { PanelProps } from "../context";
import type { Panel } from "../panel";
import { Data } from "./Data";

const openWarnings = ({ store }: PanelProps) => store.status.value?.warnings?.open ?? 0;

export const data: Panel = {
  id: "data",
  label: "Data",
  component: Data,
  note: (props) => (openWarnings(props) > 0 ? warningsCount(openWarnings(props)) : ""),
  grave: ({ store }) => store.status.value?.warnings?.severity === "high",
};
