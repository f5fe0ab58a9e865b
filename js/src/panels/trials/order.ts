import type { FamilyInfo, State } from "../../protocol/messages";
import type { Row } from "../../store/row";
import type { Worth } from "../../store/session";
import type { ColumnId, Filter, Sort } from "../../store/ui";
import { formatSetting } from "../../words/numbers";
import type { Reader } from "../../words/objective";
import { type SharedSetting, settingOf } from "../../words/settings";
import { familyLabel, originWords } from "../../words/trial";

type Families = ReadonlyMap<string, FamilyInfo>;
type Key = number | string | null;

export const STATES: readonly State[] = ["complete", "running", "queued", "stopped", "failed"];

/** Scores over fewer folds are not comparable: sorted by score either way, complete trials come first. */
const RANK: Record<State, number> = { complete: 0, running: 1, stopped: 2, queued: 3, failed: 4 };

/** Values besides those of the rows: further objectives, utilities, and hyperparameters by their bare names. */
export interface Beside {
  read: Reader;
  worth: ReadonlyMap<number, Worth> | null;
  settings: ReadonlyMap<string, SharedSetting>;
  /** The tags and the note of a trial. */
  tags(row: Row): string;
}

const ALONE: Beside = { read: () => null, worth: null, settings: new Map(), tags: () => "" };

export const MEASURE = "measure:";
export const SETTING = "setting:";

export function keyOf(
  column: ColumnId,
  families: Families,
  { read, worth, settings, tags }: Beside = ALONE,
): (row: Row) => Key {
  if (column.startsWith(SETTING)) {
    const setting = settings.get(column.slice(SETTING.length));
    return (row) => {
      const value = setting === undefined ? undefined : settingOf(row, setting);
      if (value === undefined) return null;
      return typeof value === "number" ? value : formatSetting(value);
    };
  }
  if (column.startsWith(MEASURE)) {
    const name = column.slice(MEASURE.length);
    return (row) => read(row, name);
  }
  const keys: Partial<Record<ColumnId, (row: Row) => Key>> = {
    number: (row) => row.number,
    family: (row) => familyLabel(families, row.family).toLowerCase(),
    score: (row) => row.score,
    interval: (row) => row.score,
    worth: (row) => worth?.get(row.number)?.worth ?? null,
    folds: (row) => row.folds,
    seconds: (row) => row.seconds,
    finished: (row) => row.finishedAt,
    state: (row) => STATES.indexOf(row.state),
    tags: (row) => tags(row) || null,
    by: (row) => `${row.author} ${originWords(row)}`,
  };
  return keys[column] ?? ((row) => row.number);
}

const NONE: ReadonlySet<number> = new Set();

/** True if a row passes the lists above the table; the search box is read by `readQuery`. */
export function matches(row: Row, filter: Filter, grey: ReadonlySet<number> = NONE): boolean {
  if (filter.standing !== "" && grey.has(row.number) !== (filter.standing === "outside")) return false;
  if (filter.family !== "" && row.family !== filter.family) return false;
  if (filter.state !== "" && row.state !== filter.state) return false;
  return filter.author === "" || row.author === filter.author;
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
  const ranked = sort.column === "score" || sort.column === "interval" || sort.column === "worth";
  const kept: { row: Row; key: Key; rank: number }[] = [];
  for (const row of rows) {
    if (!matches(row, filter, grey) || !within(row)) continue;
    kept.push({ row, key: key(row), rank: ranked ? RANK[row.state] : 0 });
  }
  const way = sort.descending ? -1 : 1;
  kept.sort((a, b) => {
    if (a.rank !== b.rank) return a.rank - b.rank;
    if (a.key === b.key) return a.row.number - b.row.number;
    if (a.key === null) return 1;
    if (b.key === null) return -1;
    if (typeof a.key !== typeof b.key) return typeof a.key === "number" ? -1 : 1;
    return a.key < b.key ? -way : way;
  });
  return kept.map((one) => one.row);
}
