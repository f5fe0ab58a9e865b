import { type ChangeDataCommand, commands } from "../protocol/commands";
import type { ColumnRole, ColumnRow, DataInfo, RoleInfo, WarningInfo } from "../protocol/messages";
import { formatCount } from "./numbers";

/** A column of the table as the dashboard holds it. */
export interface Column {
  readonly name: string;
  readonly role: ColumnRole;
  /** True if the user set the role. */
  readonly given: boolean;
  readonly kind: string;
  readonly missing: number;
  readonly distinct: number;
  /** Predictive power alone, from 0 to 1; null if it is not known. */
  readonly strength: number | null;
  readonly bars: readonly number[];
  readonly filling: string;
  readonly encoding: string;
}

export function toColumn(row: ColumnRow): Column {
  const [name, role, given, kind, missing, distinct, strength, , bars, filling, encoding] = row;
  return { name, role, given, kind, missing, distinct, strength, bars, filling, encoding };
}

export type SortKey = "name" | "role" | "kind" | "missing" | "distinct" | "strength";

export interface ColumnSort {
  key: SortKey;
  descending: boolean;
}

const NUMERIC: ReadonlySet<SortKey> = new Set(["missing", "distinct", "strength"]);

/** Numbers are looked at from the greatest. */
export const descendsFirst = (key: SortKey) => NUMERIC.has(key);

/** The columns that match, sorted, else in table order. Unknown values come last. */
export function arranged(
  columns: readonly Column[],
  sort: ColumnSort | null,
  text: string,
  only: ReadonlySet<string> | null,
): Column[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const found = columns.filter(
    (one) =>
      (only === null || only.has(one.name)) && words.every((word) => one.name.toLowerCase().includes(word)),
  );
  if (sort === null) return found;
  const sign = sort.descending ? -1 : 1;
  const { key } = sort;
  return found.sort((a, b) => {
    const [one, two] = [a[key], b[key]];
    if (one === two) return 0;
    if (one === null) return 1;
    if (two === null) return -1;
    if (typeof one === "number" && typeof two === "number") return sign * (one - two);
    return sign * String(one).localeCompare(String(two), "en", { numeric: true });
  });
}

/** A share of rows: "12%", never rounded to none or all. */
export function shareWords(part: number, whole: number): string {
  if (part === 0 || whole === 0) return "";
  const share = (100 * part) / whole;
  if (part >= whole) return "100%";
  if (share < 0.1) return "under 0.1%";
  if (share > 99.9) return "over 99.9%";
  return `${share < 10 || share > 99 ? share.toFixed(1).replace(/\.0$/, "") : Math.round(share)}%`;
}

/**
 * Shares of parts that add up to their sum: whole per cent, or one decimal if a part is under 10% (largest remainder).
 * `whole`: of what they are parts; by default the parts are all there is.
 */
export function sharesWords(
  parts: readonly number[],
  whole: number = parts.reduce((sum, one) => sum + one, 0),
): string[] {
  if (whole <= 0) return parts.map(() => "");
  const fine = parts.some((part) => part > 0 && part < 0.1 * whole) ? 10 : 1;
  const exact = parts.map((part) => (100 * fine * part) / whole);
  const units = exact.map(Math.floor);
  const missing =
    Math.round(exact.reduce((sum, one) => sum + one, 0)) - units.reduce((sum, one) => sum + one, 0);
  const byRest = units.map((_, i) => i).sort((a, b) => rest(exact, b) - rest(exact, a));
  for (const i of byRest.slice(0, missing)) units[i] = (units[i] ?? 0) + 1;
  return parts.map((part, i) =>
    part === 0 ? "" : units[i] === 0 ? "under 0.1%" : `${(units[i] ?? 0) / fine}%`,
  );
}

const rest = (values: readonly number[], i: number) => (values[i] ?? 0) % 1;

export const roleLabel = (roles: readonly RoleInfo[], role: ColumnRole) =>
  roles.find((one) => one.role === role)?.label ?? role;

/** How missing cells are filled: a method, or a given value. */
export type Filling = ChangeDataCommand["filling"][string];

/** Changes to columns that are not applied yet. */
export interface DataDraft {
  readonly roles: Readonly<Record<string, ColumnRole>>;
  readonly filling: Readonly<Record<string, Filling>>;
  readonly encoding: Readonly<Record<string, string>>;
}

export const NO_DATA_DRAFT: DataDraft = { roles: {}, filling: {}, encoding: {} };

export const drafts = (draft: DataDraft) =>
  Object.keys(draft.roles).length + Object.keys(draft.filling).length + Object.keys(draft.encoding).length;

export function commandOf(draft: DataDraft, running: "finish" | "cancel"): ChangeDataCommand | null {
  if (drafts(draft) === 0) return null;
  const { roles, filling, encoding } = draft;
  return commands.changeData({
    roles: { ...roles },
    filling: { ...filling },
    encoding: { ...encoding },
    running,
  });
}

/** A draft with one more change; a change that equals today's state is removed. */
export function withChoice<K extends keyof DataDraft>(
  draft: DataDraft,
  kind: K,
  name: string,
  value: DataDraft[K][string],
  today: unknown,
): DataDraft {
  const { [name]: _, ...others } = draft[kind] as Record<string, unknown>;
  const same = JSON.stringify(value) === JSON.stringify(today);
  return { ...draft, [kind]: same ? others : { ...others, [name]: value } };
}

/** Removes changes that already equal today's state. */
export function followed(draft: DataDraft, info: DataInfo): DataDraft {
  const today = new Map(info.rows.map((row) => [row[0], toColumn(row)]));
  const kept = <T>(choices: Readonly<Record<string, T>>, so: (column: Column, value: T) => boolean) =>
    Object.fromEntries(
      Object.entries(choices).filter(([name, value]) => {
        const column = today.get(name);
        return column !== undefined && !so(column, value);
      }),
    );
  const next = {
    roles: kept(draft.roles, (column, role) => column.role === role),
    filling: kept(draft.filling, (column, way) => column.filling === way),
    encoding: kept(draft.encoding, (column, way) => column.encoding === way),
  };
  return drafts(next) === drafts(draft) ? draft : next;
}

export const SEVERITY: Readonly<Record<WarningInfo["severity"], string>> = {
  high: "severe",
  medium: "moderate",
  low: "minor",
};

/** The most severe open warning by column. */
export function byColumn(warnings: readonly WarningInfo[]): ReadonlyMap<string, WarningInfo> {
  const found = new Map<string, WarningInfo>();
  for (const warning of warnings) {
    for (const column of warning.columns) if (!found.has(column)) found.set(column, warning);
  }
  return found;
}

export function warningsCount(open: number): string {
  return open === 1 ? "1 warning" : `${formatCount(open)} warnings`;
}

/** The text beside the table: "12 of 40 columns match". */
export function matching(shown: number, all: number): string {
  if (shown === all) return `${formatCount(all)} ${all === 1 ? "column" : "columns"}`;
  return `${formatCount(shown)} of ${formatCount(all)} columns match`;
}

/** The value typed for missing cells, or null if it is invalid. */
export function typedValue(text: string, kind: RoleInfo["values"]): number | string | null {
  const given = text.trim();
  if (given === "") return null;
  if (kind === "text") return given.slice(0, 500);
  if (kind !== "number") return null;
  const value = Number(given.replace(/(?<=\d),(?=\d{3})/g, "").replace("−", "-"));
  return Number.isFinite(value) ? value : null;
}
