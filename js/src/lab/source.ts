import type { Level } from "../words/autonomy";

/** The user's defaults for new sessions. */
export interface SessionDefaults {
  autonomy: Level;
  /** Seconds; null for no limit. */
  budget: number | null;
  /** Null for one per core. */
  workers: number | null;
}

/** As `AutoMLSession` does by itself. */
export const DEFAULTS: SessionDefaults = { autonomy: "cruise", budget: 300, workers: null };

const isLevel = (value: unknown): value is Level =>
  value === "user" || value === "cruise" || value === "autopilot";

const isPositive = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value) && value > 0;

/** Reads the settings; invalid ones are replaced by the default. */
export function defaultsOf(settings: Readonly<Record<string, unknown>>): SessionDefaults {
  const { autonomy, budget, workers } = settings;
  return {
    autonomy: isLevel(autonomy) ? autonomy : DEFAULTS.autonomy,
    budget: budget === null || isPositive(budget) ? budget : DEFAULTS.budget,
    workers: isPositive(workers) && Number.isInteger(workers) ? workers : DEFAULTS.workers,
  };
}

/** The code that starts a session, with only the arguments that differ from the defaults. */
export function sessionSource(defaults: SessionDefaults, table: string, target: string): string {
  const given: string[] = [];
  if (defaults.budget !== DEFAULTS.budget) given.push(`budget=${defaults.budget ?? "None"}`);
  if (defaults.workers !== DEFAULTS.workers) given.push(`workers=${defaults.workers}`);
  if (defaults.autonomy !== DEFAULTS.autonomy) given.push(`autonomy="${defaults.autonomy}"`);
  const call = [table, JSON.stringify(target), ...given].join(", ");
  return `session = AutoMLSession(${call})\nsession.show()`;
}

/** The cell that starts a session in the user's notebook. */
export function beginSource(defaults: SessionDefaults): string {
  return [
    "from hitl_widget import AutoMLSession",
    "",
    "# your table, and the column to predict",
    sessionSource(defaults, "df", "target"),
  ].join("\n");
}
