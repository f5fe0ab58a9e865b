import type { FamilyInfo, State } from "../protocol/messages";
import type { Row } from "../store/row";

const ORIGINS: Record<Row["origin"], string> = {
  baseline: "Baseline",
  start: "Starting point",
  sampler: "Search",
  belief: "Your belief",
  nudge: "Suggestion",
  own: "You",
  edit: "You",
  grid: "You",
};

/** Where a trial comes from: "Search", "You, edited from #3". */
export function originWords({ origin, parent }: Pick<Row, "origin" | "parent">): string {
  if (parent !== null && origin === "edit") return `You, edited from #${parent}`;
  if (parent !== null && origin === "grid") return `You, grid around #${parent}`;
  if (parent !== null && origin === "start") return `Based on #${parent}`;
  return ORIGINS[origin];
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

/** The name of a family's colour; anything but a plain word falls back to grey. */
export function familyHue(families: ReadonlyMap<string, FamilyInfo>, name: string): string {
  const colour = families.get(name)?.colour ?? "base";
  return /^[a-z0-9-]+$/i.test(colour) ? colour : "base";
}

/** The CSS variable of a colour of families. */
export function hueColour(hue: string): string {
  return hue === "base" ? "var(--f-base)" : `var(--f-${hue}, var(--f-base))`;
}

export function familyColour(families: ReadonlyMap<string, FamilyInfo>, name: string): string {
  return hueColour(familyHue(families, name));
}

export function byName(families: readonly FamilyInfo[]): Map<string, FamilyInfo> {
  return new Map(families.map((family) => [family.name, family]));
}
