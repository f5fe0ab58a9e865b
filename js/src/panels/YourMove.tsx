import { useMemo, useState } from "preact/hooks";
import { SuggestionCard } from "../components/SuggestionCard";
import type { SessionInfo, Status } from "../protocol/messages";
import { formatCount } from "../words/numbers";
import { byName } from "../words/trial";
import type { PanelProps } from "./context";
import "./YourMove.css";

interface Props extends PanelProps {
  session: SessionInfo;
  status: Status;
}

const MOST = 200;

/** Next steps while the user drives. */
export function YourMove({ ui, reachable, session, status, act }: Props) {
  const [count, setCount] = useState("5");
  const [asking, setAsking] = useState(false);
  const families = useMemo(() => byName(session.families), [session]);
  const suggestion = ui.suggestion.value;
  if (status.autonomy !== "user" || (status.phase !== "running" && status.phase !== "paused")) return null;
  const wanted = Number(count);
  const fine = Number.isInteger(wanted) && wanted >= 1 && wanted <= MOST;
  const close = () => {
    ui.suggestion.value = null;
  };
  const suggest = async () => {
    setAsking(true);
    const done = await act({ type: "suggest" });
    setAsking(false);
    if (done?.suggestion != null) ui.suggestion.value = done.suggestion;
  };
  return (
    <section class="card your-move" aria-labelledby="hitl-your-move">
      <h3 id="hitl-your-move">Your move</h3>
      <p class="say">{waiting(status)}</p>
      <div class="moves">
        <button
          type="button"
          class={suggestion === null ? "btn you" : "btn"}
          disabled={!reachable}
          onClick={() => {
            ui.drawer.value = { show: "form", parent: null, family: null };
          }}
        >
          Queue a configuration…
        </button>
        <button type="button" class="btn" disabled={!reachable || asking} onClick={suggest}>
          {asking ? "Choosing a trial…" : "Suggest a trial"}
        </button>
        <form
          class="batch"
          onSubmit={(event) => {
            event.preventDefault();
            if (fine) act({ type: "batch", count: wanted });
          }}
        >
          <button type="submit" class="btn" disabled={!reachable || !fine}>
            Run a batch
          </button>
          <input
            class="field tiny"
            aria-label={`Number of trials, 1 to ${MOST}`}
            inputMode="numeric"
            value={count}
            aria-invalid={!fine}
            onInput={(event) => setCount(event.currentTarget.value)}
          />
          <span class="mute">trials</span>
        </form>
      </div>
      {!fine && <p class="oops">Enter a whole number from 1 to {MOST}.</p>}
      {suggestion !== null && (
        <SuggestionCard
          suggestion={suggestion}
          families={families}
          disabled={!reachable}
          onRun={async () => {
            if ((await act({ type: "propose", config: suggestion.config, parent: null })) !== null) close();
          }}
          onChange={() => {
            const family = String(suggestion.config.family ?? "");
            ui.drawer.value = { show: "form", parent: null, family, config: suggestion.config };
          }}
          onClose={close}
        />
      )}
    </section>
  );
}

function waiting({ granted, counts, phase }: Status): string {
  if (phase === "paused") return "Paused: queued trials start when you resume.";
  const busy = counts.running + counts.queued;
  if (granted > 0)
    return `${formatCount(granted)} ${granted === 1 ? "trial of your batch is" : "trials of your batch are"} left; then the search waits for you.`;
  if (busy > 0)
    return `${formatCount(busy)} ${busy === 1 ? "trial is" : "trials are"} still running; then the search waits for you.`;
  return "Nothing runs until you queue a trial or start a batch.";
}
