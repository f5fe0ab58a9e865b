import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { CodeLine } from "../../components/Copy";
import { emphasised } from "../../components/Figures";
import type { RowCommand } from "../../store/session";
import type { PanelProps } from "../context";
import { useThrottled } from "../overview/useThrottled";
import { usePreview } from "../usePreview";
import "./RowChange.css";

interface Props extends PanelProps {
  label: string;
  /** The change that the fields ask for; null while they say what is so already. */
  command: RowCommand | null;
  /** Shown while there is no change. */
  idle: string;
  /** The button that makes the change. */
  action: string;
  children: ComponentChildren;
  onClose(): void;
}

/** A change of the rows: its fields, then its effect on earlier trials, said before it is made. */
export function RowChange({ store, act, reachable, label, command, idle, action, children, onClose }: Props) {
  const [sending, setSending] = useState(false);
  const { preview, error, busy } = usePreview(
    store.rowPreviews,
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
      class="row-change"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        void apply();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      {children}
      <div class="row-effect" aria-live="polite">
        {command === null ? (
          <p class="faint">{idle}</p>
        ) : error !== "" ? (
          <p class="oops">{error}</p>
        ) : (
          <p class={busy ? "old" : ""}>
            {preview === null ? "Previewing the change…" : emphasised(preview.sentence)}
          </p>
        )}
        <div class="row-foot">
          <button
            type="submit"
            class="btn you"
            disabled={!reachable || sending || command === null || error !== "" || preview === null}
          >
            {sending ? "Applying…" : action}
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
  /** The choice of no column; without it, one has to be chosen. */
  none?: string;
  value: string;
  names: readonly string[];
  onChoose(name: string): void;
}

/** The choice of a column. */
export function Columns({ label, none, value, names, onChoose }: ColumnsProps) {
  return (
    <label>
      <span>{label}</span>
      <select class="field" value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        {none !== undefined && <option value="">{none}</option>}
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
