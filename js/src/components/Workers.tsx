import type { Command } from "../protocol/commands";
import type { SessionInfo, Status } from "../protocol/messages";
import { countWords, formatCount } from "../words/numbers";
import { used } from "../words/phase";
import { byName } from "../words/trial";
import { Jobs } from "./Jobs";
import { Popover } from "./Popover";
import "./Workers.css";

interface Props {
  session: SessionInfo;
  status: Status;
  /** Seconds since the status came. */
  since: number;
  reachable: boolean;
  onAct(command: Command): void;
  onOpen(number: number): void;
}

/** The number of busy workers; opens the list of running and queued trials. */
export function Workers({ session, status, since, reachable, onAct, onOpen }: Props) {
  const { phase, counts, jobs } = status;
  if (phase !== "running" && phase !== "paused") return null;
  const queued = counts.queued > 0 ? `, ${formatCount(counts.queued)} queued` : "";
  const hidden = counts.running + counts.queued - jobs.length;
  return (
    <Popover
      class="btn quiet small workers"
      name="Workers and queue"
      title="Show what runs and what is queued"
      label={`${formatCount(counts.running)} running${queued}`}
    >
      <div class="workers-list">
        <h3>What runs now?</h3>
        <p class="mute">
          {countWords(session.workers, "worker")}. Expected times come from earlier trials of the same model.
        </p>
        {jobs.length === 0 ? (
          <p>Nothing runs and nothing is queued.</p>
        ) : (
          <Jobs
            jobs={jobs}
            fits={status.fits}
            families={byName(session.families)}
            folds={session.folds}
            elapsed={used(status.budget, since)}
            onOpen={onOpen}
            onCancel={reachable ? (number) => onAct({ type: "cancel", number }) : null}
          />
        )}
        {hidden > 0 && <p class="mute">{countWords(hidden, "more trial")} in the queue.</p>}
      </div>
    </Popover>
  );
}
