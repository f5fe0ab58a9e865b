import { useState } from "preact/hooks";
import { CodeLine } from "../../components/Copy";
import { emphasised } from "../../components/Figures";
import { commands, type SetSplitCommand } from "../../protocol/commands";
import type { DivisionInfo, SplitForm } from "../../protocol/messages";
import type { PanelProps } from "../context";
import { useThrottled } from "../overview/useThrottled";
import { usePreview } from "../usePreview";
import "./SplitEditor.css";
import { UndoLast } from "./UndoLast";

interface Props extends PanelProps {
  info: DivisionInfo;
}

/** The split can be changed at any time: folds, groups, time and gap, with the effect on earlier trials said before. */
export function SplitEditor(props: Props) {
  const [open, setOpen] = useState(false);
  if (!open) {
    return (
      <div class="split-foot">
        <button type="button" class="btn small" disabled={!props.reachable} onClick={() => setOpen(true)}>
          Change the split…
        </button>
        <UndoLast {...props} kind="rows" titled />
      </div>
    );
  }
  return <Form {...props} onClose={() => setOpen(false)} />;
}

function Form({ info, store, act, reachable, onClose }: Props & { onClose(): void }) {
  const [form, setForm] = useState<SplitForm>(info.split);
  const [sending, setSending] = useState(false);
  const put = (change: Partial<SplitForm>) => setForm({ ...form, ...change });
  const same = JSON.stringify(form) === JSON.stringify(info.split);
  const command = same ? null : commandOf(form);
  const { preview, error, busy } = usePreview(
    store.splitPreviews,
    command,
    useThrottled(store.version.value, 2000),
  );
  const apply = async () => {
    if (command === null) return;
    setSending(true);
    const done = await act(command);
    setSending(false);
    if (done !== null) onClose();
  };
  return (
    <form
      class="split-form"
      aria-label="Change the split"
      onSubmit={(event) => {
        event.preventDefault();
        void apply();
      }}
    >
      <label>
        <span>Folds</span>
        <input
          class="field num"
          type="number"
          min={2}
          max={100}
          value={form.folds}
          onInput={({ currentTarget }) => put({ folds: currentTarget.valueAsNumber || 0, made_by: "" })}
        />
      </label>
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
      <div class="split-effect" aria-live="polite">
        {command === null ? (
          <p class="faint">The holdout stays the same rows.</p>
        ) : error !== "" ? (
          <p class="oops">{error}</p>
        ) : (
          <p class={busy ? "old" : ""}>
            {preview === null ? "Previewing the change…" : emphasised(preview.sentence)}
          </p>
        )}
        <div class="split-foot">
          <button
            type="submit"
            class="btn you"
            disabled={!reachable || sending || command === null || error !== "" || preview === null}
          >
            {sending ? "Applying…" : "Use this split"}
          </button>
          <button type="button" class="btn" onClick={onClose}>
            Cancel
          </button>
        </div>
        {preview !== null && error === "" && <CodeLine code={preview.python} label="Copy" />}
      </div>
    </form>
  );
}

interface ColumnsProps {
  label: string;
  none: string;
  value: string;
  names: readonly string[];
  onChoose(name: string): void;
}

function Columns({ label, none, value, names, onChoose }: ColumnsProps) {
  return (
    <label>
      <span>{label}</span>
      <select class="field" value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        <option value="">{none}</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The command that divides the rows as a form says. */
export function commandOf(form: SplitForm): SetSplitCommand {
  const gap = form.gap.trim();
  const number = Number(gap);
  return commands.setSplit({
    cv: form.folds,
    repeats: form.repeats,
    groups: form.groups === "" ? null : form.groups,
    time: form.time === "" ? null : form.time,
    gap: gap === "" ? null : Number.isFinite(number) ? number : gap,
  });
}
