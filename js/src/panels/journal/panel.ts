import { TERMS } from "../../words/terms";
import type { Panel } from "../panel";
import { Journal } from "./Journal";

export const journal: Panel = { id: "journal", label: "Journal", title: TERMS.journal, component: Journal };
