import { useState } from "preact/hooks";
import { By } from "../../components/marks";
import type { ActInfo, Steering } from "../../protocol/messages";
import { formatCount, formatDuration, unbroken } from "../../words/numbers";
import { TERMS } from "../../words/terms";
import "./Earlier.css";

interface Props {
  steering: Steering;
  /** Name of the metric. */
  label: string;
  disabled: boolean;
  onUndo(act: number): void;
  onRedo(): void;
}

const SHORT = 6;

/** Earlier changes of the space: author, effect, and a button that undoes each. */
export function Earlier({ steering, label, disabled, onUndo, onRedo }: Props) {
  const [all, setAll] = useState(false);
  const { changes } = steering;
  const acts = steering.acts.filter((act) => act.change);
  const shown = all ? acts : acts.slice(0, SHORT);
  return (
    <section class="card earlier" aria-labelledby="hitl-q-earlier">
      <div class="card-head">
        <h3 id="hitl-q-earlier" title={TERMS.act}>
          Earlier changes
        </h3>
        {steering.redo !== null && (
          <button
            type="button"
            class="btn small"
            disabled={disabled}
            title={`Redo: ${steering.redo}`}
            onClick={onRedo}
          >
            Redo
          </button>
        )}
      </div>
      {acts.length === 0 ? (
        <p class="say">None yet: this is the original search space.</p>
      ) : (
        <ol class="acts">
          {shown.map((act) => (
            <Line key={act.number} act={act} label={label} disabled={disabled} onUndo={onUndo} />
          ))}
        </ol>
      )}
      {acts.length > SHORT && (
        <button type="button" class="btn quiet small" onClick={() => setAll(!all)}>
          {all ? "Show fewer changes" : allWords(acts.length, changes.you + changes.machine)}
        </button>
      )}
    </section>
  );
}

const allWords = (listed: number, count: number) =>
  listed < count
    ? `Show the last ${listed} of ${formatCount(count)} changes`
    : `Show all ${formatCount(count)} changes`;

interface LineProps {
  act: ActInfo;
  /** Name of the metric. */
  label: string;
  disabled: boolean;
  onUndo(act: number): void;
}

function Line({ act, label, disabled, onUndo }: LineProps) {
  const tone = { better: "up", worse: "down", none: "faint" }[act.tone];
  return (
    <li class={act.undone ? "undone" : ""}>
      <By author={act.author} />
      <span class="act-what">
        <span class="act-title">{unbroken(act.title)}</span>
        <span class="faint">
          {" "}
          <span class="unbroken">{formatDuration(Math.round(act.elapsed))} in</span>
          {act.undone && ", undone"}
        </span>
        {act.effect !== "" && <span class="act-why">{act.effect}</span>}
        {act.why !== "" && <span class="act-why mute">{act.why}</span>}
      </span>
      {act.gain !== "" && !act.undone && (
        <b
          class={`num ${tone}`}
          title={
            act.effect === ""
              ? "What the trials proposed because of it added to the best score"
              : "Change with the same configuration"
          }
        >
          {label} {act.gain}
        </b>
      )}
      {!act.undone && (
        <button
          type="button"
          class="btn quiet small"
          aria-label={`Undo: ${act.title}`}
          disabled={disabled}
          onClick={() => onUndo(act.number)}
        >
          Undo
        </button>
      )}
    </li>
  );
}
