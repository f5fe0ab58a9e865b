import type { AnnotationInfo, SessionInfo } from "../../protocol/messages";
import type { Row } from "../../store/row";
import { csv } from "../../words/csv";
import { shown } from "../../words/numbers";

/** Trials as CSV, with all their columns. Scores are in the units on screen. */
export function exported(
  rows: readonly Row[],
  { families, metric }: Pick<SessionInfo, "families" | "metric">,
  measured: readonly string[],
  grey: ReadonlySet<number>,
  annotations: ReadonlyMap<number, AnnotationInfo> = new Map(),
): string {
  const places = new Map<string, Map<string, number>>();
  for (const family of families) {
    family.parameters.forEach(({ name }, i) => {
      const at = places.get(name) ?? new Map<string, number>();
      places.set(name, at.set(family.name, i));
    });
  }
  const head = [
    ...["number", "state", "family", metric.label, "std", "folds", "fit seconds", "finished at (seconds)"],
    ...["proposed by", "origin", "parent", "generation", "counts today", "tags", "note"],
    ...measured,
    ...places.keys(),
  ];
  const lines = rows.map((row) => {
    const score = row.score === null ? null : shown(row.score, metric);
    const settings = [...places.values()].map((at) => {
      const place = at.get(row.family);
      return place === undefined ? null : (row.values[place] ?? "None");
    });
    return [
      ...[row.number, row.state, row.family, score, row.std, row.folds, row.seconds, row.finishedAt],
      ...[row.author, row.origin, row.parent, row.generation, !grey.has(row.number)],
      ...[annotations.get(row.number)?.tags.join(", "), annotations.get(row.number)?.note],
      ...measured.map((_, i) => row.measures[i] ?? null),
      ...settings,
    ];
  });
  return csv(head, lines);
}
