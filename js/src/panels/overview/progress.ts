import type { AxisBreak, FamilyEnd, ProgressPoint } from "../../charts/ProgressChart";
import type { Baseline, FamilyInfo, MetricInfo } from "../../protocol/messages";
import type { Row } from "../../store/row";
import { countWords, formatValue, shown } from "../../words/numbers";
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

const GAIN = 4;

/** Where the axis breaks so that the best tenth of the trials can be told apart; as `axis_break` in `charts/progress.py`. */
export function axisBreak(
  points: readonly Pick<ProgressPoint, "score" | "baseline" | "past">[],
): AxisBreak | null {
  const searched = points.filter((one) => !one.baseline && one.past === 0).map((one) => one.score);
  searched.sort((a, b) => a - b);
  const top = searched.at(-1);
  if (top === undefined) return null;
  let [low, high, named] = [top, top, Number.NEGATIVE_INFINITY];
  for (const { score, baseline } of points) {
    low = Math.min(low, score);
    high = Math.max(high, score);
    if (baseline) named = Math.max(named, score);
  }
  let floor = Math.min(
    searched[Math.floor((searched.length - 1) / 2)] ?? top,
    top - 4 * (top - quantile(searched, 0.9)),
    top - (top - low) / 50,
  );
  if (top - named <= 2 * (top - floor)) floor = Math.min(floor, named);
  floor -= (top - floor) / 20;
  if (top - low <= GAIN * (top - floor)) return null;
  return { floor, low, high, count: points.filter(({ score }) => score < floor).length };
}

function quantile(ordered: readonly number[], share: number): number {
  const place = share * (ordered.length - 1);
  const [below = 0, above = 0] = [ordered[Math.floor(place)], ordered[Math.ceil(place)]];
  return below + (place % 1) * (above - below);
}

/** The words at the break of the axis, with the digits of the list of trials, in which people count. */
export function breakWords({ floor, count }: AxisBreak, metric: MetricInfo): string {
  const end = formatValue(shown(floor, metric));
  return `${countWords(count, "trial")} ${metric.sign > 0 ? "below" : "above"} ${end}, not to scale`;
}

/** The families of the trials that count, each with its best score. */
export function familyEnds(
  points: readonly ProgressPoint[],
  families: ReadonlyMap<string, FamilyInfo>,
): FamilyEnd[] {
  const ends = new Map<string, FamilyEnd>();
  for (const { family, score, baseline, outside, past } of points) {
    if (outside || past > 0 || (baseline && families.get(family)?.baseline === true)) continue;
    const known = ends.get(family);
    if (known === undefined) {
      const hue = families.get(family)?.colour ?? "base";
      ends.set(family, { name: family, label: familyLabel(families, family), hue, score });
    } else if (score > known.score) known.score = score;
  }
  return [...ends.values()];
}
