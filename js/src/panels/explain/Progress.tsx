import type { Explanation } from "../../store/explanations";
import "./Progress.css";

interface Props {
  explanation: Explanation;
  reachable: boolean;
  onAsk(): void;
  onStop(): void;
}

/** Progress of the computation, and the button that stops it. */
export function Progress({ explanation, reachable, onAsk, onStop }: Props) {
  const { state, info, error } = explanation;
  const begun = info !== null;
  if (state === "done" || (state === "none" && reachable)) return null;
  if (state === "asking" || state === "waiting") {
    const words = begun && info.partial ? "still computing…" : state === "asking" ? "computing…" : "queued…";
    return (
      <div class="view-progress">
        <i class="pulse on" aria-hidden="true" />
        <span class="machine-ink" role="status">
          {words}
        </span>
        <button type="button" class="btn quiet small" onClick={onStop}>
          Stop
        </button>
      </div>
    );
  }
  return (
    <div class="view-progress">
      {state === "failed" && <span class="oops">{error}</span>}
      {state === "stopped" && (
        <span class="faint">
          {begun ? "Stopped: this answer is partial." : "Stopped before there was an answer."}
        </span>
      )}
      <button type="button" class="btn small" disabled={!reachable} onClick={onAsk}>
        {state === "failed" ? "Try again" : state === "stopped" && begun ? "Continue" : "Compute the answer"}
      </button>
    </div>
  );
}
