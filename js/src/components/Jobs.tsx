import type { FamilyInfo, FitInfo, Job } from "../protocol/messages";
import { fitWords, longFits, shareDone } from "../words/fit";
import { formatDuration } from "../words/numbers";
import { familyColour, familyLabel } from "../words/trial";
import { Dot } from "./marks";
import "./Jobs.css";

interface Props {
  jobs: readonly Job[];
  /** The fits in progress, of any trial. */
  fits: readonly FitInfo[];
  families: ReadonlyMap<string, FamilyInfo>;
  /** Folds of a trial. */
  folds: number;
  /** Seconds on the search's clock now. */
  elapsed: number;
  onOpen(number: number): void;
  /** Null where trials cannot be canceled. */
  onCancel: ((number: number) => void) | null;
}

/** The running and queued trials: folds done, since when, and the expected end, or how far a long fit is. */
export function Jobs({ jobs, families, onOpen, onCancel, ...context }: Props) {
  return (
    <ul class="jobs">
      {jobs.map((job) => (
        <li key={job.number}>
          <button type="button" class="btn link" onClick={() => onOpen(job.number)}>
            <Dot colour={familyColour(families, job.family)} />#{job.number}{" "}
            <span class="ellipsis">{familyLabel(families, job.family)}</span>
          </button>
          <Progress job={job} {...context} />
          {onCancel !== null && (
            <button
              type="button"
              class="btn quiet small"
              aria-label={`${endWord(job)} trial ${job.number}`}
              onClick={() => onCancel(job.number)}
            >
              {endWord(job)}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

/** A queued trial is canceled, a running one is ended. */
const endWord = ({ started }: Job) => (started === null ? "Cancel" : "End");

function Progress({ job, fits, folds, elapsed }: Pick<Props, "fits" | "folds" | "elapsed"> & { job: Job }) {
  const time = timeWords(job, elapsed);
  const long = longFits(fits, job.number, elapsed);
  const [first] = long;
  return (
    <>
      <FoldMarks done={job.folds} of={folds} waits={job.started === null} shares={long.map(shareDone)} />
      {first === undefined ? (
        <span class="mute job-time">{time}</span>
      ) : (
        <span class="mute job-time" title={`Trial: ${time}`}>
          {fitWords(first, folds, elapsed)}
        </span>
      )}
    </>
  );
}

interface MarksProps {
  done: number;
  of: number;
  waits: boolean;
  /** Of each long fit, the share of its rounds; null if that is not known. */
  shares: readonly (number | null)[];
}

function FoldMarks({ done, of, waits, shares }: MarksProps) {
  const said = waits ? "queued" : `${done} of ${of} folds done`;
  const busy = waits ? 0 : Math.max(1, shares.length);
  return (
    <span class="fold-marks" role="img" aria-label={said} title={said}>
      {Array.from({ length: of }, (_, i) => {
        if (i < done) return <i key={i} class="done" />;
        if (i >= done + busy) return <i key={i} />;
        const share = shares[i - done] ?? null;
        return share === null ? (
          <i key={i} class="now" />
        ) : (
          <i key={i} class="part" style={{ "--share": `${100 * share}%` }} />
        );
      })}
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
