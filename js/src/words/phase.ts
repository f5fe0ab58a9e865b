import type { Budget, Counts, Phase, Status } from "../protocol/messages";
import { formatCount, formatDuration, formatLeft } from "./numbers";

export function started(counts: Counts): number {
  return counts.running + counts.complete + counts.stopped + counts.failed;
}

/** Seconds of budget used now, `since` seconds after the message came. */
export function used(budget: Budget, since: number): number {
  return budget.used_seconds + (budget.ticking ? since : 0);
}

/** The used share of the budget: the larger of time and trials; null without a limit. */
export function part(status: Status, since: number): number | null {
  const { budget, counts } = status;
  const ended = counts.complete + counts.stopped + counts.failed;
  const parts = [
    budget.seconds ? used(budget, since) / budget.seconds : null,
    budget.trials ? ended / budget.trials : null,
  ].filter((one) => one !== null);
  return parts.length === 0 ? null : Math.min(1, Math.max(...parts));
}

/** True if the user drives and nothing runs until they act. */
export function waitsForUser({ phase, autonomy, counts, granted }: Status): boolean {
  return phase === "running" && autonomy === "user" && counts.running + counts.queued + granted === 0;
}

/** The words beside the pulse: the phase and the rest of the budget. */
export function phaseWords(status: Status, since: number): [string, string] {
  const { budget, counts, phase } = status;
  const count = started(counts);
  const trial = formatCount(count);
  const rest =
    budget.seconds === null
      ? `${formatDuration(Math.round(used(budget, since)))} so far`
      : formatLeft(budget.seconds - used(budget, since));
  const trials = `${trial} ${count === 1 ? "trial" : "trials"}`;
  const progress = budget.trials === null ? trials : `${trial} of ${formatCount(budget.trials)} trials`;
  const words: Record<Phase, [string, string]> = {
    ready: ["ready", "not started"],
    running: [count === 0 ? "starting" : progress, rest],
    paused: [count === 0 ? "paused" : `paused after ${progress}`, rest],
    finishing: ["finishing", "evaluating the holdout"],
    finished: ["finished", `${trials} in ${formatDuration(Math.round(used(budget, since)))}`],
    failed: ["failed", `${trials} kept`],
  };
  if (waitsForUser(status)) return ["waiting for you", count === 0 ? rest : `${trials}, ${rest}`];
  return words[phase];
}

/** True if a queued configuration would still run. */
export function mayQueue({ phase }: Status): boolean {
  return phase === "ready" || phase === "running" || phase === "paused";
}
