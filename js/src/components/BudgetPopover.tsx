import { useEffect, useRef, useState } from "preact/hooks";
import type { Budget } from "../protocol/messages";
import { countWords, formatDuration } from "../words/numbers";
import "./Popover.css";
import { useAway } from "./useAway";

interface Props {
  budget: Budget;
  onSet(seconds: number | null, trials: number | null): Promise<unknown>;
  onClose(): void;
}

/** Reads a limit: empty is none. Gives words when it is not a number above zero. */
export function parseLimit(text: string, unit: string, whole: boolean): number | null | string {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  const value = Number(trimmed);
  if (!Number.isFinite(value) || value <= 0)
    return `The limit in ${unit} must be a number above 0; got “${trimmed}”.`;
  if (whole && !Number.isInteger(value))
    return `The limit in ${unit} must be a whole number; got “${trimmed}”.`;
  return value;
}

export function BudgetPopover({ budget, onSet, onClose }: Props) {
  const box = useRef<HTMLFormElement>(null);
  const [minutes, setMinutes] = useState(
    budget.seconds === null ? "" : String(Number((budget.seconds / 60).toFixed(2))),
  );
  const [trials, setTrials] = useState(budget.trials === null ? "" : String(budget.trials));
  const [error, setError] = useState("");
  useAway(box, true, onClose);
  useEffect(() => {
    box.current?.querySelector("button")?.focus();
  }, []);

  const send = async (seconds: number | null, count: number | null) => {
    try {
      await onSet(seconds, count);
      onClose();
    } catch (reason) {
      setError(reason instanceof Error ? reason.message : String(reason));
    }
  };
  const { seconds: span, trials: count } = budget;
  const steps: [string, () => Promise<void>][] =
    span === null && count !== null
      ? [10, 30, 100].map((more) => [`+ ${more} trials`, () => send(null, count + more)])
      : [1, 5, 30].map((more) => [
          `+ ${more} min`,
          () => send((span ?? budget.used_seconds) + 60 * more, count),
        ]);
  const submit = (event: Event) => {
    event.preventDefault();
    const time = parseLimit(minutes, "minutes", false);
    const most = parseLimit(trials, "trials", true);
    if (typeof time === "string") return setError(time);
    if (typeof most === "string") return setError(most);
    return send(time === null ? null : time * 60, most);
  };
  const limits = [
    ...(span === null ? [] : [formatDuration(span)]),
    ...(count === null ? [] : [countWords(count, "trial")]),
  ];
  const now = limits.length === 0 ? "There is no limit." : `The limit is ${limits.join(" and ")} in total.`;
  return (
    <form
      ref={box}
      class="pop"
      aria-label="Budget"
      onSubmit={submit}
      noValidate
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <div>
        <h3>How long should the search run?</h3>
        <p class="mute">{now}</p>
      </div>
      <div class="row">
        {steps.map(([label, extend]) => (
          <button key={label} type="button" class="btn" onClick={extend}>
            {label}
          </button>
        ))}
      </div>
      <div class="form">
        <Limit id="hitl-minutes" label="minutes in total" mode="decimal" text={minutes} onText={setMinutes} />
        <Limit id="hitl-trials" label="trials in total" mode="numeric" text={trials} onText={setTrials} />
      </div>
      {error !== "" && (
        <p class="oops" role="alert">
          {error}
        </p>
      )}
      <div class="row">
        <button type="submit" class="btn you">
          Set budget
        </button>
        <button type="button" class="btn quiet" onClick={onClose}>
          Keep budget
        </button>
      </div>
    </form>
  );
}

interface LimitProps {
  id: string;
  label: string;
  mode: "decimal" | "numeric";
  text: string;
  onText(text: string): void;
}

function Limit({ id, label, mode, text, onText }: LimitProps) {
  return (
    <div class="form-row">
      <label for={id}>{label}</label>
      <span class="hint">leave empty for no limit</span>
      <input
        id={id}
        class="field"
        inputMode={mode}
        value={text}
        onInput={(event) => onText(event.currentTarget.value)}
      />
    </div>
  );
}
