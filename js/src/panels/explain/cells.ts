import type { ViewInfo } from "../../protocol/messages";
import { dayText } from "../../words/views";

/** The allowed values of a cell. Dates are text. */
export interface Cell {
  column: string;
  kind: "number" | "date" | "category" | "text";
  low: number | null;
  high: number | null;
  step: number | null;
  choices: readonly string[];
  value: number | string | null;
  missing: boolean;
}

const KINDS = ["number", "date", "category", "text"] as const;

const numberOf = (value: unknown) => (typeof value === "number" && Number.isFinite(value) ? value : null);

/** The controls that the kernel names for the columns of a row; invalid ones are left out. */
export function cellsOf(info: Pick<ViewInfo, "data">): Cell[] {
  const rows = Object.hasOwn(info.data, "controls") ? (info.data.controls ?? []) : [];
  return rows.flatMap(({ column, kind: given, low, high, step, choices, value, missing }) => {
    const kind = KINDS.find((one) => one === given);
    if (typeof column !== "string" || kind === undefined) return [];
    const own =
      kind === "date" && typeof value === "number"
        ? dayText(value)
        : typeof value === "number" || typeof value === "string"
          ? value
          : null;
    const size = numberOf(step);
    return [
      {
        column,
        kind,
        low: numberOf(low),
        high: numberOf(high),
        step: size !== null && size > 0 ? size : null,
        choices: Array.isArray(choices) ? choices.map(String) : [],
        value: own,
        missing: missing === true,
      },
    ];
  });
}
