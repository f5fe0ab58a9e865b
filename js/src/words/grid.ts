import type { Value } from "../protocol/commands";
import type { ParameterInfo } from "../protocol/messages";
import { parseSetting } from "./form";
import { formatSetting } from "./numbers";
import { tidy, valueAt } from "./scale";

export const MOST_IN_GRID = 200;
const POINTS = 7;

/** Values over today's range, equally far apart on the scale of the search; all choices of a choice. */
export function gridValues(parameter: ParameterInfo): Value[] {
  if (parameter.kind === "categorical") return [...(parameter.choices ?? [])];
  const low = parameter.low ?? 0;
  const high = parameter.high ?? low;
  if (low === high) return [low];
  const scale = { low, high, log: parameter.log };
  const whole = parameter.kind === "int";
  const values = Array.from({ length: POINTS }, (_, i) => {
    if (i === 0) return low;
    if (i === POINTS - 1) return high;
    return tidy(valueAt(scale, i / (POINTS - 1)), scale, whole);
  });
  return [...new Set(values)];
}

export type Grid = { ok: true; values: Value[] } | { ok: false; message: string };

/** Reads values that were typed with spaces between; choices by the words they are shown in. */
export function readGrid(parameter: ParameterInfo, text: string): Grid {
  const parts = text.split(/[\s;]+/).filter((part) => part !== "" && part !== ",");
  if (parts.length === 0) return { ok: false, message: "Enter at least one value." };
  if (parts.length > MOST_IN_GRID)
    return { ok: false, message: `Enter at most ${MOST_IN_GRID} values; got ${parts.length}.` };
  const values: Value[] = [];
  for (const part of parts) {
    const read = parameter.kind === "categorical" ? chosen(parameter, part) : part.replace(/,$/, "");
    const parsed = parseSetting(parameter, read);
    if (!parsed.ok) return parsed;
    if (!values.includes(parsed.value)) values.push(parsed.value);
  }
  return { ok: true, values };
}

function chosen(parameter: ParameterInfo, word: string): string {
  const bare = word.replace(/,$/, "");
  return String((parameter.choices ?? []).findIndex((choice) => formatSetting(choice) === bare));
}
