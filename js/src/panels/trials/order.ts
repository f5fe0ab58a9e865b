import type { FamilyInfo, State } from "../../protocol/messages";
import type { Row } from "../../store/row";
import type { Worth } from "../../store/session";
import type { ColumnId, Filter, Sort } from "../../store/ui";
import type { Reader } from "../../words/objective";
import { familyLabel, originWords, stateWords } from "../../words/trial";

type Families = ReadonlyMap<string, FamilyInfo>;
type Key = number | string | null;

export const STATES: readonly State[] = ["complete", "running", "queued", "stopped", "failed"];

/** Scores over fewer folds are not comparable: sorted by score either way, complete trials come first. */
const RANK: Record<State, number> = { complete: 0, running: 1, stopped: 2, queued: 3, failed: 4 };

/** Values besides those of the rows: further objectives and utilities. */
export interface Beside {
  read: Reader;
  worth: ReadonlyMap<number, Worth> | null;
}

const ALONE: Beside = { read: () => null, worth: null };

export const MEASURE = "measure:";

export function keyOf(
  column: ColumnId,
  families: Families,
  { read, worth }: Beside = ALONE,
): (row: Row) => Key {
  if (column.startsWith(MEASURE)) {
    const name = column.slice(MEASURE.length);
    return (row) => read(row, name);
  }
  const keys: Partial<Record<ColumnId, (row: Row) => Key>> = {
    number: (row) => row.number,
    family: (row) => familyLabel(families, row.family).toLowerCase(),
    score: (row) => row.score,
    worth: (row) => worth?.get(row.number)?.worth ?? null,
    folds: (row) => row.folds,
    seconds: (row) => row.seconds,
    finished: (row) => row.finishedAt,
    state: (row) => STATES.indexOf(row.state),
    by: (row) => `${row.author} ${originWords(row)}`,
  };
  return keys[column] ?? ((row) => row.number);
}

const NONE: ReadonlySet<number> = new Set();

export function matches(
  row: Row,
  filter: Filter,
  families: Families,
  grey: ReadonlySet<number> = NONE,
): boolean {
  if (filter.standing !== "" && grey.has(row.number) !== (filter.standing === "outside")) return false;
  if (filter.family !== "" && row.family !== filter.family) return false;
  if (filter.state !== "" && row.state !== filter.state) return false;
  if (filter.author !== "" && row.author !== filter.author) return false;
  const text = filter.text.trim().toLowerCase();
  if (text === "") return true;
  if (text.startsWith("#")) return String(row.number) === text.slice(1);
  const family = familyLabel(families, row.family);
  const said =
    `${row.number} ${family} ${stateWords(row.state)} ${originWords(row)} ${row.author}`.toLowerCase();
  return text.split(/\s+/).every((word) => said.includes(word));
}

/** The rows that pass the filter, sorted; rows without a value come last. */
export function arranged(
  rows: Iterable<Row>,
  sort: Sort,
  filter: Filter,
  families: Families,
  grey: ReadonlySet<number> = NONE,
  beside: Beside = ALONE,
  within: (row: Row) => boolean = () => true,
): Row[] {
  const key = keyOf(sort.column, families, beside);
  const ranked = sort.column === "score" || sort.column === "worth";
  const kept: { row: Row; key: Key; rank: number }[] = [];
  for (const row of rows) {
    if (!matches(row, filter, families, grey) || !within(row)) continue;
    kept.push({ row, key: key(row), rank: ranked ? RANK[row.state] : 0 });
  }
  const way = sort.descending ? -1 : 1;
  kept.sort((a, b) => {
    if (a.rank !== b.rank) return a.rank - b.rank;
    if (a.key === b.key) return a.row.number - b.row.number;
    if (a.key === null) return 1;
    if (b.key === null) return -1;
    return a.key < b.key ? -way : way;
  });
  return kept.map((one) => one.row);
}
