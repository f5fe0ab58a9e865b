import { NudgeStrip } from "../components/NudgeStrip";
import type { PanelProps } from "./context";

/** Open nudges under the headline of every panel, two at most. */
export function Nudges({ store, ui, reachable, act }: PanelProps) {
  const nudges = store.status.value?.nudges ?? [];
  return (
    <>
      {nudges.slice(0, 2).map((nudge, i) => (
        <NudgeStrip
          key={nudge.key}
          nudge={nudge}
          second={i > 0}
          disabled={!reachable}
          onAnswer={async (answer) => (await act({ type: "answer_nudge", key: nudge.key, answer })) !== null}
          onTrial={(number) => {
            ui.drawer.value = { show: "trial", number };
          }}
        />
      ))}
    </>
  );
}
