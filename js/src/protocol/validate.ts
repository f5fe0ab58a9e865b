import { REQUESTS, type RequestName } from "./kernel";
import type { Delta, FamilyInfo, Reply, SetChange, Snapshot } from "./messages";
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
  | { readonly map: Schema }
  | { readonly tuple: readonly Schema[] }
  | { readonly part: string }
  | { readonly object: Readonly<Record<string, Schema | { readonly optional: Schema }>> };

const schemas = SCHEMA as unknown as Record<string, Schema>;

export type Checked<T> = { ok: true; value: T } | { ok: false; problem: string };

const fine = <T>(value: T): Checked<T> => ({ ok: true, value });
const wrong = (problem: string): Checked<never> => ({ ok: false, problem });

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads a message by its name. */
export function read<T>(name: keyof typeof SCHEMA, value: unknown): Checked<T> {
  return readAs({ ref: name }, value, name) as Checked<T>;
}

/** Reads the answer to a request. */
export function readAnswer(name: RequestName, value: unknown): Checked<unknown> {
  return readAs(REQUESTS[name].response, value, name);
}

/**
 * Reads a value, or says what is wrong with it. A broken record in a list, entry of a map or key of a part is left out:
 * it must not hide the others. Keys that the schema does not know are let through.
 */
export function readAs(schema: Schema, value: unknown, path: string): Checked<unknown> {
  if (schema === "any") return fine(value);
  if (schema === "null") return value === null ? fine(value) : wrong(`${path} is not null`);
  if (schema === "object") return isObject(value) ? fine(value) : wrong(`${path} is not an object`);
  if (schema === "number") return Number.isFinite(value) ? fine(value) : wrong(`${path} is not a number`);
  if (typeof schema === "string") {
    return typeof value === schema ? fine(value) : wrong(`${path} is not a ${schema}`);
  }
  if ("ref" in schema) {
    const target = schemas[schema.ref];
    return target === undefined ? wrong(`${path} has no schema`) : readAs(target, value, path);
  }
  if ("enum" in schema) {
    return schema.enum.includes(value) ? fine(value) : wrong(`${path} is not one of ${schema.enum}`);
  }
  if ("any" in schema) return readAny(schema.any, value, path);
  if ("list" in schema) return readList(schema.list, value, path);
  if ("tuple" in schema) return readTuple(schema.tuple, value, path);
  if (!isObject(value)) return wrong(`${path} is not an object`);
  if ("map" in schema) return fine(good(value, () => schema.map, path));
  if ("part" in schema) {
    const fields = (schemas[schema.part] as { object: Record<string, Schema> }).object;
    return fine(good(value, (key) => (Object.hasOwn(fields, key) ? fields[key] : undefined), path));
  }
  return readFields(schema.object, value, path);
}

function readAny(schemas: readonly Schema[], value: unknown, path: string): Checked<unknown> {
  for (const one of schemas) {
    const found = readAs(one, value, path);
    if (found.ok) return found;
  }
  return wrong(`${path} has the wrong type`);
}

function readList(schema: Schema, value: unknown, path: string): Checked<unknown> {
  if (!Array.isArray(value)) return wrong(`${path} is not a list`);
  const lenient = isRecord(schema);
  let kept: unknown[] | null = null;
  for (let i = 0; i < value.length; i += 1) {
    const found = readAs(schema, value[i], path);
    if (found.ok && found.value === value[i]) kept?.push(value[i]);
    else if (!found.ok && !lenient) return wrong(`[${i}] of ${found.problem}`);
    else {
      kept ??= value.slice(0, i);
      if (found.ok) kept.push(found.value);
    }
  }
  return fine(kept ?? value);
}

function readTuple(schema: readonly Schema[], value: unknown, path: string): Checked<unknown> {
  if (!Array.isArray(value) || value.length < schema.length) return wrong(`${path} is not a full row`);
  for (let i = 0; i < schema.length; i += 1) {
    const found = readAs(schema[i] ?? "any", value[i], path);
    if (!found.ok) return wrong(`[${i}] of ${found.problem}`);
  }
  return fine(value);
}

function readFields(
  fields: Readonly<Record<string, Schema | { readonly optional: Schema }>>,
  value: Record<string, unknown>,
  path: string,
): Checked<unknown> {
  let changed: Record<string, unknown> | null = null;
  for (const [key, field] of Object.entries(fields)) {
    const optional = typeof field === "object" && "optional" in field;
    if (optional && value[key] === undefined) continue;
    const found = readAs(optional ? field.optional : (field as Schema), value[key], `${path}.${key}`);
    if (!found.ok) return found;
    if (found.value !== value[key]) changed = { ...(changed ?? value), [key]: found.value };
  }
  return fine(changed ?? value);
}

/** Keeps the entries that are what they should be. */
function good(
  value: Record<string, unknown>,
  schemaOf: (key: string) => Schema | undefined,
  path: string,
): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(value)) {
    const schema = schemaOf(key);
    const found = schema === undefined ? null : readAs(schema, one, `${path}.${key}`);
    if (found?.ok) kept[key] = found.value;
  }
  return kept;
}

/** Whether a schema is of a row or a message, which may be left out of a list. */
function isRecord(schema: Schema): boolean {
  if (typeof schema === "string") return schema === "object";
  if ("ref" in schema) {
    const target = schemas[schema.ref];
    return target !== undefined && isRecord(target);
  }
  return "tuple" in schema || "object" in schema || "map" in schema;
}

/** A delta with what may be left out filled in; `families` are null when they are the same. */
export interface WholeDelta extends Omit<Required<Delta>, "broken" | "families"> {
  broken: SetChange | null;
  families: FamilyInfo[] | null;
}

function sameVersion(value: unknown): Checked<unknown> {
  if (!isObject(value) || value.version === VERSION) return fine(value);
  return wrong(`the kernel speaks version ${value.version}, this page version ${VERSION}`);
}

/** Reads a message that says its version. */
export function readVersioned<T>(name: keyof typeof SCHEMA, value: unknown): Checked<T> {
  const same = sameVersion(value);
  return same.ok ? read<T>(name, value) : same;
}

export function readSnapshot(value: unknown): Checked<Snapshot> {
  return readVersioned("Snapshot", value);
}

export function readDelta(value: unknown): Checked<WholeDelta> {
  const whole = read<Delta>("Delta", value);
  if (!whole.ok) return whole;
  const { rows = [], marks = [], status = {}, steering = {}, broken = null, families = null } = whole.value;
  return fine({ ...whole.value, rows, marks, status, steering, broken, families });
}

export function readReply(value: unknown): Checked<Reply> {
  return read("Reply", value);
}
