import { CodeLine } from "../../components/Copy";
import { Strip } from "../../components/Strip";
import { Note } from "../../components/states";
import type { MetricInfo, Status } from "../../protocol/messages";
import { formatCount, formatValue, shown } from "../../words/numbers";
import { TERMS } from "../../words/terms";

interface Props {
  status: Status;
  metric: MetricInfo;
  /** Rows of the holdout. */
  heldOut: number;
  onResume(): void;
}

/** The message of a phase other than running, with its next step. */
export function Outcome({ status, metric, heldOut, onResume }: Props) {
  if (status.phase === "paused") {
    const act = (
      <button type="button" class="btn" onClick={onResume}>
        Resume
      </button>
    );
    return (
      <Strip tone="plain" acts={act}>
        <b>Paused.</b> No trial starts and no budget is used until you resume.
      </Strip>
    );
  }
  if (status.phase === "finishing") {
    return (
      <Strip tone="info">
        <b>The search has ended.</b> The best model and the ensemble are being evaluated on the holdout.
      </Strip>
    );
  }
  if (status.phase === "failed") {
    return (
      <Note title="The search failed. All results are kept.">
        <p>The trials below can still be used. To get the best model:</p>
        <CodeLine code="model = session.best_model()" label="Copy as Python" />
        <button type="button" class="btn" onClick={onResume}>
          Resume the search
        </button>
      </Note>
    );
  }
  return status.phase === "finished" ? <Finished status={status} metric={metric} heldOut={heldOut} /> : null;
}

const NONE_HELD_OUT = "There is no holdout: the cross-validated score is the only estimate.";

function Finished({ status, metric, heldOut }: Omit<Props, "onResume">) {
  const { holdout, ensemble } = status;
  const blended = holdout?.ensemble ?? null;
  return (
    <section class="card" aria-labelledby="hitl-q-holdout">
      <h3 id="hitl-q-holdout" title={TERMS.holdout}>
        How good is the model on unseen rows?
      </h3>
      <p class="say">
        {holdout?.sentence ?? (heldOut > 0 ? "The holdout could not be evaluated." : NONE_HELD_OUT)}
      </p>
      {holdout !== null && (
        <dl class="facts">
          <div>
            <dt>best model, {metric.label}</dt>
            <dd class="num">{formatValue(shown(holdout.best, metric))}</dd>
          </div>
          {blended !== null && (
            <div>
              <dt title={TERMS.ensemble}>
                {ensemble === null ? "ensemble" : `ensemble of ${ensemble.members.length}`}
              </dt>
              <dd class="num">{formatValue(shown(blended, metric))}</dd>
            </div>
          )}
          <div>
            <dt title={TERMS.holdout}>holdout rows</dt>
            <dd class="num">{formatCount(holdout.rows)}</dd>
          </div>
        </dl>
      )}
      <CodeLine
        code={blended === null ? "model = session.best_model()" : "model = session.ensemble()"}
        label="Copy as Python"
      />
    </section>
  );
}
