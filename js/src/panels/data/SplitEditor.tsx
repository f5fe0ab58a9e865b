import { useState } from "preact/hooks";
import { commands, type SetSplitCommand } from "../../protocol/commands";
import type { DivisionInfo, SplitForm } from "../../protocol/messages";
import { formatCount } from "../../words/numbers";
import type { PanelProps } from "../context";
import { Columns, RowChange } from "./RowChange";
import { UndoLast } from "./UndoLast";

interface Props extends PanelProps {
  info: DivisionInfo;
}

/** The split and the weights can be changed at any time, with the effect on earlier trials said before. */
export function SplitEditor(props: Props) {
  const [open, setOpen] = useState<"split" | "weights" | null>(null);
  const close = () => setOpen(null);
  if (open === "split") return <SplitFields {...props} onClose={close} />;
  if (open === "weights") return <WeightFields {...props} onClose={close} />;
  const { info, reachable } = props;
  return (
    <div class="row-foot">
      <button type="button" class="btn small" disabled={!reachable} onClick={() => setOpen("split")}>
        Change the split…
      </button>
      {(info.weights !== "" || info.weighting.length > 0) && (
        <button type="button" class="btn small" disabled={!reachable} onClick={() => setOpen("weights")}>
          {info.weights === "" ? "Weight the rows…" : "Change the weights…"}
        </button>
      )}
      <UndoLast {...props} kind="rows" titled />
    </div>
  );
}

/** The split as the form says it; the holdout is null while it stays the same rows, else its share. */
export interface SplitDraft extends SplitForm {
  holdout: number | null;
}

const SHARE = 0.2;

function SplitFields({ info, onClose, ...props }: Props & { onClose(): void }) {
  const [form, setForm] = useState<SplitDraft>({ ...info.split, holdout: null });
  const put = (change: Partial<SplitDraft>) => setForm({ ...form, ...change });
  const same = JSON.stringify(form) === JSON.stringify({ ...info.split, holdout: null });
  const chosen = form.holdout === null ? "same" : form.holdout === 0 ? "none" : "new";
  return (
    <RowChange
      {...props}
      label="Change the split"
      command={same ? null : commandOf(form)}
      idle={
        info.held === 0
          ? "There is no holdout."
          : `The holdout stays the same ${info.held === 1 ? "row" : `${formatCount(info.held)} rows`}.`
      }
      action="Use this split"
      onClose={onClose}
    >
      <Whole label="Folds" least={2} value={form.folds} onInput={(folds) => put({ folds, made_by: "" })} />
      {form.time === "" && (
        <Whole
          label="Repeats"
          least={1}
          value={form.repeats}
          onInput={(repeats) => put({ repeats, made_by: "" })}
        />
      )}
      <Columns
        label="Keep together"
        none="no groups"
        value={form.groups}
        names={info.groups}
        onChoose={(groups) => put({ groups, made_by: "" })}
      />
      <Columns
        label="Order in time"
        none="shuffled"
        value={form.time}
        names={info.times}
        onChoose={(time) => put({ time, gap: time === "" ? "" : form.gap, repeats: 1, made_by: "" })}
      />
      {form.time !== "" && (
        <label>
          <span>Gap before</span>
          <input
            class="field"
            type="text"
            placeholder="none, 7 days, …"
            value={form.gap}
            onInput={({ currentTarget }) => put({ gap: currentTarget.value, made_by: "" })}
          />
        </label>
      )}
      <label>
        <span>Holdout</span>
        <select
          class="field"
          value={chosen}
          onChange={({ currentTarget }) =>
            put({ holdout: { same: null, new: SHARE, none: 0 }[currentTarget.value as typeof chosen] })
          }
        >
          <option value="same">{info.held === 0 ? "none, as now" : "the same rows"}</option>
          <option value="new">a new share</option>
          {info.held > 0 && <option value="none">none</option>}
        </select>
      </label>
      {chosen === "new" && form.holdout !== null && (
        <Whole
          label="Share in %"
          least={1}
          most={50}
          value={Math.round(100 * form.holdout)}
          onInput={(percent) => put({ holdout: Math.max(percent, 1) / 100 })}
        />
      )}
    </RowChange>
  );
}

function WeightFields({ info, onClose, ...props }: Props & { onClose(): void }) {
  const [column, setColumn] = useState(info.weights);
  const same = column === info.weights;
  return (
    <RowChange
      {...props}
      label="Weight the rows"
      command={same ? null : commands.setWeights({ column: column === "" ? null : column })}
      idle="Rows with a weight of 2 count twice in fits and scores. The column of the weights is no feature."
      action={column === "" ? "Weight all rows the same" : `Weight rows by ${column}`}
      onClose={onClose}
    >
      <Columns
        label="Weights"
        none="all rows count the same"
        value={column}
        names={info.weighting}
        onChoose={setColumn}
      />
    </RowChange>
  );
}

interface WholeProps {
  label: string;
  least: number;
  most?: number;
  value: number;
  onInput(value: number): void;
}

/** The field of a whole number. */
function Whole({ label, least, most = 100, value, onInput }: WholeProps) {
  return (
    <label>
      <span>{label}</span>
      <input
        class="field num"
        type="number"
        min={least}
        max={most}
        value={value}
        onInput={({ currentTarget }) => onInput(currentTarget.valueAsNumber || 0)}
      />
    </label>
  );
}

/** The command that divides the rows as a form says. */
export function commandOf(form: SplitDraft): SetSplitCommand {
  const gap = form.gap.trim();
  const number = Number(gap);
  return commands.setSplit({
    cv: form.folds,
    repeats: form.repeats,
    groups: form.groups === "" ? null : form.groups,
    time: form.time === "" ? null : form.time,
    gap: gap === "" ? null : Number.isFinite(number) ? number : gap,
    holdout: form.holdout,
  });
}
