import { useState } from "preact/hooks";
import type { Command } from "../protocol/commands";
import type { SessionInfo, Status } from "../protocol/messages";
import { part, phaseWords, waitsForUser } from "../words/phase";
import { TERMS } from "../words/terms";
import { Autonomy } from "./Autonomy";
import { BudgetPopover } from "./BudgetPopover";
import { Workers } from "./Workers";
import "./TopBar.css";

interface Props {
  session: SessionInfo;
  status: Status;
  /** Seconds since the status came. */
  since: number;
  reachable: boolean;
  onAct(command: Command): void;
  /** Opens a trial. */
  onOpen(number: number): void;
  /** Rejects with the kernel's reason. */
  onBudget(seconds: number | null, trials: number | null): Promise<unknown>;
}

const KINDS = { binary: "binary", multiclass: "multiclass", regression: "regression" } as const;

export function TopBar({ session, status, since, reachable, onAct, onOpen, onBudget }: Props) {
  const [asking, setAsking] = useState<"stop" | "budget" | null>(null);
  const { phase } = status;
  const [now, rest] = phaseWords(status, since);
  const fraction = part(status, since);
  const alive = reachable && (phase === "running" || phase === "finishing");
  const waits = reachable && waitsForUser(status);
  const tone = waits
    ? "pulse you"
    : phase === "failed" || !reachable
      ? "pulse bad"
      : alive
        ? "pulse on"
        : "pulse";
  const going = phase === "running" || phase === "paused";
  const budgeted = going || phase === "ready" || phase === "finishing" || phase === "finished";
  const act = (command: Command) => {
    setAsking(null);
    onAct(command);
  };
  return (
    <div class="bar">
      <div class="bar-what">
        <h2 title={session.name}>{session.name}</h2>
        <span class="mute">
          {session.name !== session.target && `${session.target} · `}
          {KINDS[session.kind]} · <span title={TERMS.metric}>{session.metric.label}</span> ·{" "}
          <span title={TERMS.fold}>{session.folds} folds</span> · started {session.started}
        </span>
      </div>
      <div class="bar-now">
        <span class="words">
          <i class={tone} aria-hidden="true" />
          {reachable ? (
            <>
              {now} <span class="mute">· {rest}</span>
            </>
          ) : (
            "kernel not responding"
          )}
        </span>
        <Workers {...{ session, status, since, reachable, onAct, onOpen }} />
        {fraction !== null && phase !== "ready" && (
          <div
            class={alive || phase === "finished" ? "progress" : "progress off"}
            role="progressbar"
            aria-label="budget used"
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(100 * fraction)}
          >
            <i style={{ width: `${100 * fraction}%` }} />
          </div>
        )}
      </div>
      {phase !== "failed" && (
        <Autonomy
          level={status.autonomy}
          disabled={!reachable}
          onLevel={(level) => onAct({ type: "set_autonomy", level })}
        />
      )}
      <div class="bar-acts">
        {asking === "stop" ? (
          <>
            <span>Stop the search? Everything found is kept.</span>
            <button
              type="button"
              class="btn you"
              onClick={() => act({ type: "stop" })}
              ref={(it) => it?.focus()}
            >
              Stop search
            </button>
            <button type="button" class="btn quiet" onClick={() => setAsking(null)}>
              Keep searching
            </button>
          </>
        ) : (
          <>
            {phase === "ready" && (
              <button type="button" class="btn" disabled={!reachable} onClick={() => act({ type: "start" })}>
                Start
              </button>
            )}
            {phase === "running" && (
              <button type="button" class="btn" disabled={!reachable} onClick={() => act({ type: "pause" })}>
                Pause
              </button>
            )}
            {phase === "paused" && (
              <button
                type="button"
                class="btn you"
                disabled={!reachable}
                onClick={() => act({ type: "resume" })}
              >
                Resume
              </button>
            )}
            {budgeted && (
              <button
                type="button"
                class="btn quiet"
                disabled={!reachable}
                title={TERMS.budget}
                aria-expanded={asking === "budget"}
                aria-haspopup="dialog"
                onClick={() => setAsking(asking === "budget" ? null : "budget")}
              >
                {phase === "finished" ? "Extend the search…" : "Budget"}
              </button>
            )}
            {going && (
              <button type="button" class="btn quiet" disabled={!reachable} onClick={() => setAsking("stop")}>
                Stop
              </button>
            )}
            {asking === "budget" && (
              <BudgetPopover budget={status.budget} onClose={() => setAsking(null)} onSet={onBudget} />
            )}
          </>
        )}
      </div>
    </div>
  );
}
