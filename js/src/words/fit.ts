import type { FitInfo } from "../protocol/messages";
import { formatCount, formatDuration } from "./numbers";

/** A shorter fit ends before its progress could be read. */
const READABLE_SECONDS = 2;

/** The fits of a trial that have run long enough to read about them, oldest first. */
export function longFits(fits: readonly FitInfo[], trial: number, elapsed: number): FitInfo[] {
  return fits.filter((fit) => fit.trial === trial && elapsed - fit.started >= READABLE_SECONDS);
}

/** "fold 2 of 5, round 180 of up to 500, 12 s". */
export function fitWords(fit: FitInfo, folds: number, elapsed: number): string {
  const { rounds, most } = fit;
  const of = fit.choosing ? "of up to" : "of";
  const done =
    rounds === null || most === null ? "" : `, round ${formatCount(rounds)} ${of} ${formatCount(most)}`;
  return `fold ${fit.fold} of ${folds}${done}, ${formatDuration(Math.round(Math.max(0, elapsed - fit.started)))}`;
}

/** The share of its rounds that a fit has done; null if it has none, or if their number is being chosen. */
export function shareDone({ rounds, most, choosing }: FitInfo): number | null {
  return rounds === null || most === null || choosing ? null : Math.min(1, rounds / most);
}
