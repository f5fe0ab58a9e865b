import type { ObjectiveInfo, PreferencesInfo } from "../protocol/messages";
import type { Row } from "../store/row";
import type { Only } from "../store/ui";
import { formatMeasure, type Reader } from "./objective";

/** Further objectives as columns: today's first, then those measured before. */
export function furtherOf(info: PreferencesInfo | null, measured: readonly string[]): ObjectiveInfo[] {
  if (info === null) return [];
  const today = info.objectives.filter((one) => !one.main && measured.includes(one.name));
  const before = info.offered.filter((one) => measured.includes(one.name));
  return [...today, ...before];
}

/** True if a trial is in the selected range. A trial without the measurement is not. */
export function isWithin(row: Row, only: Only, read: Reader): boolean {
  for (const [name, [low, high]] of Object.entries(only)) {
    const value = read(row, name);
    if (value === null) return false;
    if ((low !== null && value < low) || (high !== null && value > high)) return false;
  }
  return true;
}

/** "prediction time 1 ms to 5 ms, ROC AUC at least 0.84". */
export function onlyWords(
  only: Only,
  objectives: readonly Pick<ObjectiveInfo, "name" | "label" | "unit" | "points">[],
): string {
  return Object.entries(only)
    .map(([name, [low, high]]) => {
      const objective = objectives.find((one) => one.name === name);
      const label = objective?.label ?? name;
      const say = (value: number) => formatMeasure(value, objective ?? { unit: "", points: false });
      if (low !== null && high !== null) return `${label} ${say(low)} to ${say(high)}`;
      if (low !== null) return `${label} at least ${say(low)}`;
      return high === null ? "" : `${label} at most ${say(high)}`;
    })
    .filter((text) => text !== "")
    .join(", ");
}

/** With one objective's range changed; an open range is no range. */
export function withRange(only: Only, name: string, low: number | null, high: number | null): Only {
  const others = Object.entries(only).filter(([one]) => one !== name);
  const own = low === null && high === null ? [] : [[name, [low, high] as const] as const];
  return Object.fromEntries([...others, ...own]);
}

/** The limits that make the same cut: only sides beyond which a trial lies. */
export function cutsOf(only: Only, rows: Iterable<Row>, read: Reader): string[] {
  const held = [...rows];
  return Object.entries(only).flatMap(([name, [low, high]]) => {
    const values = held.map((row) => read(row, name)).filter((value) => value !== null);
    const texts: string[] = [];
    if (low !== null && values.some((value) => value < low)) texts.push(`${name} >= ${low}`);
    if (high !== null && values.some((value) => value > high)) texts.push(`${name} <= ${high}`);
    return texts;
  });
}
