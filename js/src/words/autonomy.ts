import type { Status } from "../protocol/messages";
import { TERMS } from "./terms";

export type Level = Status["autonomy"];

interface Words {
  level: Level;
  label: string;
  sentence: string;
}

export const LEVELS: readonly Words[] = [
  { level: "user", label: "You drive", sentence: TERMS["you drive"] },
  { level: "cruise", label: "Cruise", sentence: TERMS.cruise },
  { level: "autopilot", label: "Autopilot", sentence: TERMS.autopilot },
];
