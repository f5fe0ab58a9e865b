import type { Value } from "../../protocol/commands";
import type { FamilyInfo, ParameterInfo, RangeInfo } from "../../protocol/messages";
import type { Row } from "../../store/row";
import { among, type Bounds, isBounds, type Target } from "../../words/draft";

/** State of a trial in the strips: scored, stopped without a comparable score, or running. */
export const SCORED = 0;
export const STOPPED = 1;
export const IN_WORK = 2;

/** A family's trials by column, for pictures: the same index is the same trial. */
export interface FamilyTable {
  readonly numbers: Int32Array;
  /** NaN without a comparable score. */
  readonly scores: Float64Array;
  /** Height in a strip, 0 to 1: good trials fill it, the worst are at the bottom. */
  readonly heights: Float32Array;
  readonly marks: Uint8Array;
  readonly own: Uint8Array;
  /** 1 for trials outside today's space and discarded ones. */
  readonly grey: Uint8Array;
  /** By hyperparameter; of a choice, its place in `choicesOf`. NaN where there is none. */
  readonly columns: readonly Float64Array[];
  /** Index of the best trial inside the space; -1 if there is none. */
  readonly best: number;
  readonly scored: number;
}

/** Every choice that there is to show, those of the estimator first. */
export function choicesOf(parameter: ParameterInfo, range: RangeInfo | undefined): Value[] {
  const all = [...(parameter.legal ?? []), ...(parameter.choices ?? []), ...(range?.choices ?? [])];
  return all.filter((one, i) => all.indexOf(one) === i);
}

const REACH = 1.5;

export function tableOf(
  rows: Iterable<Row>,
  family: FamilyInfo,
  ranges: ReadonlyMap<string, RangeInfo>,
  grey: ReadonlySet<number>,
): FamilyTable {
  const own: Row[] = [];
  for (const row of rows) if (row.family === family.name && row.state !== "failed") own.push(row);
  const count = own.length;
  const table = {
    numbers: new Int32Array(count),
    scores: new Float64Array(count).fill(Number.NaN),
    heights: new Float32Array(count),
    marks: new Uint8Array(count),
    own: new Uint8Array(count),
    grey: new Uint8Array(count),
    columns: family.parameters.map(() => new Float64Array(count).fill(Number.NaN)),
  };
  let best = -1;
  let scored = 0;
  own.forEach((row, i) => {
    const compares = row.state === "complete" && row.score !== null;
    table.numbers[i] = row.number;
    table.marks[i] = compares ? SCORED : row.state === "stopped" ? STOPPED : IN_WORK;
    table.own[i] = row.author === "you" ? 1 : 0;
    table.grey[i] = grey.has(row.number) ? 1 : 0;
    if (!compares || row.score === null) return;
    scored += 1;
    table.scores[i] = row.score;
    if (table.grey[i] === 0 && !(row.score <= (table.scores[best] ?? Number.NEGATIVE_INFINITY))) best = i;
  });
  family.parameters.forEach((parameter, at) => {
    const column = table.columns[at];
    if (column === undefined) return;
    const choices =
      parameter.kind === "categorical" ? choicesOf(parameter, ranges.get(parameter.name)) : null;
    own.forEach((row, i) => {
      const value = row.values[at];
      if (choices !== null) {
        const place = value === undefined ? -1 : choices.indexOf(value);
        if (place >= 0) column[i] = place;
      } else if (typeof value === "number") column[i] = value;
    });
  });
  spread(table.scores, table.heights);
  return { ...table, best, scored };
}

/** Heights from scores; the scale reaches down as far as the progress chart's. */
function spread(scores: Float64Array, heights: Float32Array): void {
  const sorted = scores.filter((score) => !Number.isNaN(score)).sort();
  const top = sorted.at(-1) ?? 0;
  const low = sorted[0] ?? 0;
  const quarter = sorted[Math.floor((sorted.length - 1) / 4)] ?? low;
  const floor = top > quarter ? Math.max(low, quarter - REACH * (top - quarter)) : low;
  for (let i = 0; i < scores.length; i += 1) {
    const score = scores[i] ?? Number.NaN;
    heights[i] = Number.isNaN(score) ? 0 : top > floor ? Math.max(0, (score - floor) / (top - floor)) : 0.5;
  }
}

/** Which trials would count under these targets: 1 inside, 0 outside. */
export function insideOf(
  table: FamilyTable,
  family: FamilyInfo,
  targets: readonly (Target | undefined)[],
  choices: readonly (readonly Value[])[],
  included: boolean,
  discarded: ReadonlySet<number>,
): Uint8Array {
  const count = table.numbers.length;
  const inside = new Uint8Array(count).fill(included ? 1 : 0);
  if (!included) return inside;
  family.parameters.forEach((_, at) => {
    const target = targets[at];
    const column = table.columns[at];
    if (target === undefined || column === undefined) return;
    if (isBounds(target)) between(column, target, inside);
    else {
      const held = (choices[at] ?? []).map((one) => among(one, target.choices));
      for (let i = 0; i < count; i += 1) if (held[column[i] ?? -1] !== true) inside[i] = 0;
    }
  });
  for (let i = 0; i < count; i += 1) if (discarded.has(table.numbers[i] ?? -1)) inside[i] = 0;
  return inside;
}

function between(column: Float64Array, { low, high }: Bounds, inside: Uint8Array): void {
  for (let i = 0; i < column.length; i += 1) {
    const value = column[i] ?? Number.NaN;
    if (!(value >= low && value <= high)) inside[i] = 0;
  }
}

/** The least and the greatest value that was tried; null when none was. */
export function extent(column: Float64Array): { low: number; high: number } | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of column) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : null;
}
