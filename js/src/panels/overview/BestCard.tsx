import { ShortBoard } from "../../components/ShortBoard";
import { Waiting } from "../../components/states";
import type { FamilyInfo, Status } from "../../protocol/messages";
import { leaders } from "../../store/row";
import { countWords, formatCount } from "../../words/numbers";
import { mayQueue } from "../../words/phase";
import { familyLabel } from "../../words/trial";
import type { LoadedProps } from "./Overview";
import "./BestCard.css";

const SHORT = 8;

interface Props extends LoadedProps {
  families: ReadonlyMap<string, FamilyInfo>;
  onOwn(): void;
}

export function BestCard({ store, ui, reachable, session, status, families, onOwn }: Props) {
  store.version.value;
  const grey = store.grey.value;
  const discarded = new Set(store.steering.value?.discarded);
  const broken = store.broken.value;
  const past = store.past.value.size;
  const counting = [...store.today()].filter(({ number }) => !discarded.has(number) && !broken.has(number));
  const best = leaders(counting, SHORT);
  return (
    <section class="card" aria-labelledby="hitl-q-best">
      <h3 id="hitl-q-best">Which trials are best, and who proposed them?</h3>
      <p class="say">
        {standing(status)}
        {past > 0 &&
          ` ${countWords(past, "trial", "trials")} from before the data changed ${past === 1 ? "is" : "are"} not listed.`}
        {broken.size > 0 &&
          ` ${countWords(broken.size, "trial violates", "trials violate")} a constraint or ${broken.size === 1 ? "is" : "are"} not measured yet, and ${broken.size === 1 ? "is" : "are"} not listed.`}
        {best.some((row) => grey.has(row.number)) && " Gray: outside the search space, kept in the record."}
      </p>
      <Preferred ui={ui} status={status} families={families} />
      {best.length === 0 ? (
        <Waiting text="No trial has finished yet." busy={status.phase === "running"} />
      ) : (
        <ShortBoard
          rows={best}
          metric={session.metric}
          families={families}
          grey={grey}
          onOpen={(number) => {
            ui.drawer.value = { show: "trial", number };
          }}
        />
      )}
      <div class="foot">
        {status.autonomy !== "user" && (
          <button type="button" class="btn" disabled={!reachable || !mayQueue(status)} onClick={onOwn}>
            Queue a configuration…
          </button>
        )}
        <span class="grow" />
        <button
          type="button"
          class="btn quiet"
          onClick={() => {
            ui.tab.value = "trials";
          }}
        >
          Show all {formatCount(store.rows.size - past)} trials
        </button>
      </div>
    </section>
  );
}

type PreferredProps = Pick<Props, "ui" | "status" | "families">;

/** The recommended model, if it is not the one with the best score. */
function Preferred({ ui, status, families }: PreferredProps) {
  const { preferred, best } = status;
  if (preferred === null || best === null || preferred.number === best.number) return null;
  return (
    <p class="preferred">
      By your preferences,{" "}
      <button
        type="button"
        class="btn link"
        onClick={() => {
          ui.drawer.value = { show: "trial", number: preferred.number };
        }}
      >
        #{preferred.number} {familyLabel(families, preferred.family)}
      </button>{" "}
      is better than #{best.number}, which has the best score.{" "}
      <button
        type="button"
        class="btn link"
        onClick={() => {
          ui.tab.value = "preferences";
        }}
      >
        Show why
      </button>
    </p>
  );
}

/** The number of trials by state, in words. */
function standing({ today: counts }: Status): string {
  const parts = [
    `${formatCount(counts.complete)} complete`,
    counts.running > 0 ? `${counts.running} running` : "",
    counts.queued > 0 ? `${counts.queued} queued` : "",
    counts.stopped > 0 ? `${formatCount(counts.stopped)} stopped early` : "",
    counts.failed > 0 ? `${formatCount(counts.failed)} failed` : "",
  ].filter((part) => part !== "");
  return `${parts.join(", ")}.`;
}
