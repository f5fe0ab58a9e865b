import { useRef } from "preact/hooks";
import type { PairInfo, PreferencesInfo } from "../../protocol/messages";
import type { SessionStore } from "../../store/session";
import type { Pair } from "../../store/ui";
import { type Shown, useResource } from "../useResource";

/** A key of the user's answers and goals: the question stays while the key does. */
export function saidKey(info: PreferencesInfo): string {
  return JSON.stringify([
    info.answers.map((one) => [one.first, one.second, one.answer, one.act]),
    info.objectives.map((one) => one.name),
    info.constraints.map((one) => [one.text, one.hard]),
    info.goals,
  ]);
}

/**
 * The pair to ask about. New trials may change which pair is the most informative; the one on screen stays until the
 * user answers.
 */
export function useQuestion(info: PreferencesInfo | null, chosen: Pair | null): Pair | null {
  const held = useRef<{ key: string; pair: Pair } | null>(null);
  if (chosen !== null) return chosen;
  const question = info?.question ?? null;
  if (info === null || question === null) {
    held.current = null;
    return null;
  }
  const key = saidKey(info);
  if (held.current?.key !== key) {
    held.current = { key, pair: { first: question.first, second: question.second } };
  }
  return held.current.pair;
}

/** Both sides of a pair; the last one stays in sight until the next is there. */
export function usePair(store: SessionStore, wanted: Pair | null, objectives: string): Shown<PairInfo> {
  const resource = wanted === null ? null : store.pairs.of(wanted.first, wanted.second);
  const rows = [wanted?.first, wanted?.second].map((number) => store.rows.get(number ?? -1));
  return useResource(resource, [objectives, ...rows]);
}
