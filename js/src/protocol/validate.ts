import type {
  AnswerInfo,
  AuditInfo,
  ColumnDetail,
  ColumnRow,
  Concept,
  ConstraintInfo,
  Curve,
  DataInfo,
  DataPreview,
  Delta,
  FamilyInfo,
  GroupInfo,
  ImportanceInfo,
  ObjectiveInfo,
  PairInfo,
  PictureInfo,
  PreferencesInfo,
  RecentSession,
  Reply,
  SessionHead,
  Sessions,
  Snapshot,
  SpacePreview,
  Status,
  Steering,
  StoryRow,
  Suggestion,
  TradeInfo,
  TrialDetail,
  TrialMark,
  TrialRow,
  ViewInfo,
  ViewOffer,
  Views,
  WarningInfo,
  WarningsInfo,
  WorthInfo,
} from "./messages";
import { SCHEMA, VERSION } from "./messages";

type Schema =
  | "any"
  | "null"
  | "number"
  | "string"
  | "boolean"
  | "object"
  | { readonly ref: string }
  | { readonly enum: readonly unknown[] }
  | { readonly any: readonly Schema[] }
  | { readonly list: Schema }
  | { readonly tuple: readonly Schema[] }
  | { readonly object: Readonly<Record<string, Schema | { readonly optional: Schema }>> };

const schemas = SCHEMA as unknown as Record<string, Schema>;

/** Says what is wrong with a value, or null. Keys that the schema does not know are let through. */
export function problem(schema: Schema, value: unknown, path: string): string | null {
  if (schema === "any") return null;
  if (schema === "null") return value === null ? null : `${path} is not null`;
  if (schema === "object") return isObject(value) ? null : `${path} is not an object`;
  if (typeof schema === "string") {
    return typeof value === schema ? null : `${path} is not a ${schema}`;
  }
  if ("ref" in schema) {
    const target = schemas[schema.ref];
    return target === undefined ? `${path} has no schema` : problem(target, value, path);
  }
  if ("enum" in schema) return schema.enum.includes(value) ? null : `${path} is not one of ${schema.enum}`;
  if ("any" in schema) {
    return schema.any.some((one) => problem(one, value, path) === null) ? null : `${path} has the wrong type`;
  }
  if ("list" in schema) {
    if (!Array.isArray(value)) return `${path} is not a list`;
    return problemIn(value, () => schema.list, path);
  }
  if ("tuple" in schema) {
    if (!Array.isArray(value) || value.length < schema.tuple.length) return `${path} is not a full row`;
    return problemIn(value, (i) => schema.tuple[i] ?? "any", path);
  }
  if (!isObject(value)) return `${path} is not an object`;
  for (const [key, field] of Object.entries(schema.object)) {
    const optional = typeof field === "object" && "optional" in field;
    if (optional && value[key] === undefined) continue;
    const found = problem(optional ? field.optional : (field as Schema), value[key], `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}

function problemIn(values: unknown[], schemaOf: (index: number) => Schema, path: string): string | null {
  for (let i = 0; i < values.length; i += 1) {
    const found = problem(schemaOf(i), values[i], path);
    if (found !== null) return `[${i}] of ${found}`;
  }
  return null;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A delta with what may be left out filled in; `families` are null when they are the same. */
export interface WholeDelta extends Omit<Required<Delta>, "families"> {
  families: FamilyInfo[] | null;
}

export type Checked<T> = { ok: true; value: T } | { ok: false; problem: string };

function checked<T>(name: string, value: unknown): Checked<T> {
  const found = problem({ ref: name }, value, name);
  return found === null ? { ok: true, value: value as T } : { ok: false, problem: found };
}

/** One broken row must not hide the others. */
function good<T>(name: string, rows: unknown): T[] {
  if (!Array.isArray(rows)) return [];
  return rows.filter((row) => problem({ ref: name }, row, name) === null);
}

export function checkSnapshot(value: unknown): Checked<Snapshot> {
  if (isObject(value) && value.version !== VERSION) {
    return { ok: false, problem: `the kernel speaks version ${value.version}, this page version ${VERSION}` };
  }
  if (!isObject(value)) return { ok: false, problem: "Snapshot is not an object" };
  const whole = checked<Snapshot>("Snapshot", { ...value, rows: [] });
  return whole.ok ? { ok: true, value: { ...whole.value, rows: good("TrialRow", value.rows) } } : whole;
}

export function checkDelta(value: unknown): Checked<WholeDelta> {
  if (!isObject(value)) return { ok: false, problem: "Delta is not an object" };
  const whole = checked<Delta>("Delta", { ...value, rows: [], marks: [] });
  if (!whole.ok) return whole;
  const { status = {}, steering = {}, families = null } = whole.value;
  const rows = good<TrialRow>("TrialRow", value.rows);
  const marks = good<TrialMark>("TrialMark", value.marks);
  return { ok: true, value: { ...whole.value, rows, marks, status, steering, families } };
}

/** The sidebar's content; a head that is broken does not hide the others. */
export function checkSessions(value: unknown): Checked<Sessions> {
  if (isObject(value) && value.version !== VERSION) {
    return { ok: false, problem: `the kernel speaks version ${value.version}, this page version ${VERSION}` };
  }
  const whole = checked<Sessions>("Sessions", isObject(value) ? { ...value, sessions: [] } : value);
  if (!whole.ok || !isObject(value)) return whole;
  return { ok: true, value: { ...whole.value, sessions: good<SessionHead>("SessionHead", value.sessions) } };
}

export function checkRecent(value: unknown): RecentSession[] {
  return good("RecentSession", value);
}

export function checkReply(value: unknown): Checked<Reply> {
  return checked("Reply", value);
}

export function checkDetail(value: unknown): Checked<TrialDetail> {
  return checked("TrialDetail", value);
}

export function checkPreview(value: unknown): Checked<SpacePreview> {
  return checked("SpacePreview", value);
}

/** Shares are numbers or they are left out. */
export function checkImportance(value: unknown): Checked<ImportanceInfo> {
  const whole = checked<ImportanceInfo>("ImportanceInfo", value);
  if (!whole.ok) return whole;
  const shares = Object.entries(whole.value.shares).filter(([, share]) => Number.isFinite(share));
  return { ok: true, value: { ...whole.value, shares: Object.fromEntries(shares) } };
}

export function checkSuggestion(value: unknown): Checked<Suggestion> {
  return checked("Suggestion", value);
}

/** A list with a broken entry is shown without it; a pair of one and the same trial is no question. */
export function checkPreferences(value: unknown): Checked<PreferencesInfo> {
  if (!isObject(value)) return { ok: false, problem: "PreferencesInfo is not an object" };
  const lists = { objectives: [], offered: [], constraints: [], answers: [], trades: [] };
  const whole = checked<PreferencesInfo>("PreferencesInfo", { ...value, ...lists });
  if (!whole.ok) return whole;
  const objectives = good<ObjectiveInfo>("ObjectiveInfo", value.objectives);
  if (objectives.length === 0) return { ok: false, problem: "PreferencesInfo.objectives is empty" };
  const { question } = whole.value;
  return {
    ok: true,
    value: {
      ...whole.value,
      objectives,
      offered: good<ObjectiveInfo>("ObjectiveInfo", value.offered),
      constraints: good<ConstraintInfo>("ConstraintInfo", value.constraints),
      answers: good<AnswerInfo>("AnswerInfo", value.answers),
      trades: good<TradeInfo>("TradeInfo", value.trades),
      question: question !== null && question.first !== question.second ? question : null,
    },
  };
}

export function checkWorth(value: unknown): Checked<WorthInfo> {
  const whole = checked<WorthInfo>("WorthInfo", value);
  if (!whole.ok) return whole;
  const { numbers, worth, spread } = whole.value;
  const even = numbers.length === worth.length && numbers.length === spread.length;
  return even ? whole : { ok: false, problem: "WorthInfo has lists of different lengths" };
}

export function checkPair(value: unknown): Checked<PairInfo> {
  return checked("PairInfo", value);
}

const LEAST: Record<PictureInfo["kind"], number> = { roc: 2, calibration: 2, residuals: 2 };

/** Keeps the points that can be drawn. */
export function checkPicture(value: unknown): Checked<PictureInfo> {
  const whole = checked<PictureInfo>("PictureInfo", isObject(value) ? { ...value, curves: [] } : value);
  if (!whole.ok || !isObject(value)) return whole;
  const curves = good<Curve>("Curve", value.curves).map((curve) => ({
    ...curve,
    points: curve.points.filter(
      (point) => point.length >= LEAST[whole.value.kind] && point.every((one) => Number.isFinite(one)),
    ),
  }));
  return { ok: true, value: { ...whole.value, curves } };
}

/** A group whose figures are fewer than those named has none for the others. */
export function checkAudit(value: unknown): Checked<AuditInfo> {
  const whole = checked<AuditInfo>("AuditInfo", isObject(value) ? { ...value, groups: [] } : value);
  if (!whole.ok || !isObject(value)) return whole;
  return { ok: true, value: { ...whole.value, groups: good<GroupInfo>("GroupInfo", value.groups) } };
}

/** What can be asked for, without offers and concepts that are broken. */
export function checkViews(value: unknown): Checked<Views> {
  const whole = checked<Views>("Views", isObject(value) ? { ...value, offers: [] } : value);
  if (!whole.ok || !isObject(value)) return whole;
  const concepts = Object.entries(whole.value.concepts).filter(
    ([, one]) => problem({ ref: "Concept" }, one, "Concept") === null,
  ) as [string, Concept][];
  const offers = good<ViewOffer>("ViewOffer", value.offers);
  return { ok: true, value: { ...whole.value, offers, concepts: Object.fromEntries(concepts) } };
}

const MOST_ROWS = 20_000;

const isCell = (value: unknown) =>
  value === null ||
  typeof value === "string" ||
  typeof value === "boolean" ||
  (typeof value === "number" && Number.isFinite(value));

const isPlain = (value: unknown) => isCell(value) || (Array.isArray(value) && value.every(isCell));

const isPlainRow = (row: unknown): row is Record<string, unknown> =>
  isObject(row) && Object.values(row).every(isPlain);

/** Keeps the rows whose cells are plain, the options that are lists of plain values, and what is plainly told about. */
export function checkView(value: unknown): Checked<ViewInfo> {
  const whole = checked<ViewInfo>("ViewInfo", value);
  if (!whole.ok) return whole;
  const { data, options, about } = whole.value;
  const rows = Object.entries(data)
    .filter(([, found]) => Array.isArray(found))
    .map(([name, found]) => [name, found.slice(0, MOST_ROWS).filter(isPlainRow)] as const);
  const lists = Object.entries(options).filter(([, found]) => Array.isArray(found) && found.every(isCell));
  const told = Object.entries(about).filter(([, found]) => isPlain(found));
  return {
    ok: true,
    value: {
      ...whole.value,
      data: Object.fromEntries(rows),
      options: Object.fromEntries(lists),
      about: Object.fromEntries(told),
    },
  };
}

/** The table without rows that are broken. */
export function checkData(value: unknown): Checked<DataInfo> {
  const whole = checked<DataInfo>("DataInfo", isObject(value) ? { ...value, rows: [] } : value);
  if (!whole.ok || !isObject(value)) return whole;
  return { ok: true, value: { ...whole.value, rows: good<ColumnRow>("ColumnRow", value.rows) } };
}

export function checkColumn(value: unknown): Checked<ColumnDetail> {
  return checked("ColumnDetail", value);
}

export function checkDataPreview(value: unknown): Checked<DataPreview> {
  return checked("DataPreview", value);
}

export function checkWarnings(value: unknown): Checked<WarningsInfo> {
  const empty = { open: [], answered: [] };
  const whole = checked<WarningsInfo>("WarningsInfo", isObject(value) ? { ...value, ...empty } : value);
  if (!whole.ok || !isObject(value)) return whole;
  const [open, answered] = [value.open, value.answered].map((list) => good<WarningInfo>("WarningInfo", list));
  return { ok: true, value: { ...whole.value, open: open ?? [], answered: answered ?? [] } };
}

export function goodStory(value: unknown): StoryRow[] {
  return good("StoryRow", value);
}

/** Keeps the keys of a change that are what they should be. */
function goodKeys<T>(name: string, change: Record<string, unknown>): Partial<T> {
  const fields = (schemas[name] as { object: Record<string, Schema> }).object;
  const kept = Object.entries(change).filter(([key, value]) => {
    const schema = Object.hasOwn(fields, key) ? fields[key] : undefined;
    return schema !== undefined && problem(schema, value, key) === null;
  });
  return Object.fromEntries(kept) as Partial<T>;
}

export function goodStatus(change: Record<string, unknown>): Partial<Status> {
  return goodKeys("Status", change);
}

export function goodSteering(change: Record<string, unknown>): Partial<Steering> {
  return goodKeys("Steering", change);
}
