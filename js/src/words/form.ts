import type { Value } from "../protocol/commands";
import type { FamilyInfo, ParameterInfo } from "../protocol/messages";
import { formatSetting } from "./numbers";

export type Parsed = { ok: true; value: Value } | { ok: false; message: string };

/** The initial text of a control. Choices are stored by their index. */
export function initialText(parameter: ParameterInfo, value: Value): string {
  if (parameter.kind !== "categorical") return value === null || value === undefined ? "" : String(value);
  const at = (parameter.choices ?? []).indexOf(value);
  return at < 0 ? "" : String(at);
}

/** Reads a typed value, or describes the valid ones. */
export function parseSetting(parameter: ParameterInfo, text: string): Parsed {
  if (parameter.kind === "categorical") {
    const choices = parameter.choices ?? [];
    const at = text === "" ? -1 : Number(text);
    if (Number.isInteger(at) && at >= 0 && at < choices.length)
      return { ok: true, value: choices[at] ?? null };
    return { ok: false, message: `Choose one of ${choices.map(formatSetting).join(", ")}.` };
  }
  const trimmed = text.trim().replace(",", ".").replace("−", "-");
  const value = trimmed === "" ? Number.NaN : Number(trimmed);
  const range = rangeWords(parameter);
  const kind = parameter.kind === "int" ? "a whole number" : "a number";
  if (!Number.isFinite(value)) return { ok: false, message: `Enter ${kind} ${range}.` };
  if (parameter.kind === "int" && !Number.isInteger(value)) {
    return { ok: false, message: `Enter a whole number ${range}; got ${trimmed}.` };
  }
  const { low, high } = parameter;
  if ((low !== null && value < low) || (high !== null && value > high)) {
    return { ok: false, message: `Outside the search space: enter ${kind} ${range}; got ${trimmed}.` };
  }
  return { ok: true, value };
}

export function rangeWords(parameter: ParameterInfo): string {
  const { low, high } = parameter;
  if (low !== null && high !== null) return `from ${formatSetting(low)} to ${formatSetting(high)}`;
  if (low !== null) return `of at least ${formatSetting(low)}`;
  if (high !== null) return `of at most ${formatSetting(high)}`;
  return "of any size";
}

export function hintWords(parameter: ParameterInfo): string {
  if (parameter.kind === "categorical") return "";
  const { low, high } = parameter;
  const range =
    low !== null && high !== null ? `${formatSetting(low)} – ${formatSetting(high)}` : rangeWords(parameter);
  return parameter.log ? `${range}, log scale` : range;
}

export interface Checked {
  config: Record<string, Value>;
  /** By parameter name, in words. */
  problems: Record<string, string>;
}

/** Checks a whole form against its family. */
export function checkForm(family: FamilyInfo, texts: Readonly<Record<string, string>>): Checked {
  const config: Record<string, Value> = { family: family.name };
  const problems: Record<string, string> = {};
  for (const parameter of family.parameters) {
    const parsed = parseSetting(
      parameter,
      texts[parameter.name] ?? initialText(parameter, parameter.default),
    );
    if (parsed.ok) config[parameter.name] = parsed.value;
    else problems[parameter.name] = parsed.message;
  }
  return { config, problems };
}

/** The texts of a form from a trial's values, or from the defaults. */
export function formTexts(family: FamilyInfo, values: readonly Value[] | null): Record<string, string> {
  return Object.fromEntries(
    family.parameters.map((parameter, i) => {
      const value = values === null || values[i] === undefined ? parameter.default : values[i];
      return [parameter.name, initialText(parameter, value)];
    }),
  );
}
