type Field = string | number | boolean | null | undefined;

/** Characters at which a spreadsheet starts to read a formula. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: Field): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  if (typeof value === "boolean") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A table as CSV (RFC 4180). Text that a spreadsheet would run as a formula gets an apostrophe. */
export function csv(head: readonly string[], rows: readonly (readonly Field[])[]): string {
  return [head, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}
