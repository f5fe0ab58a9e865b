import type { ViewInfo, ViewOffer } from "../protocol/messages";
import { formatSetting } from "./numbers";

/** A value as Python reads it. */
export function pythonLiteral(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "None";
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(", ")}]`;
  if (typeof value === "object") {
    const items = Object.entries(value).map(([key, one]) => `${pythonLiteral(key)}: ${pythonLiteral(one)}`);
    return `{${items.join(", ")}}`;
  }
  return JSON.stringify(String(value));
}

/** Arguments that Python requires, taken from the view's subject. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  dependence: ["column"],
  effect: ["column"],
  row: ["row"],
  what_if: ["row", "changes"],
};

/** The equivalent line of Python. */
export function pythonLine(
  offer: Pick<ViewOffer, "name" | "takes">,
  options: Readonly<Record<string, unknown>>,
  info: Pick<ViewInfo, "about"> | null,
): string {
  const needed = Object.hasOwn(NEEDED, offer.name) ? (NEEDED[offer.name] ?? []) : [];
  const said = offer.takes.flatMap((name) => {
    const about = info !== null && Object.hasOwn(info.about, name) ? info.about[name] : undefined;
    const usual = name === "changes" ? {} : about;
    const value = options[name] ?? (needed.includes(name) ? usual : undefined);
    return value === undefined || value === null ? [] : [`${name}=${pythonLiteral(value)}`];
  });
  return `session.explain.${offer.name}(${said.join(", ")})`;
}

/** A cell of a view's table. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(cellText).join(", ");
  return formatSetting(value);
}

const DAY_MS = 86_400_000;

export function dayText(days: number): string {
  const date = new Date(days * DAY_MS);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(0, 10);
}
