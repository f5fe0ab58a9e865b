import type { FamilyInfo, Job } from "../protocol/messages";
import { formatDuration } from "../words/numbers";
import { familyColour, familyLabel } from "../words/trial";
import { Dot } from "./marks";
import "./Jobs.css";

interface Props {
  jobs: readonly Job[];
  families: ReadonlyMap<string, FamilyInfo>;
  /** Folds of a trial. */
  folds: number;
  /** Seconds on the search's clock now. */
  elapsed: number;
  onOpen(number: number): void;
  /** Null where trials cannot be cancelled. */
  onCancel: ((number: number) => void) | null;
}

/** The running and queued trials: folds done, since when, and the expected end. */
export function Jobs({ jobs, families, folds, elapsed, onOpen, onCancel }: Props) {
  return (
    <ul class="jobs">
      {jobs.map((job) => (
        <li key={job.number}>
          <button type="button" class="btn link" onClick={() => onOpen(job.number)}>
            <Dot colour={familyColour(families, job.family)} />#{job.number}{" "}
            <span class="ellipsis">{familyLabel(families, job.family)}</span>
          </button>
          <FoldMarks done={job.folds} of={folds} waits={job.started === null} />
          <span class="mute job-time">{timeWords(job, elapsed)}</span>
          {onCancel !== null && (
            <button
              type="button"
              class="btn quiet small"
              aria-label={`Cancel trial ${job.number}`}
              onClick={() => onCancel(job.number)}
            >
              Cancel
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function FoldMarks({ done, of, waits }: { done: number; of: number; waits: boolean }) {
  const said = waits ? "queued" : `${done} of ${of} folds done`;
  return (
    <span class="fold-marks" role="img" aria-label={said} title={said}>
      {Array.from({ length: of }, (_, i) => (
        <i key={i} class={i < done ? "done" : i === done && !waits ? "now" : ""} />
      ))}
    </span>
  );
}

/** "8 s, about 12 s left". Without earlier trials of the family there is no expectation. */
export function timeWords({ started, expected }: Pick<Job, "started" | "expected">, elapsed: number): string {
  if (started === null)
    return expected === null ? "queued" : `queued, takes about ${formatDuration(expected)}`;
  const spent = Math.max(0, elapsed - started);
  const now = formatDuration(Math.round(spent));
  if (expected === null) return now;
  const left = Math.round(expected - spent);
  return left >= 1 ? `${now}, about ${formatDuration(left)} left` : `${now}, longer than usual`;
}
