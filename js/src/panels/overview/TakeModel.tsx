import { CopyButton } from "../../components/Copy";
import { Strip } from "../../components/Strip";
import type { Holdout, MetricInfo, OfferedModel, SessionInfo } from "../../protocol/messages";
import { countWords, formatBytes, formatScore, formatSpread, formatValue, shown } from "../../words/numbers";
import { formatMeasure, MS } from "../../words/objective";
import { TERMS } from "../../words/terms";
import { Severity } from "../data/Severity";
import { NextSteps } from "./NextSteps";
import "./TakeModel.css";

const ROLES: Record<OfferedModel["name"], string> = {
  preferred: "recommended",
  best: "best single model in cross-validation",
  ensemble: "weighted average of their predictions",
  simpler: "simpler, statistically tied",
};

const GOAL_TONES = { reached: "info", likely: "info", unlikely: "warn", missed: "warn" } as const;
const GOAL_MARKS = { reached: "✓", likely: "(✓)", unlikely: "(✗)", missed: "✗" } as const;

interface Props {
  holdout: Holdout;
  /** The sentence beside every score while a severe warning is open; "" otherwise. */
  caution: string;
  session: SessionInfo;
  /** Open the explanations of a trial, or of the ensemble. */
  onExplain(trial: number | "ensemble"): void;
}

/** The end of a search: the offered models side by side, as they are delivered, and what to do with one. */
export function TakeModel({ holdout, caution, session, onExplain }: Props) {
  const { metric, target, journal } = session;
  const [first] = holdout.models;
  if (first === undefined) return null;
  return (
    <section class="card take" aria-labelledby="hitl-q-take">
      <h3 id="hitl-q-take">Use this model</h3>
      <p class="say">
        {holdout.delivered} Each model was scored on the holdout ({countWords(holdout.rows, "row")}){" "}
        {holdout.evaluated}. {holdout.rival}
      </p>
      {caution !== "" && (
        <p class="take-caution">
          <Severity of="high" mute />
          <span>{caution}</span>
        </p>
      )}
      {holdout.newer !== "" && <Strip tone="info">{holdout.newer}</Strip>}
      {holdout.gap !== "" && <Strip tone={holdout.far ? "warn" : "info"}>{holdout.gap}</Strip>}
      {holdout.goal !== null && (
        <Strip tone={GOAL_TONES[holdout.goal.outcome]}>{holdout.goal.sentence}</Strip>
      )}
      {holdout.expected !== null && (
        <Strip tone={holdout.expected.outcome === "as_expected" ? "info" : "warn"}>
          {holdout.expected.sentence}
        </Strip>
      )}
      {first.notes.map((note) => (
        <Strip key={note} tone="warn">
          {note}
        </Strip>
      ))}
      <table class="offered">
        <thead>
          <tr>
            <th scope="col">model</th>
            <th scope="col" class="r" title={TERMS.score}>
              {metric.label} (cross-validation)
            </th>
            <th scope="col" class="r" title={TERMS.holdout}>
              {metric.label} (holdout, 95% interval)
            </th>
            {session.goal !== "" && (
              <th scope="col" class="r" title={`${session.goal}, on the holdout`}>
                goal (95% interval)
              </th>
            )}
            <th scope="col" class="r">
              predicts 1,000 rows in
            </th>
            <th scope="col" class="r">
              size
            </th>
            <th scope="col" class="does">
              actions
            </th>
          </tr>
        </thead>
        <tbody>
          {holdout.models.map((one) => (
            <Offer
              key={one.name}
              model={one}
              metric={metric}
              goal={session.goal !== ""}
              onExplain={onExplain}
            />
          ))}
        </tbody>
      </table>
      <NextSteps
        model={first.python}
        trial={first.number}
        target={target}
        journal={journal}
        temporary={session.temporary}
        heldOut={holdout.rows}
      />
    </section>
  );
}

interface OfferProps {
  model: OfferedModel;
  metric: MetricInfo;
  /** True if the person stated a success criterion. */
  goal: boolean;
  onExplain: Props["onExplain"];
}

function Offer({ model, metric, goal, onExplain }: OfferProps) {
  const folds = formatScore(model.cv, model.std, metric);
  const ends = [model.low, model.high].filter((one) => one !== null).map((one) => shown(one, metric));
  return (
    <tr>
      <th scope="row">
        {model.label} <span class="faint role">{ROLES[model.name]}</span>
        {model.notes.length > 0 && (
          <span class="faint" title={model.notes.join(" ")}>
            {" "}
            ({countWords(model.notes.length, "note")})
          </span>
        )}
      </th>
      <td class="r num" data-label={`${metric.label} (cross-validation)`}>
        {folds?.value ?? "–"}
        {folds?.spread && <span class="faint"> ± {folds.spread} SD</span>}
      </td>
      <td class="r num" data-label={`${metric.label} (holdout)`}>
        <b>{formatValue(shown(model.score, metric))}</b>
        {ends.length === 2 && (
          <span class="faint" title="95% interval">
            {" "}
            {interval(ends)}
          </span>
        )}
      </td>
      {goal && (
        <td class="r num" data-label="goal">
          {model.goal === null ? (
            "–"
          ) : (
            <>
              {GOAL_MARKS[model.goal.outcome]} {model.goal.value}
              <span class="faint" title="95% interval">
                {" "}
                {model.goal.interval}
              </span>
            </>
          )}
        </td>
      )}
      <td class="r num" data-label="predicts 1,000 rows in">
        {model.predict_ms === null ? "–" : formatMeasure(model.predict_ms, MS)}
      </td>
      <td class="r num" data-label="size">
        {model.size_mb === null ? "–" : formatBytes(Math.round(model.size_mb * 1e6))}
      </td>
      <td class="does">
        <CopyButton text={`model = ${model.python}`} label="Copy code" />
        <button
          type="button"
          class="btn quiet small"
          onClick={() => onExplain(model.number ?? "ensemble")}
          aria-label={`Explain ${model.label}`}
        >
          Explain
        </button>
      </td>
    </tr>
  );
}

/** The ends of an interval, lower one first, with as many decimals as a spread has. */
function interval(ends: readonly number[]): string {
  const [low = 0, high = 0] = ends.toSorted((a, b) => a - b);
  return `${formatSpread(low, low)} to ${formatSpread(high, high)}`;
}
