import { CodeLine } from "../../components/Copy";
import { Strip } from "../../components/Strip";
import { Note } from "../../components/states";
import type { SessionInfo, Status } from "../../protocol/messages";
import { TERMS } from "../../words/terms";
import { NextSteps } from "./NextSteps";
import { TakeModel } from "./TakeModel";

interface Props {
  status: Status;
  session: SessionInfo;
  onResume(): void;
  /** Open the explanations of a trial, or of the ensemble. */
  onExplain(trial: number | "ensemble"): void;
}

/** The message of a phase other than running, with its next step. */
export function Outcome(props: Props) {
  const { status, onResume } = props;
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
        {status.best !== null && (
          <>
            <p>The trials below can still be used. To get the best model:</p>
            <CodeLine code="model = session.best_model()" label="Copy as Python" />
          </>
        )}
        <button type="button" class="btn" onClick={onResume}>
          Resume the search
        </button>
      </Note>
    );
  }
  return status.phase === "finished" ? <Finished {...props} /> : null;
}

const NONE_HELD_OUT = "There is no holdout: the cross-validated score is the only estimate.";

function Finished({ status, session, onExplain }: Omit<Props, "onResume">) {
  const { target, journal, holdout_rows: heldOut } = session;
  if (status.holdout !== null && status.holdout.models.length > 0)
    return (
      <TakeModel
        holdout={status.holdout}
        caution={status.warnings?.caution ?? ""}
        session={session}
        onExplain={onExplain}
      />
    );
  return (
    <section class="card" aria-labelledby="hitl-q-take">
      <h3 id="hitl-q-take" title={TERMS.holdout}>
        Use this model
      </h3>
      <p class="say">
        {status.holdout?.sentence ?? (heldOut > 0 ? "The holdout could not be evaluated." : NONE_HELD_OUT)}
      </p>
      <NextSteps
        model="session.best_model()"
        trial={status.best?.number ?? null}
        target={target}
        journal={journal}
        temporary={session.temporary}
        heldOut={heldOut}
      />
    </section>
  );
}
