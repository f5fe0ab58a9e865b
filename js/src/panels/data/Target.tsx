import { useState } from "preact/hooks";
import { commands } from "../../protocol/commands";
import type { DataInfo } from "../../protocol/messages";
import { formatCount } from "../../words/numbers";
import type { PanelProps } from "../context";
import { Columns, RowChange } from "./RowChange";
import { Spread } from "./Spread";
import { UndoLast } from "./UndoLast";

interface Props extends PanelProps {
  info: DataInfo;
  rows: number;
}

/** The target: its distribution, and another column to predict instead. */
export function Target({ info, rows, ...props }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <section class="card column-card" aria-labelledby="hitl-q-target">
      <h3 id="hitl-q-target">How is {info.target} distributed?</h3>
      <p class="say">
        {info.about} {info.target} is known in {rows === 1 ? "the 1 row" : `all ${formatCount(rows)} rows`} in
        use.
      </p>
      <Spread spread={info.spread} name={info.target} />
      {open ? (
        <Change {...props} info={info} onClose={() => setOpen(false)} />
      ) : (
        <div class="row-foot">
          <button
            type="button"
            class="btn quiet small"
            disabled={!props.reachable}
            onClick={() => setOpen(true)}
          >
            Change the target…
          </button>
          <UndoLast {...props} kind="target" titled />
        </div>
      )}
      {info.notes.length > 0 && (
        <>
          <p class="notes-title">Changes made to the table</p>
          <ul class="table-notes">
            {info.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Change({ info, onClose, ...props }: PanelProps & { info: DataInfo; onClose(): void }) {
  const [column, setColumn] = useState("");
  return (
    <RowChange
      {...props}
      label="Change the target"
      command={column === "" ? null : commands.setTarget({ column })}
      idle={`${info.target} becomes a column, and all warnings are checked again.`}
      action={column === "" ? "Change the target" : `Predict ${column}`}
      onClose={onClose}
    >
      <Columns
        label="Predict"
        none="choose a column"
        value={column}
        names={info.rows.map((row) => row[0])}
        onChoose={setColumn}
      />
    </RowChange>
  );
}
