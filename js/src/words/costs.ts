/** The cost of each prediction as typed: a row for each true class. */
export type TypedCosts = readonly (readonly string[])[];

/** No prediction that is right costs anything; every mistake costs the same. */
export function plainCosts(classes: number): string[][] {
  return Array.from({ length: classes }, (_, i) =>
    Array.from({ length: classes }, (_, j) => (i === j ? "0" : "1")),
  );
}

/** The numbers of a matrix; null while a cell is none. */
export function readCosts(typed: TypedCosts): number[][] | null {
  const rows = typed.map((row) =>
    row.map((text) => (text.trim() === "" ? Number.NaN : Number(text.replaceAll(",", "")))),
  );
  return rows.every((row) => row.every(Number.isFinite)) ? rows : null;
}

/** A short Python name made from a label, and not among those taken. */
export function nameOf(label: string, taken: ReadonlySet<string>): string {
  const word = label
    .toLowerCase()
    .replaceAll("ß", "ss")
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^[_0-9]+|_+$/g, "")
    .slice(0, 50);
  const base = word === "" ? "cost" : word;
  let name = base;
  for (let count = 2; taken.has(name); count += 1) name = `${base}_${count}`;
  return name;
}
