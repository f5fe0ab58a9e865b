import type { Panel } from "../panel";
import { Explain } from "./Explain";

export const explain: Panel = { id: "explain", label: "Explain", component: Explain };
