import { useState } from "preact/hooks";
import { CodeLine } from "../../components/Copy";
import { Strip } from "../../components/Strip";
import type { WarningAnswer, WarningInfo, WarningsInfo } from "../../protocol/messages";
import { formatCount } from "../../words/numbers";
import { TERMS } from "../../words/terms";
import type { PanelProps } from "../context";
import { Illustration } from "./Illustration";
import { Severity } from "./Severity";
import "./Warnings.css";

interface Props extends PanelProps {
  info: WarningsInfo | null;
  error: string;
  onColumn(name: string): void;
}

const SHORT = 3;
const MOST_SHOWN = 6;
/** True if an answer opens the Explain tab instead of showing its line of Python. */
const explains = (answer: WarningAnswer) => answer.python.startsWith("session.explain.");
/** True if an answer opens the review of labels below. */
const reviews = (answer: WarningAnswer) => answer.python.startsWith("session.suspect_labels(");

/** Warnings about untrustworthy scores: each needs an answer, and answered ones stay listed. */
export function Warnings(props: Props) {
  const { info, error } = props;
  const [all, setAll] = useState(false);
  const [folded, setFolded] = useState(true);
  if (info === null) {
    return error === "" ? null : <Strip tone="plain">The warnings could not be loaded. {error}</Strip>;
  }
  const { open, answered } = info;
  const shown = all ? open : open.slice(0, SHORT);
  return (
    <section class="card warnings" aria-labelledby="hitl-q-warnings">
      <h3 id="hitl-q-warnings" title={TERMS.warning}>
        Can you trust the scores?
      </h3>
      <p class="say" role="status">
        {info.sentence}
      </p>
      {shown.map((warning) => (
        <Warning key={warning.key} {...props} warning={warning} />
      ))}
      <div class="warnings-foot">
        {open.length > SHORT && (
          <button type="button" class="btn small" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? "Show the most severe only" : `Show all ${formatCount(open.length)}`}
          </button>
        )}
        {answered.length > 0 && (
          <button
            type="button"
            class="btn quiet small"
            aria-expanded={!folded}
            onClick={() => setFolded(!folded)}
          >
            {folded ? "Show" : "Hide"} {formatCount(answered.length)} answered
          </button>
        )}
      </div>
      {!folded && answered.length > 0 && (
        <ul class="answered">
          {answered.map((warning) => (
            <Answered key={warning.key} {...props} warning={warning} />
          ))}
        </ul>
      )}
    </section>
  );
}

interface WarningProps extends Props {
  warning: WarningInfo;
  onDone?(): void;
}

function Warning(props: WarningProps) {
  const { warning, ui, act, reachable, onColumn, onDone } = props;
  const [drawn, setDrawn] = useState(false);
  const [sending, setSending] = useState(false);
  const [own, setOwn] = useState<string | null>(null);
  const off = !reachable || sending;
  const [shown, setShown] = useState<WarningAnswer | null>(null);
  const say = async (answer: string) => {
    setSending(true);
    const receipt = await act({ type: "answer_warning", key: warning.key, answer });
    setSending(false);
    if (receipt !== null) onDone?.();
  };
  const choose = (answer: WarningAnswer) => {
    if (explains(answer)) ui.tab.value = "explain";
    else if (reviews(answer)) ui.data.checks.value += 1;
    else if (!answer.acts && answer.python !== "") setShown(answer);
    else say(answer.label);
  };
  const inPython =
    shown ??
    warning.answers.find(
      (answer) => !explains(answer) && !reviews(answer) && !answer.acts && answer.python !== "",
    );
  return (
    <article class={`warning ${warning.severity}`} aria-label={warning.sentence} data-key={warning.key}>
      <Severity of={warning.severity} />
      <div class="warning-words">
        <p>
          <b>{warning.sentence}</b> {warning.evidence}
        </p>
        <p class="mute">{warning.remedy}</p>
        <div class="warning-acts">
          {warning.answers.map((answer, i) => (
            <button
              key={answer.id}
              type="button"
              class={i === 0 && answer.acts ? "btn you" : "btn"}
              disabled={off}
              title={answer.python}
              onClick={() => choose(answer)}
            >
              {answer.label}
            </button>
          ))}
          <button
            type="button"
            class="btn quiet"
            aria-expanded={own !== null}
            onClick={() => setOwn(own === null ? "" : null)}
          >
            Write an answer…
          </button>
          <span class="warning-links">
            {warning.drawn && (
              <button
                type="button"
                class="btn link"
                aria-expanded={drawn}
                disabled={!reachable && !drawn}
                onClick={() => setDrawn(!drawn)}
              >
                {drawn ? "Hide evidence" : "Show evidence"}
              </button>
            )}
            {warning.columns.slice(0, MOST_SHOWN).map((name) => (
              <button key={name} type="button" class="btn link" onClick={() => onColumn(name)}>
                Show {name}
              </button>
            ))}
          </span>
        </div>
        {drawn && <Illustration {...props} warning={warning.key} />}
        {own !== null && (
          <form
            class="note-form"
            onSubmit={(event) => {
              event.preventDefault();
              if (own.trim() !== "" && !off) say(own.trim());
            }}
          >
            <input
              class="field"
              aria-label="Your answer"
              placeholder="Saved in the journal"
              maxLength={1500}
              value={own}
              onInput={(event) => setOwn(event.currentTarget.value)}
            />
            <button type="submit" class="btn you" disabled={off || own.trim() === ""}>
              Save answer
            </button>
          </form>
        )}
        {inPython !== undefined && (
          <div class="in-python">
            <span class="mute">Python for “{inPython.label}”:</span>
            <CodeLine code={inPython.python} label="Copy" />
          </div>
        )}
      </div>
    </article>
  );
}

function Answered(props: WarningProps) {
  const { warning } = props;
  const [anew, setAnew] = useState(false);
  if (anew) {
    return (
      <li>
        <Warning {...props} onDone={() => setAnew(false)} />
      </li>
    );
  }
  return (
    <li>
      <Severity of={warning.severity} mute />
      <span>
        {warning.sentence}{" "}
        <span class="you-ink">
          Your answer: <b>{warning.answer}</b>.
        </span>
        {!warning.holds && <span class="faint"> No longer applies.</span>}
      </span>
      {warning.holds && (
        <button type="button" class="btn link" onClick={() => setAnew(true)}>
          Change answer
        </button>
      )}
    </li>
  );
}
