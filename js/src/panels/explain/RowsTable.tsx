import { useState } from "preact/hooks";
import type { ViewInfo, ViewOffer } from "../../protocol/messages";
import { formatCount } from "../../words/numbers";
import { cellText } from "../../words/views";
import { type Bounds, pickOf, pickOfCell, type Target } from "./picks";
import "./RowsTable.css";

const SHOWN = 50;

interface Props {
  data: ViewInfo["data"];
  /** Lets the keyboard select what a mark of the chart selects. */
  offer?: ViewOffer;
  bounds?: Bounds;
  onPick?(pick: Target): void;
}

/** The rows of a view as they are; the first fifty. */
export function RowsTable({ data, offer, bounds, onPick }: Props) {
  const pickFor = (field: string, row: Readonly<Record<string, unknown>>) => {
    if (offer === undefined || bounds === undefined) return null;
    return field === "examples" ? pickOf(offer, row, bounds) : pickOfCell(offer, field, row[field], bounds);
  };
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
          aria-label="Table"
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
                    <Cell text={cellText(row[column])} pick={pickFor(column, row)} onPick={onPick} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > SHOWN && (
        <p class="faint">
          First {SHOWN} of {formatCount(rows.length)} rows.
        </p>
      )}
    </div>
  );
}

interface CellProps {
  text: string;
  pick: Target | null;
  onPick: ((pick: Target) => void) | undefined;
}

function Cell({ text, pick, onPick }: CellProps) {
  if (pick === null) return <>{text}</>;
  return (
    <button type="button" class="link" onClick={() => onPick?.(pick)}>
      {text}
    </button>
  );
}
