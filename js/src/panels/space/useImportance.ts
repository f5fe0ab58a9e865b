import { useEffect, useRef, useState } from "preact/hooks";
import type { ImportanceInfo } from "../../protocol/messages";
import type { SessionStore } from "../../store/session";

const GROWTH = Math.log(1.25);

/** What decides, by family; asked when a family comes into sight, and again when its trials are a quarter more. */
export function useImportance(
  store: SessionStore,
  families: readonly string[],
  scored: ReadonlyMap<string, number>,
  generation: number,
): ReadonlyMap<string, ImportanceInfo> {
  const [known, setKnown] = useState<ReadonlyMap<string, ImportanceInfo>>(new Map());
  const asked = useRef(new Map<string, string>());
  const wanted = families.map((name) => {
    const count = scored.get(name) ?? 0;
    return `${name}\n${Math.floor(Math.log(count + 1) / GROWTH)}\n${generation}`;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the keys say when to ask
  useEffect(() => {
    wanted.forEach((key, i) => {
      const name = families[i] ?? "";
      if (asked.current.get(name) === key) return;
      asked.current.set(name, key);
      store.importance(name).then(
        (info) => setKnown((before) => new Map(before).set(name, info)),
        () => asked.current.delete(name),
      );
    });
  }, [store, wanted.join("\0")]);
  return known;
}

/** Hyperparameters in the order of what they decide; what is not known keeps its place behind. */
export function byShare<T extends { name: string }>(
  parameters: readonly T[],
  shares: Readonly<Record<string, number>>,
): T[] {
  const share = (one: T) => (Object.hasOwn(shares, one.name) ? (shares[one.name] ?? 0) : -1);
  return [...parameters].sort((a, b) => share(b) - share(a));
}

const MOSTLY = 0.75;

/** How many settings together hold three quarters of what decides; null when nothing is known. */
export function deciders(shares: Readonly<Record<string, number>>): number | null {
  const sorted = Object.values(shares)
    .filter((one) => one > 0)
    .sort((a, b) => b - a);
  const all = sorted.reduce((sum, one) => sum + one, 0);
  if (all <= 0) return null;
  let held = 0;
  let count = 0;
  for (const one of sorted) {
    if (held >= MOSTLY * all) break;
    held += one;
    count += 1;
  }
  return count;
}
