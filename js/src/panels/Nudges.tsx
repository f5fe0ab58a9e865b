import { useState } from "preact/hooks";
import { NudgeStrip } from "../components/NudgeStrip";
import { countWords } from "../words/numbers";
import type { PanelProps } from "./context";

/** The open nudges under the headline of every panel, one at a time. */
export function Nudges({ store, ui, reachable, act }: PanelProps) {
  const nudges = store.status.value?.nudges ?? [];
  const [at, setAt] = useState(0);
  const nudge = nudges[at] ?? nudges[0];
  if (nudge === undefined) return null;
  return (
    <NudgeStrip
      key={nudge.key}
      nudge={nudge}
      disabled={!reachable}
      onAnswer={async (answer) => (await act({ type: "answer_nudge", key: nudge.key, answer })) !== null}
      onTrial={(number) => {
        ui.drawer.value = { show: "trial", number };
      }}
      more={
        nudges.length > 1 && (
          <button
            type="button"
            class="btn quiet small"
            onClick={() => setAt((nudges.indexOf(nudge) + 1) % nudges.length)}
          >
            Show {countWords(nudges.length - 1, "other question")}
          </button>
        )
      }
    />
  );
}
