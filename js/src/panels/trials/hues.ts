/** The colours of families that tell trials of one family apart, by the names of their CSS variables. */
const MORE = ["lgbm", "linear", "trees", "cat", "mlp", "xgb", "tree"] as const;

/** A colour for each trial: that of its family, for the first of each; the others take one that is free. */
export function distinctHues(families: readonly string[]): string[] {
  const wanted = new Set(families);
  const free: string[] = MORE.filter((one) => !wanted.has(one));
  const taken = new Set<string>();
  return families.map((family) => {
    const hue = taken.has(family) ? (free.shift() ?? family) : family;
    taken.add(hue);
    return hue;
  });
}
