import type { ConstraintInfo, MetricInfo, ObjectiveInfo } from "../protocol/messages";
import type { Row } from "../store/row";
import { formatBytes, formatCount, formatDuration, formatValue } from "./numbers";

type Measure = Pick<ObjectiveInfo, "unit" | "points">;

/** Milliseconds, as a prediction time has them everywhere. */
export const MS: Measure = { unit: "ms", points: false };

/** Units that are words: they are in the column head, not in each cell. */
const WORDS = new Set(["learned values", "columns"]);

const short = (value: number) =>
  Math.abs(value) >= 1000
    ? formatCount(Math.round(value))
    : formatValue(Number(value.toPrecision(3)))
        .replace(/(\.\d*?)0+$/, "$1")
        .replace(/\.$/, "");

/** A value with its unit. */
export function formatMeasure(value: number, { unit, points }: Measure): string {
  if (!Number.isFinite(value)) return "–";
  if (unit === "ms") return value < 10 ? `${Number(value.toPrecision(2))} ms` : formatDuration(value / 1000);
  if (unit === "s") return formatDuration(value);
  if (unit === "MB" && value >= 0) return formatBytes(Math.round(value * 1e6));
  if (unit === "") return points ? formatValue(value) : short(value);
  return `${short(value)} ${unit}`;
}

/** The same without the unit, which the column head shows. */
export function formatCell(value: number, measure: Measure): string {
  return WORDS.has(measure.unit) ? short(value) : formatMeasure(value, measure);
}

/** A value at an axis: as few digits as tell the ticks apart. */
export function formatTick(value: number, measure: Measure): string {
  const rounded = Number(value.toPrecision(3));
  if (measure.unit === "" || WORDS.has(measure.unit)) return short(rounded);
  return formatMeasure(rounded, measure);
}

/** "complexity, learned values", "prediction time". */
export function headOf({ label, unit }: Pick<ObjectiveInfo, "label" | "unit">): string {
  return WORDS.has(unit) && !label.includes(unit) ? `${label}, ${unit}` : label;
}

/** The values of trials by the name of an objective, as people read them. */
export type Reader = (row: Row, name: string) => number | null;

export function reader(metric: MetricInfo, measured: readonly string[]): Reader {
  const at = new Map(measured.map((name, i) => [name, i]));
  return (row, name) => {
    if (row.state !== "complete") return null;
    if (name === metric.scorer) return row.score === null ? null : metric.sign * row.score;
    const index = at.get(name);
    return index === undefined ? null : (row.measures[index] ?? null);
  };
}

export type Rule = Pick<ConstraintInfo, "about" | "op" | "limit" | "families" | "label" | "text">;

/** True if a trial satisfies a constraint; null while that is unknown. */
export function keeps(row: Row, rule: Rule, read: Reader): boolean | null {
  if (rule.op === "in") return rule.families.includes(row.family);
  const value = read(row, rule.about);
  if (value === null || rule.limit === null) return null;
  switch (rule.op) {
    case "<":
      return value < rule.limit;
    case "<=":
      return value <= rule.limit;
    case ">":
      return value > rule.limit;
    case ">=":
      return value >= rule.limit;
  }
}

const SIDES: Record<ConstraintInfo["op"], string> = {
  "<": "below",
  "<=": "at most",
  ">": "above",
  ">=": "at least",
  in: "one of",
};

/** The side of an objective that a constraint is on: there is at most one, and it stays the same while its limit moves. */
export function sideOf({ about, op }: Pick<ConstraintInfo, "about" | "op">): string {
  return `${op.slice(0, 1)} ${about}`;
}

/** A constraint in words: "prediction time below 5 ms". */
export function constraintWords(rule: Rule, measure: Measure, familyLabel: (name: string) => string): string {
  if (rule.op === "in") return `model is one of ${rule.families.map(familyLabel).join(", ")}`;
  return `${rule.label} ${SIDES[rule.op]} ${formatMeasure(rule.limit ?? 0, measure)}`;
}

/** The reason why a trial violates the constraints; "" if it satisfies them. */
export function whyBroken(
  row: Row,
  rules: readonly Rule[],
  read: Reader,
  measureOf: (name: string) => Measure,
): string {
  for (const rule of rules) {
    const kept = keeps(row, rule, read);
    if (kept === true) continue;
    if (kept === null) return `${rule.label} is not measured; the constraint is ${rule.text}`;
    if (rule.op === "in") return "this model is not among the allowed ones";
    const value = read(row, rule.about);
    const measure = measureOf(rule.about);
    return `${rule.label} is ${value === null ? "unknown" : formatMeasure(value, measure)}; the constraint is ${SIDES[rule.op]} ${formatMeasure(rule.limit ?? 0, measure)}`;
  }
  return "";
}

/** A utility from 0, the worst of the front, to 100, the best. */
export function formatWorth(worth: number): string {
  return String(Math.round(100 * Math.min(1, Math.max(0, worth))));
}
