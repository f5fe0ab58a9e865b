import type { ObjectiveInfo } from "../protocol/messages";
import type { Row } from "../store/row";
import { countWords } from "./numbers";
import type { Reader } from "./objective";

type Aim = Pick<ObjectiveInfo, "name" | "label" | "direction">;

/** A trial of the Pareto front that another trial dominates on the two axes in sight. */
export interface Saved {
  /** The best of the trials that are at least as good on both axes. */
  readonly by: number;
  /** Other objectives in which the trial is better than that one. */
  readonly labels: readonly string[];
}

/** The trials of the front that are dominated on the shown axes, with the objectives that keep them on the front. */
export function savedOn(
  rows: readonly Row[],
  front: readonly number[],
  objectives: readonly Aim[],
  axes: readonly [Aim, Aim],
  read: Reader,
): Map<number, Saved> {
  const others = objectives.filter(({ name }) => axes.every((axis) => axis.name !== name));
  const found = new Map<number, Saved>();
  if (others.length === 0) return found;
  const goodness = (row: Row, { name, direction }: Aim) => {
    const value = read(row, name);
    return value === null ? null : direction === "higher" ? value : -value;
  };
  const placed = rows.flatMap((row) => {
    const [x, y] = [goodness(row, axes[0]), goodness(row, axes[1])];
    return x === null || y === null ? [] : [{ row, x, y }];
  });
  const members = new Set(front);
  for (const one of placed) {
    if (!members.has(one.row.number)) continue;
    const above = placed.filter(({ x, y }) => x >= one.x && y >= one.y && (x > one.x || y > one.y));
    const [best, ...rest] = above;
    if (best === undefined) continue;
    const rival = rest.reduce((a, b) => (b.y > a.y || (b.y === a.y && b.x > a.x) ? b : a), best);
    const labels = others
      .filter((aim) => {
        const [own, its] = [goodness(one.row, aim), goodness(rival.row, aim)];
        return own !== null && its !== null && own > its;
      })
      .map(({ label }) => label);
    if (labels.length > 0) found.set(one.row.number, { by: rival.row.number, labels });
  }
  return found;
}

/** "Dominated by #7 on these axes; better in complexity, so on the Pareto front." */
export function savedWords({ by, labels }: Saved): string {
  return `Dominated by #${by} on these axes; on the Pareto front because it is better in ${labels.join(" and ")}.`;
}

/** All of them in one sentence; "" if there are none. */
export function savedSentence(saved: ReadonlyMap<number, Saved>): string {
  if (saved.size === 0) return "";
  const labels = [...new Set([...saved.values()].flatMap((one) => one.labels))];
  const many = `${countWords(saved.size, "circled model")} ${saved.size === 1 ? "is" : "are"}`;
  return `${many} dominated on these two axes, and on the Pareto front because of ${labels.join(" or ")}.`;
}
