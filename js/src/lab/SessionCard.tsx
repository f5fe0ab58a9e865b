import { useEffect, useRef, useState } from "preact/hooks";
import { Autonomy } from "../components/Autonomy";
import { NudgeStrip } from "../components/NudgeStrip";
import { Strip } from "../components/Strip";
import { useNow } from "../panels/useNow";
import type { Command } from "../protocol/commands";
import type { SessionHead, WarningInfo } from "../protocol/messages";
import { formatScore } from "../words/numbers";
import { part, phaseWords } from "../words/phase";
import "./SessionCard.css";

interface Props {
  head: SessionHead;
  /** When the head came, on the clock of `performance.now()`. */
  at: number;
  reachable: boolean;
  /** Rejects with the kernel's reason. */
  onAct(command: Command): Promise<unknown>;
  onOpen(tab?: string): void;
  /** Null when the cell is not known. */
  onJump: (() => void) | null;
}

const KINDS = { binary: "binary", multiclass: "multiclass", regression: "regression" } as const;

/** A live session in the sidebar. */
export function SessionCard({ head, at, reachable, onAct, onOpen, onJump }: Props) {
  const [refusal, setRefusal] = useState<{ message: string; remedy?: string } | null>(null);
  const { status } = head;
  const now = useNow(status.budget.ticking && reachable);
  const since = Math.max(0, (now - at) / 1000);
  const [words, rest] = phaseWords(status, since);
  const alive = reachable && (status.phase === "running" || status.phase === "finishing");
  const tone = status.phase === "failed" || !reachable ? "pulse bad" : alive ? "pulse on" : "pulse";
  const act = async (command: Command): Promise<boolean> => {
    setRefusal(null);
    try {
      await onAct(command);
      return true;
    } catch (reason) {
      setRefusal(reason as { message: string });
      return false;
    }
  };
  const cautious = head.caution !== "";
  const warnings = <Warnings head={head} reachable={reachable} onAct={act} onOpen={() => onOpen("data")} />;
  return (
    <article class="side-card" aria-label={`Session ${head.name}`}>
      <header>
        <h3 title={head.name}>{head.name}</h3>
        <p class="mute" title={head.sentence}>
          {head.name !== head.target && `${head.target} · `}
          {KINDS[head.kind]} · {head.metric.label} · started {head.started}
        </p>
      </header>
      <Best head={head} />
      {cautious && warnings}
      <p class="side-now">
        <i class={tone} aria-hidden="true" />
        {words} <span class="mute">· {rest}</span>
      </p>
      <Progress head={head} since={since} alive={alive} />
      <Controls phase={status.phase} reachable={reachable} onAct={act} />
      {status.phase !== "failed" && status.phase !== "finished" && (
        <Autonomy
          level={status.autonomy}
          disabled={!reachable}
          onLevel={(level) => act({ type: "set_autonomy", level })}
        />
      )}
      <div class="side-acts">
        <button type="button" class="btn small" onClick={() => onOpen()}>
          Open dashboard
        </button>
        {onJump !== null && (
          <button type="button" class="btn quiet small" onClick={onJump}>
            Jump to cell
          </button>
        )}
      </div>
      {refusal !== null && (
        <Strip tone="error">
          <b>{refusal.message}</b> {refusal.remedy ?? ""}
        </Strip>
      )}
      {status.notices.map((notice) => (
        <Strip key={notice.text} tone={notice.level}>
          <b>{notice.text}</b> {notice.remedy}
        </Strip>
      ))}
      {status.nudges.slice(0, 2).map((nudge) => (
        <NudgeStrip
          key={nudge.key}
          nudge={nudge}
          more={null}
          disabled={!reachable}
          onAnswer={(answer) => act({ type: "answer_nudge", key: nudge.key, answer })}
          onTrial={() => onOpen("trials")}
        />
      ))}
      {!cautious && warnings}
    </article>
  );
}

function Best({ head }: { head: SessionHead }) {
  const { best, baselines } = head.status;
  const found = formatScore(best?.score ?? null, best?.std ?? null, head.metric);
  if (found === null) return <p class="mute">No score yet.</p>;
  const compared = baselines
    .filter((one) => one.number !== best?.number)
    .map((one) => ({ label: one.label, text: formatScore(one.score, one.std, head.metric) }))
    .filter((one) => one.text !== null);
  return (
    <div class="side-best">
      <p>
        <b class="side-score num">{found.value}</b>
        {found.spread !== null && <span class="mute num"> ± {found.spread} SD</span>} <span>{head.best}</span>
      </p>
      {compared.map((one) => (
        <p key={one.label} class="mute">
          compared with {one.label}: <span class="num">{one.text?.value}</span>
        </p>
      ))}
    </div>
  );
}

function Progress({ head, since, alive }: { head: SessionHead; since: number; alive: boolean }) {
  const fraction = part(head.status, since);
  if (fraction === null || head.status.phase === "ready") return null;
  return (
    <div
      class={alive || head.status.phase === "finished" ? "progress" : "progress off"}
      role="progressbar"
      aria-label="budget used"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(100 * fraction)}
    >
      <i style={{ width: `${100 * fraction}%` }} />
    </div>
  );
}

interface ControlsProps {
  phase: SessionHead["status"]["phase"];
  reachable: boolean;
  onAct(command: Command): void;
}

/** Command of the first button, by phase. */
const GO = {
  ready: { label: "Start", type: "start", look: "you" },
  running: { label: "Pause", type: "pause", look: "" },
  paused: { label: "Resume", type: "resume", look: "you" },
} as const;

function Controls({ phase, reachable, onAct }: ControlsProps) {
  const [asking, setAsking] = useState(false);
  const stop = useRef<HTMLButtonElement>(null);
  const asked = useRef(false);
  useEffect(() => {
    // Focus moves to the answer, and then back to the button that asked.
    if (asking || asked.current) stop.current?.focus();
    asked.current = asking;
  }, [asking]);
  if (phase !== "ready" && phase !== "running" && phase !== "paused") return null;
  if (asking && phase !== "ready") {
    return (
      <div class="side-acts" key="asking">
        <span class="side-ask">Stop the search? Everything found is kept.</span>
        <button
          type="button"
          class="btn you small"
          ref={stop}
          onClick={() => {
            setAsking(false);
            onAct({ type: "stop" });
          }}
        >
          Stop search
        </button>
        <button type="button" class="btn quiet small" onClick={() => setAsking(false)}>
          Keep searching
        </button>
      </div>
    );
  }
  const { label, type, look } = GO[phase];
  return (
    <div class="side-acts" key="going">
      <button type="button" class={`btn small ${look}`} disabled={!reachable} onClick={() => onAct({ type })}>
        {label}
      </button>
      {phase !== "ready" && (
        <button
          type="button"
          ref={stop}
          class="btn quiet small"
          disabled={!reachable}
          onClick={() => setAsking(true)}
        >
          Stop
        </button>
      )}
    </div>
  );
}

interface WarningsProps {
  head: SessionHead;
  reachable: boolean;
  onAct(command: Command): Promise<boolean>;
  onOpen(): void;
}

/** The gravest warning with its answers; the others are one click away. */
function Warnings({ head, reachable, onAct, onOpen }: WarningsProps) {
  const [first, ...others] = head.warnings;
  if (first === undefined) return null;
  const more = others.length + head.more_warnings;
  const say = ({ label, acts, python }: WarningInfo["answers"][number]) => {
    if (!acts && python !== "") onOpen();
    else onAct({ type: "answer_warning", key: first.key, answer: label });
  };
  return (
    <Strip
      tone={first.severity === "high" ? "error" : "warn"}
      acts={
        <div class="side-acts">
          {first.answers.map((answer) => (
            <button
              key={answer.id}
              type="button"
              class="btn small"
              disabled={!reachable}
              title={answer.python}
              onClick={() => say(answer)}
            >
              {answer.label}
            </button>
          ))}
          <button type="button" class="btn quiet small" onClick={onOpen}>
            {more === 0 ? "Show warning" : `Show all ${more + 1} warnings`}
          </button>
        </div>
      }
    >
      <b>{head.caution === "" ? first.sentence : head.caution}</b> {first.remedy}
    </Strip>
  );
}
