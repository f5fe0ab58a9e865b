import type { Value } from "../src/protocol/commands";
import type { FamilyInfo, ParameterInfo, TrialRow } from "../src/protocol/messages";
import { recordedSnapshot } from "./recorded";

export const FAMILIES: FamilyInfo[] = recordedSnapshot().session.families;

/** A value of a hyperparameter within its range, spread evenly over the seeds. */
function chosen({ kind, low, high, log, choices }: ParameterInfo, seed: number): Value {
  if (choices !== null) return choices[seed % choices.length] ?? null;
  const [from, to, share] = [low ?? 0, high ?? 1, (seed % 101) / 100];
  const value = log ? from * (to / from) ** share : from + share * (to - from);
  return kind === "int" ? Math.round(value) : value;
}

/** As many rows as a long search has, over all recorded families. */
export function manyRows(count: number): TrialRow[] {
  return Array.from({ length: count }, (_, i): TrialRow => {
    const family = FAMILIES[i % FAMILIES.length] as FamilyInfo;
    const failed = i % 17 === 16;
    const state = failed ? "failed" : i % 9 === 8 ? "stopped" : "complete";
    const yours = i % 13 === 0;
    const score = failed ? null : 0.7 + ((i * 7919) % 1009) / 5000;
    const values = family.parameters.map((parameter, at) => chosen(parameter, 37 * i + 13 * at));
    const origin = i === 26 ? "edit" : yours ? "own" : "sampler";
    const folds = state === "complete" ? 5 : 1;
    const [seconds, finished] = [1 + (i % 7), 2 * i + 1];
    const measures = state === "complete" ? [1 + ((i * 31) % 50), 10 + ((i * 17) % 900)] : [];
    return [
      ...([i, state, family.name, score, state === "complete" ? 0.02 : null, folds, seconds] as const),
      ...([finished, yours ? "you" : "machine", origin, i === 26 ? 3 : null, 0, values, measures] as const),
    ];
  });
}
