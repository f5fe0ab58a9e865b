import type { EditCommand, Value } from "../protocol/commands";
import type { ParameterInfo, RangeInfo, Steering } from "../protocol/messages";
import { formatSetting } from "./numbers";

/** An edit of one hyperparameter; null resets it. */
export type Change = EditCommand["changes"][string];

/** The values that the search may choose for one hyperparameter. */
export type Target =
  | { readonly low: number; readonly high: number; readonly log: boolean }
  | { readonly choices: readonly Value[] };

export type Bounds = Extract<Target, { low: number }>;

/** An edit that is being made: nothing of it is applied. */
export interface Draft {
  readonly targets: Readonly<Record<string, Target>>;
  /** Families to include (true) or exclude (false). */
  readonly families: Readonly<Record<string, boolean>>;
  /** Running trials that fall outside are cancelled instead of finished. */
  readonly cancels: boolean;
}

export const NO_DRAFT: Draft = { targets: {}, families: {}, cancels: false };

export function isBounds(target: Target): target is Bounds {
  return "low" in target;
}

/** True if a choice is among others; as in Python, the type counts too. */
export function among(value: unknown, choices: readonly unknown[]): boolean {
  return choices.some((one) => one === value);
}

export function targetOf(range: Pick<RangeInfo, "low" | "high" | "log" | "choices">): Target {
  if (range.choices !== null) return { choices: range.choices };
  return { low: range.low ?? 0, high: range.high ?? 0, log: range.log };
}

export function sameTarget(one: Target, other: Target): boolean {
  if (isBounds(one)) {
    return isBounds(other) && one.low === other.low && one.high === other.high && one.log === other.log;
  }
  if (isBounds(other) || one.choices.length !== other.choices.length) return false;
  return one.choices.every((choice) => among(choice, other.choices));
}

export function holds(target: Target, value: unknown): boolean {
  if (!isBounds(target)) return among(value, target.choices);
  return typeof value === "number" && target.low <= value && value <= target.high;
}

export function isEmpty(draft: Draft): boolean {
  return Object.keys(draft.targets).length === 0 && Object.keys(draft.families).length === 0;
}

const without = <T>(record: Readonly<Record<string, T>>, name: string): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));

/** A draft with another target for one hyperparameter; a target that is today's leaves the draft. */
export function withTarget(draft: Draft, name: string, target: Target, today: Target): Draft {
  const targets = without(draft.targets, name);
  if (!sameTarget(target, today)) targets[name] = target;
  return { ...draft, targets };
}

export function withFamily(draft: Draft, name: string, included: boolean, today: readonly string[]): Draft {
  const families = without(draft.families, name);
  if (included !== today.includes(name)) families[name] = included;
  return { ...draft, families };
}

/** The rest of a draft after the space has changed. */
export function pruned(draft: Draft, steering: Steering): Draft {
  const today = new Map(steering.ranges.map((range) => [range.name, targetOf(range)]));
  const targets = Object.entries(draft.targets).filter(([name, target]) => {
    const now = today.get(name);
    return now !== undefined && !sameTarget(target, now);
  });
  const families = Object.entries(draft.families).filter(
    ([name, included]) => included !== steering.families.includes(name),
  );
  const same =
    targets.length === Object.keys(draft.targets).length &&
    families.length === Object.keys(draft.families).length;
  if (same) return draft;
  return { ...draft, targets: Object.fromEntries(targets), families: Object.fromEntries(families) };
}

/** The edit that turns today's range into this one. */
export function changeOf(target: Target, today: Target, given: Target): Change {
  if (sameTarget(target, given)) return null;
  if (isBounds(target)) {
    const log = isBounds(today) && today.log;
    if (target.log !== log) return { low: target.low, high: target.high, log: target.log };
    return target.low === target.high ? { fix: target.low } : [target.low, target.high];
  }
  const before = isBounds(today) ? [] : today.choices;
  if (target.choices.length === 1) return { fix: target.choices[0] ?? null };
  const added = target.choices.filter((one) => !among(one, before));
  const removed = before.filter((one) => !among(one, target.choices));
  if (removed.length === 0) return { add: added };
  if (added.length === 0) return { remove: removed };
  return { choices: [...target.choices] };
}

/** The command that applies a draft; null when it holds nothing. */
export function commandOf(
  draft: Draft,
  steering: Steering,
  given: ReadonlyMap<string, ParameterInfo>,
): EditCommand | null {
  const today = new Map(steering.ranges.map((range) => [range.name, targetOf(range)]));
  const changes: Record<string, Change> = {};
  for (const [name, target] of Object.entries(draft.targets)) {
    const now = today.get(name);
    const first = given.get(name);
    if (now === undefined || first === undefined || sameTarget(target, now)) continue;
    changes[name] = changeOf(target, now, targetOf(first));
  }
  const include = Object.keys(draft.families).filter((name) => draft.families[name] === true);
  const exclude = Object.keys(draft.families).filter((name) => draft.families[name] === false);
  if (Object.keys(changes).length + include.length + exclude.length === 0) return null;
  return { type: "edit", changes, include, exclude, running: draft.cancels ? "cancel" : "finish" };
}

/** Moves one end of a range within the legal values and not past the other end. */
export function withEnd(
  target: Bounds,
  end: "low" | "high",
  value: number,
  parameter: Pick<ParameterInfo, "legal_low" | "legal_high">,
): Bounds {
  let next = value;
  if (parameter.legal_low !== null) next = Math.max(next, parameter.legal_low);
  if (parameter.legal_high !== null) next = Math.min(next, parameter.legal_high);
  if (target.log && next <= 0) return target;
  if (end === "low") return { ...target, low: Math.min(next, target.high) };
  return { ...target, high: Math.max(next, target.low) };
}

export type Read = { ok: true; target: Bounds } | { ok: false; message: string };

/** Reads typed bounds, or returns the reason why they are invalid. */
export function readBounds(parameter: ParameterInfo, low: string, high: string, log: boolean): Read {
  const values: number[] = [];
  for (const text of [low, high]) {
    const trimmed = text.trim().replace(",", ".").replace("−", "-");
    const value = trimmed === "" ? Number.NaN : Number(trimmed);
    if (!Number.isFinite(value)) return { ok: false, message: `Enter a number; got “${text.trim()}”.` };
    if (parameter.kind === "int" && !Number.isInteger(value))
      return { ok: false, message: `Enter a whole number; got ${trimmed}.` };
    const illegal = whyNot(parameter, value);
    if (illegal !== "") return { ok: false, message: illegal };
    values.push(value);
  }
  const [from, to] = values as [number, number];
  if (from > to)
    return {
      ok: false,
      message: `The lower bound ${formatSetting(from)} is above the upper bound ${formatSetting(to)}.`,
    };
  if (log && from <= 0)
    return { ok: false, message: "A log scale needs a lower bound above 0. Choose the linear scale first." };
  return { ok: true, target: { low: from, high: to, log } };
}

/** Why the estimator does not take a value; "" when it does. */
export function whyNot(parameter: ParameterInfo, value: number): string {
  const { legal_low: low, legal_high: high } = parameter;
  if (low !== null && value < low) return `${label(parameter)} cannot be below ${formatSetting(low)}.`;
  if (high !== null && value > high) return `${label(parameter)} cannot be above ${formatSetting(high)}.`;
  return "";
}

const label = ({ label, name }: ParameterInfo) => capital(label || name);

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A range in a few words: "0.02 – 0.08", "0.05 only", "gini, entropy". */
export function targetWords(target: Target): string {
  if (!isBounds(target)) {
    const words = target.choices.map(formatSetting);
    return target.choices.length === 1 ? `${words[0]} only` : words.join(", ");
  }
  if (target.low === target.high) return `${formatSetting(target.low)} only`;
  return `${formatSetting(target.low)} – ${formatSetting(target.high)}`;
}
