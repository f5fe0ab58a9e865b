import type { ObjectiveInfo, PreferencesInfo } from "../protocol/messages";

type Counted = Pick<ObjectiveInfo, "name" | "goal" | "share">;

/** Goals as shares that sum to 1: the user's, else the learned ones, else equal ones. */
export function goalShares(objectives: readonly Counted[]): Map<string, number> {
  const stated = objectives.some((one) => one.goal !== null);
  const goals = objectives.map((one) => one.goal).filter((one) => one !== null);
  const mean = goals.length === 0 ? 1 : goals.reduce((sum, one) => sum + one, 0) / goals.length;
  const raw = objectives.map((one) => (stated ? (one.goal ?? mean) : (one.share ?? 1)));
  const sum = raw.reduce((a, b) => a + b, 0);
  return new Map(objectives.map((one, i) => [one.name, sum > 0 ? (raw[i] ?? 0) / sum : 1 / raw.length]));
}

const LEAST = 0.01;

/** One share moved; the others keep their proportions and make room. */
export function movedShares(
  shares: ReadonlyMap<string, number>,
  name: string,
  wanted: number,
): Map<string, number> {
  const count = shares.size;
  const most = 1 - LEAST * (count - 1);
  const share = Math.min(most, Math.max(0, wanted));
  const rest = 1 - (shares.get(name) ?? 0);
  return new Map(
    [...shares].map(([one, held]) => {
      if (one === name) return [one, share] as const;
      return [one, rest > 1e-9 ? (held / rest) * (1 - share) : (1 - share) / Math.max(1, count - 1)] as const;
    }),
  );
}

/** Weights for the command, rounded to two digits. */
export function weightsOf(shares: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...shares].map(([name, share]) => [name, Math.round(100 * share)]));
}

/** The expected accuracy about two models of the front, in words: certainty 0 is a toss-up. */
export function certaintyWords({ certainty, answers, goals }: PreferencesInfo): string {
  const given = answers.filter((one) => one.answer !== "skip").length;
  if (given === 0 && goals === null) return "";
  const percent = `${Math.min(99, Math.round(50 + 50 * certainty))}%`;
  const from =
    given === 0
      ? "From your goals"
      : `After ${given} ${given === 1 ? "answer" : "answers"}${goals === null ? "" : " and with your goals"}`;
  return `${from}, the search expects to predict ${percent} of your choices between two models on the Pareto front correctly.`;
}

/** Sentences on learned preferences without duplicates, known ones first. */
export function learnedSentences({ learnt, trades }: PreferencesInfo): { text: string; known: boolean }[] {
  const told = new Set(learnt);
  const known = learnt.map((text) => ({ text, known: true }));
  const more = trades
    .filter((trade) => !told.has(trade.sentence))
    .map((trade) => ({ text: trade.sentence, known: trade.known }));
  return [...known, ...more].sort((a, b) => Number(b.known) - Number(a.known));
}
