import type { Level } from "../words/autonomy";

/** What the person set for the sessions that they begin. */
export interface Wishes {
  autonomy: Level;
  /** Seconds; null for no limit. */
  budget: number | null;
  /** Null for one per core. */
  workers: number | null;
}

/** As `AutoMLSession` does by itself. */
export const DEFAULTS: Wishes = { autonomy: "cruise", budget: 300, workers: null };

const isLevel = (value: unknown): value is Level =>
  value === "user" || value === "cruise" || value === "autopilot";

const isPositive = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value) && value > 0;

/** Reads the settings; what is not what it should be is as by default. */
export function wishesOf(settings: Readonly<Record<string, unknown>>): Wishes {
  const { autonomy, budget, workers } = settings;
  return {
    autonomy: isLevel(autonomy) ? autonomy : DEFAULTS.autonomy,
    budget: budget === null || isPositive(budget) ? budget : DEFAULTS.budget,
    workers: isPositive(workers) && Number.isInteger(workers) ? workers : DEFAULTS.workers,
  };
}

/** The lines that begin a session; only what differs from the defaults is written out. */
export function sessionSource(wishes: Wishes, table: string, target: string): string {
  const given: string[] = [];
  if (wishes.budget !== DEFAULTS.budget) given.push(`budget=${wishes.budget ?? "None"}`);
  if (wishes.workers !== DEFAULTS.workers) given.push(`workers=${wishes.workers}`);
  if (wishes.autonomy !== DEFAULTS.autonomy) given.push(`autonomy="${wishes.autonomy}"`);
  const call = [table, JSON.stringify(target), ...given].join(", ");
  return `session = AutoMLSession(${call})\nsession.show()`;
}

/** The cell that begins a session in the person's own notebook. */
export function beginSource(wishes: Wishes): string {
  return [
    "from hitl_widget import AutoMLSession",
    "",
    "# your table, and the column to predict",
    sessionSource(wishes, "df", "target"),
  ].join("\n");
}

/** The cell that takes up a session from its journal. */
export function resumeSource(journal: string): string {
  return [
    "from hitl_widget import AutoMLSession",
    "",
    `session = AutoMLSession.load(${JSON.stringify(journal)})`,
    "session.show()",
  ].join("\n");
}
