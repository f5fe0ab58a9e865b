import type { Status } from "../protocol/messages";

export type Level = Status["autonomy"];

interface Words {
  level: Level;
  label: string;
  sentence: string;
}

export const LEVELS: readonly Words[] = [
  { level: "user", label: "You drive", sentence: "Trials run only when you queue them or ask for a batch." },
  { level: "cruise", label: "Cruise", sentence: "It searches under your steering, and asks when in doubt." },
  {
    level: "autopilot",
    label: "Autopilot",
    sentence:
      "It searches to the end of the budget and asks nothing; what it decides is recorded and undoable.",
  },
];
