import { useState } from "preact/hooks";
import type { ViewInfo } from "../../protocol/messages";
import { formatCount } from "../../words/numbers";
import { cellText } from "../../words/views";

const SHOWN = 50;

/** The rows of a view as they are; the first fifty. */
export function RowsTable({ data }: { data: ViewInfo["data"] }) {
  const names = Object.keys(data).filter((name) => (data[name]?.length ?? 0) > 0);
  const [chosen, setChosen] = useState("");
  const name = names.includes(chosen) ? chosen : (names[0] ?? "");
  const rows = data[name] ?? [];
  const columns = Object.keys(rows[0] ?? {});
  return (
    <div class="view-rows">
      {names.length > 1 && (
        <select
          class="field"
          aria-label="Which rows"
          value={name}
          onChange={(event) => setChosen(event.currentTarget.value)}
        >
          {names.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <div class="view-scroll" tabIndex={0} role="region" aria-label={`Rows of ${name}`}>
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, SHOWN).map((row, i) => (
              <tr key={i}>
                {columns.map((column) => (
                  <td key={column} class={typeof row[column] === "number" ? "r num" : ""}>
                    {cellText(row[column])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > SHOWN && (
        <p class="faint">
          The first {SHOWN} of {formatCount(rows.length)} rows.
        </p>
      )}
    </div>
  );
}
