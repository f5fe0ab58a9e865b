import { useState } from "preact/hooks";
import type { PreferencesInfo } from "../../protocol/messages";
import { EVERYWHERE } from "../../store/ui";
import type { Measured } from "../../words/front";
import { formatCount } from "../../words/numbers";
import type { Reader } from "../../words/objective";
import { cutsOf, isWithin, onlyWords, withRange } from "../../words/only";
import type { PanelProps } from "../context";
import "./OnlyHere.css";

interface Props extends PanelProps {
  info: PreferencesInfo;
  read: Reader;
  /** The objectives in sight, whose ranges can be typed. */
  drawn: readonly Measured[];
}

/** The trials in the selected range, and constraints that would keep the search there. */
export function OnlyHere({ store, ui, reachable, act, info, read, drawn }: Props) {
  const [typing, setTyping] = useState(false);
  const [sending, setSending] = useState(false);
  const only = ui.only.value;
  const words = onlyWords(only, info.objectives);
  const complete = [...store.today()].filter((row) => row.state === "complete");
  const count = complete.filter((row) => isWithin(row, only, read)).length;
  const cuts = cutsOf(only, complete, read);
  const require = async () => {
    setSending(true);
    let done = 0;
    for (const text of cuts) {
      if ((await act({ type: "require", text, hard: true })) === null) break;
      done += 1;
    }
    setSending(false);
    if (done === cuts.length) ui.only.value = EVERYWHERE;
  };
  return (
    <div class="only-here">
      {words !== "" && (
        <div class="draft-bar" role="status">
          <p>
            <b>Focus:</b> {formatCount(count)} of {formatCount(complete.length)}{" "}
            {complete.length === 1 ? "model" : "models"} in this region: {words}.{" "}
            <button
              type="button"
              class="btn link"
              onClick={() => {
                ui.tab.value = "trials";
              }}
            >
              Show as a table
            </button>
          </p>
          <div class="draft-acts">
            <button
              type="button"
              class="btn you small"
              disabled={!reachable || sending || cuts.length === 0}
              title={cuts.length === 0 ? "Every model satisfies this already" : cuts.join("\n")}
              onClick={require}
            >
              Add as constraint
            </button>
            <button
              type="button"
              class="btn small"
              onClick={() => {
                ui.only.value = EVERYWHERE;
              }}
            >
              Clear focus
            </button>
          </div>
        </div>
      )}
      <button
        type="button"
        class="btn link quietly"
        aria-expanded={typing}
        onClick={() => setTyping(!typing)}
      >
        {typing ? "Hide ranges" : "Focus on a range…"}
      </button>
      {typing && (
        <div class="only-fields">
          {drawn.map((one) => {
            const [low, high] = only[one.name] ?? [null, null];
            const set = (side: 0 | 1) => (value: number | null) => {
              ui.only.value = withRange(only, one.name, side === 0 ? value : low, side === 1 ? value : high);
            };
            return (
              <div key={one.name} class="only-row">
                <span>{one.label}</span>
                <Side label={`${one.label}, at least`} value={low} onValue={set(0)} />
                <span class="faint">to</span>
                <Side label={`${one.label}, at most`} value={high} onValue={set(1)} />
                <span class="faint">{one.unit}</span>
              </div>
            );
          })}
        </div>
      )}
    </div>
  );
}

interface SideProps {
  label: string;
  value: number | null;
  onValue(value: number | null): void;
}

function Side({ label, value, onValue }: SideProps) {
  const [text, setText] = useState<string | null>(null);
  const number = text === null || text.trim() === "" ? null : Number(text.replaceAll(",", ""));
  const wrong = number !== null && !Number.isFinite(number);
  return (
    <input
      class="field tiny"
      aria-label={label}
      inputMode="decimal"
      autocomplete="off"
      aria-invalid={wrong}
      value={text ?? (value === null ? "" : String(value))}
      onInput={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        const read = next.trim() === "" ? null : Number(next.replaceAll(",", ""));
        if (read === null || Number.isFinite(read)) onValue(read);
      }}
      onBlur={() => setText(null)}
    />
  );
}
