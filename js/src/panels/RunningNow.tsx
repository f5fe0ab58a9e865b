import { Jobs } from "../components/Jobs";
import type { FamilyInfo, SessionInfo, Status } from "../protocol/messages";
import type { PanelProps } from "./context";
import "./RunningNow.css";
import { useElapsed } from "./useElapsed";

interface Props extends Pick<PanelProps, "store" | "ui" | "reachable"> {
  session: SessionInfo;
  status: Status;
  families: ReadonlyMap<string, FamilyInfo>;
}

const MOST = 4;

/** The trials that run now, with their progress; empty while none does. Only it is drawn again as time passes. */
export function RunningNow({ store, ui, reachable, session, status, families }: Props) {
  const jobs = status.jobs.filter((job) => job.started !== null).slice(0, MOST);
  const elapsed = useElapsed(store, status, jobs.length > 0 && reachable);
  if (jobs.length === 0) return null;
  return (
    <div class="running-now">
      <Jobs
        jobs={jobs}
        fits={status.fits}
        families={families}
        folds={session.folds}
        elapsed={elapsed}
        onOpen={(number) => {
          ui.drawer.value = { show: "trial", number };
        }}
        onCancel={null}
      />
    </div>
  );
}
