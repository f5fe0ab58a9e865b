import { formatCount } from "../../words/numbers";
import type { PanelProps } from "../context";
import { Severity } from "./Severity";
import "./WarningsLine.css";

/** A line that links to the open warnings. */
export function WarningsLine({ store, ui }: PanelProps) {
  const warnings = store.status.value?.warnings ?? null;
  if (warnings === null || warnings.open === 0) return null;
  const { open, severity, sentence } = warnings;
  return (
    <p class="data-line">
      <Severity of={severity} mute />
      <span>
        {sentence}{" "}
        <span class="mute">{open > 1 && `${formatCount(open)} open warnings; this is the most severe.`}</span>
      </span>
      <button
        type="button"
        class="btn link"
        onClick={() => {
          ui.tab.value = "data";
        }}
      >
        Show warnings
      </button>
    </p>
  );
}
