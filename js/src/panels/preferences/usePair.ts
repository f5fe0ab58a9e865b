import { useEffect, useRef, useState } from "preact/hooks";
import type { PairInfo, PreferencesInfo } from "../../protocol/messages";
import type { SessionStore } from "../../store/session";
import type { Pair } from "../../store/ui";

/** What the person has said, as a key: while it stays, so does the question. */
export function saidKey(info: PreferencesInfo): string {
  return JSON.stringify([
    info.answers.map((one) => [one.first, one.second, one.answer, one.act]),
    info.objectives.map((one) => one.name),
    info.constraints.map((one) => [one.text, one.hard]),
    info.goals,
  ]);
}

/**
 * The pair to ask about. New trials may change which pair teaches most; the one that is being read stays until the
 * person has said something.
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

export interface Shown {
  pair: PairInfo | null;
  error: string;
}

/** Both sides of a pair; the last one stays in sight until the next is there. */
export function usePair(store: SessionStore, wanted: Pair | null, objectives: string): Shown {
  const [shown, setShown] = useState<Shown>({ pair: null, error: "" });
  const first = wanted?.first ?? -1;
  const second = wanted?.second ?? -1;
  const a = store.rows.get(first);
  const b = store.rows.get(second);
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are replaced when something more was measured of them
  useEffect(() => {
    if (first < 0) return;
    let current = true;
    store.pair(first, second).then(
      (pair) => current && setShown({ pair, error: "" }),
      (reason: Error) => current && setShown(({ pair }) => ({ pair, error: reason.message })),
    );
    return () => {
      current = false;
    };
  }, [store, first, second, objectives, a, b]);
  return shown;
}
