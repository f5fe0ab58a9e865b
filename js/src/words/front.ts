import type { ObjectiveInfo } from "../protocol/messages";
import type { Row } from "../store/row";
import type { Reader } from "./objective";
import { niceStep, place, type Scale, tidy } from "./scale";

export type Measured = Pick<ObjectiveInfo, "name" | "label" | "unit" | "direction" | "log" | "points">;

/** Mark of a trial in the trade-off chart. */
export const PLAIN = 0;
export const FRONT = 1;
export const BROKEN = 2;

/** Trials with all their values, for pictures: the same index is the same trial. */
export interface Cloud {
  readonly numbers: Int32Array;
  readonly families: readonly string[];
  readonly marks: Uint8Array;
  /** A column for each objective, as people read it. */
  readonly columns: readonly Float64Array[];
}

/** The complete trials that have a value of every one of these objectives. */
export function cloudOf(
  rows: Iterable<Row>,
  objectives: readonly Measured[],
  read: Reader,
  front: ReadonlySet<number>,
  broken: ReadonlySet<number>,
): Cloud {
  const kept: { row: Row; values: number[] }[] = [];
  for (const row of rows) {
    if (row.state !== "complete") continue;
    const values: number[] = [];
    for (const one of objectives) {
      const value = read(row, one.name);
      if (value === null || (one.log && value <= 0)) break;
      values.push(value);
    }
    if (values.length === objectives.length) kept.push({ row, values });
  }
  return {
    numbers: Int32Array.from(kept, ({ row }) => row.number),
    families: kept.map(({ row }) => row.family),
    marks: Uint8Array.from(kept, ({ row }) =>
      broken.has(row.number) ? BROKEN : front.has(row.number) ? FRONT : PLAIN,
    ),
    columns: objectives.map((_, i) => Float64Array.from(kept, ({ values }) => values[i] ?? Number.NaN)),
  };
}

const REACH = 1.5;
/** Trials of the front within this many quarter ranges extend the axis. */
const FAR = 4;
const ROOM = 0.05;

/**
 * The axis of an objective, from the best value to where poor ones begin, or further to include the front. Trials
 * beyond it are drawn at its edge, so that they do not compress the others.
 */
export function axisFor(
  column: Float64Array,
  marks: Uint8Array,
  objective: Measured,
  room: number = ROOM,
): Scale {
  const { log } = objective;
  const higher = objective.direction === "higher";
  const on = (value: number) => (log ? Math.log(value) : value);
  const off = (value: number) => (log ? Math.exp(value) : value);
  const goods = [...column].map((value) => (higher ? on(value) : -on(value))).sort((a, b) => a - b);
  if (goods.length === 0) return log ? { low: 0.1, high: 10, log } : { low: 0, high: 1, log };
  const best = goods.at(-1) ?? 0;
  const quarter = goods[Math.floor((goods.length - 1) / 4)] ?? best;
  const least = goods[0] ?? best;
  let worst = Math.max(least, best > quarter ? quarter - REACH * (best - quarter) : least);
  const far = best > quarter ? best - FAR * (best - quarter) : least;
  column.forEach((value, i) => {
    if (marks[i] === FRONT) worst = Math.min(worst, Math.max(far, higher ? on(value) : -on(value)));
  });
  if (best === worst) worst = best - Math.max(Math.abs(best) * 0.1, log ? 0.5 : 1e-3);
  const length = best - worst;
  const ends = [worst - room * length, best + room * length].map((good) => off(higher ? good : -good));
  return { low: Math.min(...ends), high: Math.max(...ends), log };
}

/** Values to write at an axis: some four of them, all inside. */
export function ticksOf({ low, high, log }: Scale, wanted = 4): number[] {
  if (!(high > low)) return [low];
  if (log && high / low > 12) {
    const leads = high / low > 10 ** (wanted + 1) ? [1] : high / low > 60 ? [1, 3] : [1, 2, 5];
    const ticks: number[] = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
      for (const lead of leads) ticks.push(Number((lead * 10 ** power).toPrecision(3)));
    }
    const inside = ticks.filter((tick) => tick >= low && tick <= high);
    const step = Math.ceil(inside.length / (wanted + 2));
    return inside.filter((_, i) => i % step === 0);
  }
  const step = niceStep((high - low) / wanted);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.min(count, 12) }, (_, i) => Number(((first + i) * step).toPrecision(10)));
}

/**
 * The trials that are not dominated in two objectives, from one end to the other: of the front, or, while the front is
 * not known, of all trials that satisfy the constraints.
 */
export function stairs(cloud: Cloud, x: Measured, y: Measured): number[] {
  const [xs, ys] = cloud.columns;
  if (xs === undefined || ys === undefined) return [];
  const sx = x.direction === "higher" ? -1 : 1;
  const sy = y.direction === "higher" ? -1 : 1;
  const known = cloud.marks.includes(FRONT);
  const order = [...cloud.numbers.keys()].filter((i) =>
    known ? cloud.marks[i] === FRONT : cloud.marks[i] !== BROKEN,
  );
  order.sort((a, b) => sx * ((xs[a] ?? 0) - (xs[b] ?? 0)) || sy * ((ys[a] ?? 0) - (ys[b] ?? 0)));
  let best = Number.POSITIVE_INFINITY;
  return order.filter((i) => {
    const cost = sy * (ys[i] ?? 0);
    if (cost >= best) return false;
    best = cost;
    return true;
  });
}

/** The range of a drag, from low to high, rounded to the precision of the pointer. */
export function rangeOf(scale: Scale, from: number, to: number): [number, number] {
  const [a, b] = [tidy(from, scale, false), tidy(to, scale, false)];
  return a < b ? [a, b] : [b, a];
}

/** Position of a value on the axis, at its edge if it lies beyond. */
export function placed(scale: Scale, value: number): number {
  return Math.min(1, Math.max(0, place(scale, value)));
}
