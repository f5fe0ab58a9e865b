import { useMemo } from "preact/hooks";
import { useCharts } from "../../charts/charts";
import { isDrawn } from "../../charts/views";
import { Dot } from "../../components/marks";
import type { SessionInfo, ViewInfo } from "../../protocol/messages";
import type { SessionStore } from "../../store/session";
import { hueColour } from "../../words/trial";
import { cellText } from "../../words/views";
import type { PanelProps } from "../context";
import { Progress } from "../explain/Progress";
import { type Followed, useExplanation } from "../useExplanation";
import "./Disagreement.css";

const VIEW = "disagreement";
/** The signals with the colours of the models, in their order. */
const SIGNALS = ["hue_a", "hue_b", "hue_c", "hue_d", "hue_e"];

export interface Asked extends Followed {
  again(): void;
  stop(): void;
}

/** Asks where trials disagree, if there are two; a worker computes it from their stored predictions. */
export function useDisagreement(store: SessionStore, numbers: readonly number[], reachable: boolean): Asked {
  const { explanations } = store;
  const key = numbers.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the numbers are compared by value
  const options = useMemo(() => ({ trials: numbers }), [key]);
  const followed = useExplanation(explanations, VIEW, options, 0, reachable && numbers.length > 1);
  return {
    ...followed,
    again: () => explanations.again(VIEW, options, 0),
    stop: () => explanations.stop(VIEW, options),
  };
}

interface Props extends PanelProps {
  session: SessionInfo;
  disagreement: Asked;
  /** The colour of each trial, by the name of its CSS variable. */
  hues: ReadonlyMap<number, string>;
}

/** The curve of each model on one chart, below the sentence that reads it. */
export function Curves({ disagreement: { info, stale }, hues, dark }: Props) {
  const { View } = useCharts();
  const chart = info?.charts.find(isDrawn);
  if (info === null || chart === undefined) return null;
  const words = info.sentences.slice(1).join(" ");
  const colours = modelsOf(info).map(({ trial }, i) => [SIGNALS[i] ?? "", hues.get(trial) ?? "base"]);
  return (
    <figure class={stale ? "compare-curves stale" : "compare-curves"}>
      <figcaption>{words}</figcaption>
      <View
        name={chart}
        data={info.data}
        signals={{}}
        hues={Object.fromEntries(colours)}
        dark={dark}
        description={words}
      />
    </figure>
  );
}

/** The rows on which the predictions of models differ most. */
export function Disagreement(props: Props & { best: number }) {
  const { disagreement, reachable } = props;
  const { explanation, info, stale, again, stop } = disagreement;
  const models = info === null ? [] : modelsOf(info);
  return (
    <section class="disagreement" aria-labelledby="hitl-q-disagree" aria-busy={explanation.state !== "done"}>
      <h4 id="hitl-q-disagree">Where do they disagree?</h4>
      {info !== null && (
        <div class={stale ? "stale" : undefined}>
          <p>{info.sentences[0]}</p>
          {models.length > 0 && <Rows {...props} info={info} models={models} />}
          <p class="faint">{info.notes.join(" ")}</p>
        </div>
      )}
      <Progress explanation={explanation} reachable={reachable} onAsk={again} onStop={stop} />
    </section>
  );
}

interface Model {
  trial: number;
  name: string;
}

function modelsOf(info: ViewInfo): Model[] {
  const found = Object.hasOwn(info.data, "models") ? (info.data.models ?? []) : [];
  return found.flatMap(({ trial, model }) =>
    typeof trial === "number" && typeof model === "string" ? [{ trial, name: model }] : [],
  );
}

interface RowsProps extends Props {
  /** The trial for which a row is explained. */
  best: number;
  info: ViewInfo;
  models: readonly Model[];
}

function Rows({ ui, session, hues, best, info, models }: RowsProps) {
  const rows = Object.hasOwn(info.data, "rows") ? (info.data.rows ?? []) : [];
  const columns = Array.isArray(info.about.columns) ? info.about.columns.map(String) : [];
  const numeric = session.kind !== "multiclass";
  const explain = (row: number) => {
    ui.askRow(row);
    ui.explained.value = best;
    ui.question.value = "row";
    ui.tab.value = "explain";
  };
  const { positive } = info.about;
  const predicted = typeof positive === "string" ? ` Predictions are probabilities of ${positive}.` : "";
  const ticked = session.kind === "regression" ? "marks the closest" : "marks a right prediction";
  return (
    <>
      <p class="mute">
        Largest differences first.{predicted} <span class="tick">✓</span> {ticked}. Click a row number to
        explain the row.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <div class="compare-scroll" tabIndex={0} role="region" aria-label="Rows with the largest difference">
        <table>
          <thead>
            <tr>
              <th scope="col" class="r">
                row
              </th>
              <th scope="col" title={session.target}>
                {session.target}
              </th>
              {models.map(({ trial, name }) => (
                <th key={trial} scope="col" class={numeric ? "model r" : "model"} title={name}>
                  <Dot colour={hueColour(hues.get(trial) ?? "base")} />
                  {name}
                </th>
              ))}
              {columns.map((column) => (
                <th key={column} scope="col" title={column}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const right = Array.isArray(row.right) ? row.right : [];
              return (
                <tr key={String(row.row)}>
                  <td class="r num">
                    <button
                      type="button"
                      class="btn link"
                      aria-label={`Explain row ${row.row}`}
                      onClick={() => explain(Number(row.row))}
                    >
                      {String(row.row)}
                    </button>
                  </td>
                  <td>{cellText(row.actual)}</td>
                  {models.map(({ trial, name }) => (
                    <td key={trial} class={numeric ? "r num" : ""}>
                      {right.includes(name) && <span class="tick">✓ </span>}
                      {predictionText(row[name], session)}
                    </td>
                  ))}
                  {columns.map((column) => (
                    <td key={column} title={cellText(row[column])}>
                      {cellText(row[column])}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** A prediction as text; a probability next to one half has a decimal, because the class depends on it. */
function predictionText(value: unknown, session: SessionInfo): string {
  if (session.kind !== "binary" || typeof value !== "number") return cellText(value);
  const percent = 100 * value;
  return `${percent.toFixed(Math.round(percent) === 50 ? 1 : 0)}%`;
}
