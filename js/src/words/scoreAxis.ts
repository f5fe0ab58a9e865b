import type { MetricInfo } from "../protocol/messages";
import type { Row } from "../store/row";
import { shown } from "./numbers";

/** One axis for the scores of many trials, in the units on screen. */
export interface ScoreAxis {
  readonly low: number;
  readonly high: number;
  /** The best score. */
  readonly best: number;
}

/** An axis over the complete trials and their spreads. Trials far below the others (Tukey's fence) lie beyond its end. */
export function scoreAxis(rows: readonly Row[], metric: MetricInfo): ScoreAxis | null {
  const points = rows.filter((row) => row.state === "complete" && row.score !== null);
  const scores = points.map((row) => row.score ?? 0).sort((a, b) => a - b);
  const best = scores.at(-1);
  if (best === undefined) return null;
  const quartile = (share: number) => scores[Math.floor(share * (scores.length - 1))] ?? best;
  const fence = quartile(0.25) - 1.5 * (quartile(0.75) - quartile(0.25));
  const near = points.filter((row) => (row.score ?? 0) >= fence);
  const low = Math.min(...near.map((row) => (row.score ?? 0) - (row.std ?? 0)));
  const high = Math.max(...near.map((row) => (row.score ?? 0) + (row.std ?? 0)));
  const room = 0.04 * (high - low) || Math.abs(best) * 0.01 || 1;
  const ends = [shown(low - room, metric), shown(high + room, metric)];
  return { low: Math.min(...ends), high: Math.max(...ends), best: shown(best, metric) };
}

/** Where a value lies on the axis: 0 to 1; outside for values beyond an end. */
export function along({ low, high }: ScoreAxis, value: number): number {
  return (value - low) / (high - low);
}
