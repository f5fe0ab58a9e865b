import type { Value } from "../protocol/commands";
import type { FamilyInfo, ParameterInfo, Steering } from "../protocol/messages";
import { holds, targetOf } from "./draft";

/** A family as it is searched today: the ranges are today's, and the defaults lie in them. */
export function todaysFamily(family: FamilyInfo, steering: Steering | null): FamilyInfo {
  if (steering === null) return family;
  const ranges = new Map(steering.ranges.map((range) => [range.name, range]));
  const parameters = family.parameters.map((parameter): ParameterInfo => {
    const range = ranges.get(parameter.name);
    if (range === undefined) return parameter;
    const { low, high, log, choices } = range;
    return { ...parameter, low, high, log, choices, default: inside(parameter.default, range) };
  });
  return { ...family, parameters };
}

function inside(value: Value, range: Steering["ranges"][number]): Value {
  if (holds(targetOf(range), value)) return value;
  if (range.choices !== null) return range.choices[0] ?? null;
  if (typeof value !== "number") return range.low;
  return Math.min(Math.max(value, range.low ?? value), range.high ?? value);
}

/** A trial's values by name, as a command wants them. */
export function configOf(family: FamilyInfo, values: readonly Value[]): Record<string, Value> {
  const pairs = family.parameters.map((parameter, i) => [parameter.name, values[i] ?? null]);
  return { family: family.name, ...Object.fromEntries(pairs) };
}

/** A configuration's values in the order of the family; null for missing ones. */
export function valuesOf(family: FamilyInfo, config: Readonly<Record<string, Value>>): Value[] {
  return family.parameters.map((parameter) =>
    Object.hasOwn(config, parameter.name) ? (config[parameter.name] ?? null) : parameter.default,
  );
}
