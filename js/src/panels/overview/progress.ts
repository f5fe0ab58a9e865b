import type { ProgressPoint } from "../../charts/ProgressChart";
import type { Baseline, FamilyInfo } from "../../protocol/messages";
import type { Row } from "../../store/row";
import { familyLabel } from "../../words/trial";

/** The finished trials as the chart wants them. */
export function progressPoints(
  rows: Iterable<Row>,
  families: ReadonlyMap<string, FamilyInfo>,
  baselines: readonly Baseline[],
  grey: ReadonlySet<number> = new Set(),
  past: ReadonlyMap<number, number> = new Map(),
): ProgressPoint[] {
  const labels = new Map(baselines.map((baseline) => [baseline.number, baseline.label]));
  const points: ProgressPoint[] = [];
  for (const row of rows) {
    if (row.state !== "complete" || row.score === null) continue;
    const baseline = labels.get(row.number);
    const outside = grey.has(row.number);
    points.push({
      number: row.number,
      finished_at: row.finishedAt,
      score: row.score,
      std: row.std,
      family: row.family,
      hue: outside ? "base" : (families.get(row.family)?.colour ?? "base"),
      own: row.author === "you",
      baseline: baseline !== undefined,
      outside,
      past: past.get(row.number) ?? 0,
      label: baseline ?? familyLabel(families, row.family),
    });
  }
  return points;
}

/** Families in the order in which they first appeared, for the legend. */
export function seenFamilies(points: readonly ProgressPoint[]): string[] {
  return [...new Set(points.map((point) => point.family))];
}

const MOST = 600;

/** Milliseconds between drawings: the eye needs no more. */
export function redrawEvery(points: number): number {
  return points < 300 ? 250 : 1000;
}

export interface Thinned {
  points: readonly ProgressPoint[];
  /** One trial in so many is drawn. */
  step: number;
}

/** Thins out trials if there are too many to see; keeps baselines, the user's, and each new best of its data. */
export function thinned(points: readonly ProgressPoint[], most = MOST): Thinned {
  const step = Math.ceil(points.length / most);
  if (step <= 1) return { points, step: 1 };
  const best = new Map<number, number>();
  const kept = points.filter((point, i) => {
    const leads = point.score > (best.get(point.past) ?? Number.NEGATIVE_INFINITY);
    if (leads) best.set(point.past, point.score);
    return leads || point.own || point.baseline || i % step === 0 || i === points.length - 1;
  });
  return { points: kept, step };
}

export interface Below {
  count: number;
  /** The end of the axis, in the units on screen. */
  floor: number;
}

/** The trials that the chart marks at the end of its axis, because they are far below the others; as in its spec. */
export function below(points: readonly ProgressPoint[], sign: number): Below | null {
  const searched = points.filter((one) => !one.baseline && one.past === 0).map((one) => one.score);
  searched.sort((a, b) => a - b);
  const top = searched.at(-1);
  if (top === undefined) return null;
  const place = 0.25 * (searched.length - 1);
  const [from = top, to = top] = [searched[Math.floor(place)], searched[Math.ceil(place)]];
  const quarter = from + (place % 1) * (to - from);
  const low = Math.min(...points.map((one) => one.score));
  const cut = top > quarter ? quarter - 1.5 * (top - quarter) : low;
  const reference = Math.max(...points.filter((one) => one.baseline).map((one) => one.score));
  const floor = Math.max(low, Number.isFinite(reference) ? Math.min(cut, reference) : cut);
  const count = points.filter((one) => one.score < floor).length;
  return count === 0 ? null : { count, floor: sign * floor };
}
