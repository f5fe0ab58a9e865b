import type { ProgressPoint } from "../../charts/ProgressChart";
import type { Baseline, FamilyInfo } from "../../protocol/messages";
import type { Row } from "../../store/row";
import { familyLabel } from "../../words/trial";

/** The finished trials as the chart wants them. */
export function progressPoints(
  rows: Iterable<Row>,
  families: ReadonlyMap<string, FamilyInfo>,
  baselines: readonly Baseline[],
): ProgressPoint[] {
  const labels = new Map(baselines.map((baseline) => [baseline.number, baseline.label]));
  const points: ProgressPoint[] = [];
  for (const row of rows) {
    if (row.state !== "complete" || row.score === null) continue;
    const baseline = labels.get(row.number);
    points.push({
      number: row.number,
      finished_at: row.finishedAt,
      score: row.score,
      std: row.std,
      family: row.family,
      hue: families.get(row.family)?.colour ?? "base",
      own: row.author === "you",
      baseline: baseline !== undefined,
      label: baseline ?? familyLabel(families, row.family),
    });
  }
  return points;
}

/** Families in the order in which they first appeared, for the legend. */
export function seenFamilies(points: readonly ProgressPoint[]): string[] {
  return [...new Set(points.map((point) => point.family))];
}

/** A chart of many points is drawn less often: the eye needs no more. */
export function redrawEvery(points: number): number {
  return points < 500 ? 250 : points < 3000 ? 1000 : 3000;
}
