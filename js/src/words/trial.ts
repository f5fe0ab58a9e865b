import type { FamilyInfo, State } from "../protocol/messages";
import type { Row } from "../store/row";

const ORIGINS: Record<Row["origin"], string> = {
  baseline: "baseline",
  start: "start",
  sampler: "search",
  belief: "your belief",
  nudge: "nudge",
  own: "custom configuration",
  edit: "edited",
  grid: "grid",
};

export function originWords(row: Row): string {
  if (row.parent !== null && row.origin === "edit") return `edited #${row.parent}`;
  if (row.parent !== null && row.origin === "grid") return `grid around #${row.parent}`;
  return ORIGINS[row.origin];
}

const STATES: Record<State, string> = {
  queued: "queued",
  running: "running",
  complete: "complete",
  stopped: "stopped early",
  failed: "failed",
};

export function stateWords(state: State): string {
  return STATES[state];
}

export function familyLabel(families: ReadonlyMap<string, FamilyInfo>, name: string): string {
  return families.get(name)?.label ?? name;
}

/** The CSS variable of a family's colour; anything but a plain word falls back to grey. */
export function familyColour(families: ReadonlyMap<string, FamilyInfo>, name: string): string {
  const colour = families.get(name)?.colour ?? "base";
  return /^[a-z0-9-]+$/i.test(colour) ? `var(--f-${colour}, var(--f-base))` : "var(--f-base)";
}

export function byName(families: readonly FamilyInfo[]): Map<string, FamilyInfo> {
  return new Map(families.map((family) => [family.name, family]));
}
