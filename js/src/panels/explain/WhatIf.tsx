import { useEffect, useRef, useState } from "preact/hooks";
import type { ViewInfo } from "../../protocol/messages";
import type { Options } from "../../store/explanations";
import { formatSetting } from "../../words/numbers";
import { type Cell, cellsOf } from "./cells";
import "./WhatIf.css";

const PAUSE_MS = 350;
const FIRST = 6;

interface Props {
  info: ViewInfo;
  changes: Options;
  onChange(changes: Options | undefined): void;
}

/** A control for each column of the row; changes are sent after a pause. */
export function WhatIf({ info, changes, onChange }: Props) {
  const [draft, setDraft] = useState<Options>(changes);
  const [all, setAll] = useState(false);
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const cells = cellsOf(info);
  const shown = all ? cells : cells.slice(0, FIRST);
  const take = (next: Options) => {
    setDraft(next);
    clearTimeout(timer.current);
    const send = () => onChange(Object.keys(next).length === 0 ? undefined : next);
    timer.current = setTimeout(send, PAUSE_MS) as unknown as number;
  };
  const set = (cell: Cell, value: unknown) => {
    const { [cell.column]: _, ...others } = draft;
    take(value === cell.value ? others : { ...others, [cell.column]: value });
  };
  if (cells.length === 0) return null;
  return (
    <fieldset class="what-if">
      <legend class="sr">Values of this row</legend>
      {shown.map((cell) => (
        <CellRow
          key={cell.column}
          cell={cell}
          value={Object.hasOwn(draft, cell.column) ? draft[cell.column] : cell.value}
          changed={Object.hasOwn(draft, cell.column)}
          onChange={(value) => set(cell, value)}
        />
      ))}
      <div class="foot">
        {cells.length > FIRST && (
          <button type="button" class="btn quiet small" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? "Show fewer columns" : `Show all ${cells.length} columns`}
          </button>
        )}
        <button
          type="button"
          class="btn small"
          disabled={Object.keys(draft).length === 0}
          onClick={() => take({})}
        >
          Reset row
        </button>
      </div>
    </fieldset>
  );
}

interface RowProps {
  cell: Cell;
  value: unknown;
  changed: boolean;
  onChange(value: unknown): void;
}

function CellRow({ cell, value, changed, onChange }: RowProps) {
  const { column, missing } = cell;
  const gone = value === null || value === undefined;
  return (
    <div class={changed ? "what-if-row changed" : "what-if-row"}>
      <span class="what-if-name" title={column}>
        {column}
      </span>
      <CellField cell={cell} value={value} onChange={onChange} />
      <span class="what-if-value num">
        {gone ? "missing" : cell.kind === "number" ? formatSetting(value) : ""}
      </span>
      {missing && (cell.kind === "number" || cell.kind === "date") && !gone && (
        <button type="button" class="btn quiet small" onClick={() => onChange(null)}>
          Set to missing
        </button>
      )}
    </div>
  );
}

function CellField({ cell, value, onChange }: Pick<RowProps, "cell" | "value" | "onChange">) {
  const { column, kind, low, high, step, choices } = cell;
  if (kind === "number" && low !== null && high !== null && high > low) {
    return (
      <input
        type="range"
        aria-label={column}
        min={low}
        max={high}
        step={step ?? "any"}
        value={typeof value === "number" ? value : (low + high) / 2}
        onInput={(event) => onChange(Number(event.currentTarget.value))}
      />
    );
  }
  if (kind === "category") {
    return (
      <select
        class="field"
        aria-label={column}
        value={value === null ? "" : String(value)}
        onChange={(event) => onChange(event.currentTarget.value === "" ? null : event.currentTarget.value)}
      >
        {(cell.missing || value === null) && <option value="">missing</option>}
        {typeof value === "string" && !choices.includes(value) && <option value={value}>{value}</option>}
        {choices.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    );
  }
  const text = value === null || value === undefined ? "" : String(value);
  if (kind === "date") {
    const choose = (day: string) => onChange(day === "" ? null : day);
    return (
      <input
        class="field"
        type="date"
        aria-label={column}
        value={text}
        onChange={(event) => choose(event.currentTarget.value)}
      />
    );
  }
  const write = (words: string) => {
    if (kind === "text") onChange(words);
    else if (words.trim() !== "" && Number.isFinite(Number(words))) onChange(Number(words));
  };
  return (
    <input
      class="field"
      aria-label={column}
      autocomplete="off"
      value={text}
      onChange={(event) => write(event.currentTarget.value)}
    />
  );
}
