import { useEffect } from "preact/hooks";
import type { ImportanceInfo } from "../../protocol/messages";
import type { SessionStore } from "../../store/session";

const GROWTH = Math.log(1.25);

/** Importances by family; asked when a family comes into sight, and again when it has a quarter more trials. */
export function useImportance(
  store: SessionStore,
  families: readonly string[],
  scored: ReadonlyMap<string, number>,
  generation: number,
): ReadonlyMap<string, ImportanceInfo> {
  const stamps = families.map((name) => {
    const count = scored.get(name) ?? 0;
    return `${name} ${Math.floor(Math.log(count + 1) / GROWTH)} ${generation}`;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the stamps say when to ask
  useEffect(() => {
    families.forEach((name, i) => {
      store.importances.of(name).follow(stamps[i]);
    });
  }, [store, stamps.join()]);
  const known = families.map((name) => store.importances.of(name).value.value);
  return new Map(known.flatMap((one) => (one === null ? [] : [[one.family, one] as const])));
}

/** Hyperparameters by importance; those of unknown importance keep their order at the end. */
export function byShare<T extends { name: string }>(
  parameters: readonly T[],
  shares: Readonly<Record<string, number>>,
): T[] {
  const share = (one: T) => (Object.hasOwn(shares, one.name) ? (shares[one.name] ?? 0) : -1);
  return [...parameters].sort((a, b) => share(b) - share(a));
}

const LITTLE = 0.05;

/** The hyperparameters whose importance is below a twentieth. */
export function matterLittle(shares: Readonly<Record<string, number>>): ReadonlySet<string> {
  return new Set(Object.keys(shares).filter((name) => (shares[name] ?? 0) < LITTLE));
}

const MOSTLY = 0.75;

/** The number of hyperparameters that hold three quarters of the importance; null if it is unknown. */
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
