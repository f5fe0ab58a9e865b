import type { Value } from "../protocol/commands";
import type { FamilyInfo, MetricInfo } from "../protocol/messages";
import type { Row } from "../store/row";
import { formatSetting, shown } from "./numbers";
import type { Reader } from "./objective";
import { type SharedSetting, settingOf, sharedSettings } from "./settings";
import { byName, familyLabel, originWords, stateWords } from "./trial";

/** What a search is read against. */
export interface Subject {
  families: readonly FamilyInfo[];
  metric: MetricInfo;
  /** Further objectives, which the rows have values of. */
  measured: readonly string[];
  read: Reader;
  /** The text that a user wrote on a trial: its tags and its note. */
  written(number: number): string;
  /** All trials, for the words "slow" and "fast". */
  rows: Iterable<Row>;
}

export interface Query {
  test(row: Row): boolean;
  /** The reason why a part could not be read; "" if all was. */
  problem: string;
}

type Test = (row: Row) => boolean;
type Op = "<" | "<=" | ">" | ">=" | "=" | "!=";

const TERM =
  /([\p{L}_][\p{L}\p{N}_.]*)\s*(<=|>=|!=|==|[<>=≤≥≠])\s*(?:"([^"]*)"?|([^\s"]*))|"([^"]*)"?|(\S+)/gu;
const OPS: Readonly<Record<string, Op>> = {
  "<": "<",
  "<=": "<=",
  "≤": "<=",
  ">": ">",
  ">=": ">=",
  "≥": ">=",
  "=": "=",
  "==": "=",
  "!=": "!=",
  "≠": "!=",
};

/** A search as typed: words, and comparisons such as `num_leaves > 60`. All must hold. */
export function readQuery(text: string, subject: Subject): Query {
  const tests: Test[] = [];
  let problem = "";
  const fields = fieldsOf(subject);
  for (const part of text.matchAll(TERM)) {
    const [whole, name, op, quoted, plain, phrase, word] = part;
    const read =
      name !== undefined && op !== undefined
        ? comparison(name, OPS[op] ?? "=", quoted ?? plain ?? "", fields)
        : wordTest((phrase ?? word ?? "").toLowerCase(), subject);
    if (typeof read === "string") problem ||= read || `“${whole}” cannot be read.`;
    else tests.push(read);
  }
  return { test: (row) => tests.every((test) => test(row)), problem };
}

interface Field {
  value(row: Row): Value | undefined;
  /** False if the values have no order. */
  ordered: boolean;
}

function fieldsOf({ families, metric, measured, read }: Subject): ReadonlyMap<string, Field> {
  const found = new Map<string, Field>();
  const numeric = (name: string, value: (row: Row) => number | null) => {
    found.set(name.toLowerCase(), { value: (row) => value(row) ?? undefined, ordered: true });
  };
  const settings = sharedSettings(families);
  for (const setting of settings.values())
    found.set(setting.name.toLowerCase(), settingField(setting, families));
  for (const family of families) {
    family.parameters.forEach((parameter, i) => {
      const ordered = parameter.kind !== "categorical";
      const value = (row: Row) => (row.family === family.name ? row.values[i] : undefined);
      found.set(parameter.name.toLowerCase(), { value, ordered });
    });
  }
  numeric("number", (row) => row.number);
  numeric("score", (row) => (row.score === null ? null : shown(row.score, metric)));
  numeric("std", (row) => row.std);
  numeric("seconds", (row) => row.seconds);
  numeric("finished_at", (row) => row.finishedAt);
  numeric("folds", (row) => row.folds);
  numeric("generation", (row) => row.generation);
  for (const name of measured) numeric(name, (row) => read(row, name));
  return found;
}

function settingField(setting: SharedSetting, families: readonly FamilyInfo[]): Field {
  const ordered = families.some((family) => {
    const at = setting.at.get(family.name);
    return at !== undefined && family.parameters[at]?.kind !== "categorical";
  });
  return { value: (row) => settingOf(row, setting), ordered };
}

function comparison(name: string, op: Op, text: string, fields: ReadonlyMap<string, Field>): Test | string {
  const field = fields.get(name.toLowerCase());
  if (field === undefined) {
    const near = nearest(name.toLowerCase(), [...fields.keys()]);
    return `No trial has “${name}”.${near === null ? " Use a setting, such as learning_rate, or score, seconds, folds." : ` Did you mean “${near}”?`}`;
  }
  if (text === "") return `“${name} ${op}” needs a value.`;
  const equal = (value: Value) => sameValue(value, text);
  if (op === "=" || op === "!=") {
    return (row) => {
      const value = field.value(row);
      return value !== undefined && equal(value) === (op === "=");
    };
  }
  if (!field.ordered) return `The values of “${name}” have no order. Use = or !=.`;
  const limit = Number(text);
  if (!Number.isFinite(limit)) return `“${name} ${op}” needs a number; got “${text}”.`;
  return (row) => {
    const value = field.value(row);
    if (typeof value !== "number") return false;
    if (op === "<") return value < limit;
    if (op === "<=") return value <= limit;
    return op === ">" ? value > limit : value >= limit;
  };
}

function sameValue(value: Value, text: string): boolean {
  const wanted = text.toLowerCase();
  if (typeof value === "number") {
    const number = Number(text);
    return Number.isFinite(number) && Math.abs(value - number) <= 1e-4 * Math.abs(number);
  }
  return String(value).toLowerCase() === wanted || formatSetting(value).toLowerCase() === wanted;
}

function wordTest(word: string, subject: Subject): Test | string {
  if (/^[<>=!≤≥≠]+$/.test(word)) return `Write a setting before “${word}”, such as num_leaves ${word} 60.`;
  if (/^#\d+$/.test(word)) return (row) => row.number === Number(word.slice(1));
  if (word === "slow" || word === "fast") return speed(word, subject.rows);
  const families = byName(subject.families);
  return (row) => {
    const said = [
      row.number,
      row.family,
      familyLabel(families, row.family),
      stateWords(row.state),
      originWords(row),
      row.author,
      subject.written(row.number),
    ];
    return said.join(" ").toLowerCase().includes(word);
  };
}

/** "slow": the slowest quarter of the complete trials by fit time; "fast": the fastest quarter. */
function speed(word: "slow" | "fast", rows: Iterable<Row>): Test {
  const times = [...rows].filter((row) => row.state === "complete").map((row) => row.seconds);
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0;
  const limit = at(word === "slow" ? 0.75 : 0.25);
  return (row) => row.state === "complete" && (word === "slow" ? row.seconds >= limit : row.seconds <= limit);
}

/** The most similar name, if one is similar. */
function nearest(name: string, names: readonly string[]): string | null {
  let best: string | null = names.find((one) => one.includes(name) && name.length > 2) ?? null;
  let least = Math.max(2, Math.floor(name.length / 4)) + 1;
  for (const one of names) {
    const apart = edits(name, one);
    if (apart < least) [best, least] = [one, apart];
  }
  return best;
}

/** Levenshtein distance. */
function edits(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const now = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (before[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      now.push(Math.min(changed, (before[j] ?? 0) + 1, (now[j - 1] ?? 0) + 1));
    }
    before = now;
  }
  return before[b.length] ?? 0;
}
