import { useState } from "preact/hooks";
import type { AnswerInfo, PreferencesInfo } from "../../protocol/messages";
import { certaintyWords, learnedSentences } from "../../words/goals";
import { countWords, formatCount } from "../../words/numbers";
import { TERMS } from "../../words/terms";
import type { PanelProps } from "../context";
import { Folded } from "./Folded";
import { Goals } from "./Goals";
import "./Learned.css";

interface Props extends PanelProps {
  info: PreferencesInfo;
}

const SHORT = 5;

function noteOf({ answers, goals }: PreferencesInfo): string {
  const count = answers.length === 0 ? "no answers yet" : countWords(answers.length, "answer");
  return goals === null ? count : `${count}, and weights that you set`;
}

/** Preferences learned from answers and goals, in words and bars, and the answers themselves. */
export function Learned({ ui, reachable, act, info }: Props) {
  const sentences = learnedSentences(info);
  const known = sentences.filter((one) => one.known).map((one) => one.text);
  const unknown = sentences.filter((one) => !one.known).map((one) => one.text);
  const certainty = certaintyWords(info);
  return (
    <Folded
      ui={ui}
      id="learned"
      title="Learned preferences"
      help={TERMS.utility}
      note={noteOf(info)}
      begins={false}
      class="learned"
    >
      {sentences.length === 0 && certainty === "" ? (
        <p class="say">Nothing yet. Compare pairs of models or set goals below.</p>
      ) : (
        <>
          <p class="say">{certainty}</p>
          <ul class="sentences">
            {known.map((text) => (
              <li key={text}>{text}</li>
            ))}
            {unknown.length === 1 && <li class="faint">{unknown[0]}</li>}
          </ul>
          {unknown.length > 1 && (
            <details class="unknown-trades">
              <summary>{formatCount(unknown.length)} trade-offs are not known yet</summary>
              <ul class="faint">
                {unknown.map((text) => (
                  <li key={text}>{text}</li>
                ))}
              </ul>
            </details>
          )}
        </>
      )}
      <Goals info={info} disabled={!reachable} act={act} />
      <Answers
        answers={info.answers}
        disabled={!reachable}
        onUndo={(number) => act({ type: "undo", act: number })}
        onPair={(first, second) => {
          ui.pair.value = { first, second };
        }}
      />
    </Folded>
  );
}

interface AnswersProps {
  answers: readonly AnswerInfo[];
  disabled: boolean;
  onUndo(act: number): void;
  /** The pair is put on the cards again. */
  onPair(first: number, second: number): void;
}

function Answers({ answers, disabled, onUndo, onPair }: AnswersProps) {
  const [all, setAll] = useState(false);
  if (answers.length === 0) return null;
  const shown = all ? answers : answers.filter((one, i) => i < SHORT || one.doubt !== "");
  return (
    <div class="given">
      <h4>Your answers</h4>
      <ol>
        {shown.map((one) => (
          <li key={`${one.act} ${one.first} ${one.second}`} class={one.doubt === "" ? "" : "inconsistent"}>
            <span class="given-what">
              {one.sentence}
              {one.doubt !== "" && <span class="inconsistency">{one.doubt}</span>}
            </span>
            {one.act !== null && (
              <button
                type="button"
                class={one.doubt === "" ? "btn quiet small" : "btn small"}
                aria-label={`${one.doubt === "" ? "Undo" : "Change my mind"}: ${one.sentence}`}
                disabled={disabled}
                onClick={() => {
                  if (one.act === null) return;
                  onUndo(one.act);
                  if (one.doubt !== "") onPair(one.first, one.second);
                }}
              >
                {one.doubt === "" ? "Undo" : "Change my mind"}
              </button>
            )}
          </li>
        ))}
      </ol>
      {answers.length > shown.length && (
        <button type="button" class="btn quiet small" onClick={() => setAll(true)}>
          Show all {answers.length} answers
        </button>
      )}
    </div>
  );
}
