import type { ViewOffer, Views } from "../../protocol/messages";

/** The target of a selected mark or cell. */
export type Target =
  | { to: "column"; column: string }
  | { to: "row"; row: number }
  | { to: "trial"; trial: number }
  | { to: "rows"; rows: readonly number[]; words: string };

export type Bounds = Pick<Views, "columns" | "rows">;
type Known = Pick<ViewOffer, "name" | "level">;

const isPlace = (value: unknown, below: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value < below;

/** The target of a row of a view's data: rows of the table first, then a column; or a trial of the search. */
export function pickOf(offer: Known, datum: unknown, bounds: Bounds): Target | null {
  if (typeof datum !== "object" || datum === null) return null;
  const one = datum as Readonly<Record<string, unknown>>;
  if (offer.level === "model") {
    if (Array.isArray(one.examples)) return examples(one, bounds);
    return pickOfCell(offer, "row", one.row, bounds) ?? pickOfCell(offer, "column", one.column, bounds);
  }
  for (const field of ["trial", "number", "row"]) {
    const found = pickOfCell(offer, field, one[field], bounds);
    if (found !== null) return found;
  }
  return null;
}

/** The target of one cell of the table behind a view. */
export function pickOfCell(
  offer: Known,
  field: string,
  value: unknown,
  { columns, rows }: Bounds,
): Target | null {
  if (offer.level === "model") {
    // The places of the cells in its matrix have these names too.
    if (offer.name === "confusion") return null;
    if (field === "row" && isPlace(value, rows)) return { to: "row", row: value };
    if (field === "column" && typeof value === "string" && columns.includes(value)) {
      return { to: "column", column: value };
    }
    return null;
  }
  if (field === "row" && offer.name === "disagreement") {
    return isPlace(value, rows) ? { to: "row", row: value } : null;
  }
  const trials = field === "trial" || (field === "number" && offer.name === "course");
  return trials && isPlace(value, Number.MAX_SAFE_INTEGER) ? { to: "trial", trial: value } : null;
}

function examples(one: Readonly<Record<string, unknown>>, { rows: count }: Bounds): Target | null {
  const rows = (one.examples as unknown[]).filter((row): row is number => isPlace(row, count));
  if (rows.length === 0) return null;
  const words = `class ${String(one.truth)}, predicted as ${String(one.predicted)}`;
  return { to: "rows", rows, words };
}
