import type { Status } from "../protocol/messages";
import { TERMS } from "./terms";

export type Level = Status["autonomy"];

interface Words {
  level: Level;
  label: string;
  /** Who decides, in one line. */
  says: string;
  sentence: string;
}

export const LEVELS: readonly Words[] = [
  { level: "user", label: "You drive", says: "Runs only what you queue", sentence: TERMS["you drive"] },
  {
    level: "cruise",
    label: "Cruise",
    says: "Searches; asks before changing the search space",
    sentence: TERMS.cruise,
  },
  {
    level: "autopilot",
    label: "Autopilot",
    says: "Searches and decides by itself",
    sentence: TERMS.autopilot,
  },
];
