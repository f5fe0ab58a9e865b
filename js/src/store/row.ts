import type { Value } from "../protocol/commands";
import type { Author, Origin, State, TrialMark, TrialRow } from "../protocol/messages";

/** A trial as the dashboard holds it. */
export interface Row {
  readonly number: number;
  readonly state: State;
  readonly family: string;
  readonly score: number | null;
  readonly std: number | null;
  readonly folds: number;
  readonly seconds: number;
  readonly finishedAt: number | null;
  readonly author: Author;
  readonly origin: Origin;
  readonly parent: number | null;
  readonly generation: number;
  readonly values: readonly Value[];
  /** Further objectives in their units, in the order of `Status.measured`; missing ones are not measured. */
  readonly measures: readonly (number | null)[];
}

const finite = (value: number | null) => (value !== null && Number.isFinite(value) ? value : null);

export function toRow(wire: TrialRow): Row {
  return {
    number: wire[0],
    state: wire[1],
    family: wire[2],
    score: finite(wire[3]),
    std: finite(wire[4]),
    folds: wire[5],
    seconds: wire[6],
    finishedAt: finite(wire[7]),
    author: wire[8],
    origin: wire[9],
    parent: wire[10],
    generation: wire[11],
    values: wire[12],
    measures: wire[13].map(finite),
  };
}

/** A row after a mark. */
export function marked(row: Row, mark: TrialMark): Row {
  return {
    ...row,
    state: mark[1],
    score: finite(mark[2]),
    std: finite(mark[3]),
    folds: mark[4],
    seconds: mark[5],
    finishedAt: finite(mark[6]),
    measures: mark[7].map(finite),
  };
}

/** The best complete trials, best first. */
export function leaders(rows: Iterable<Row>, count: number): Row[] {
  const best: Row[] = [];
  for (const row of rows) {
    if (row.state !== "complete" || row.score === null) continue;
    const last = best[best.length - 1];
    if (best.length === count && last !== undefined && row.score <= (last.score ?? 0)) continue;
    let at = best.length;
    while (at > 0 && (best[at - 1]?.score ?? 0) < row.score) at -= 1;
    best.splice(at, 0, row);
    if (best.length > count) best.pop();
  }
  return best;
}
