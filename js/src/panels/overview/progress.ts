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
