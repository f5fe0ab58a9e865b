import { useEffect, useRef } from "preact/hooks";
import type { Resource, Stamp } from "../store/resource";

export interface Shown<T> {
  /** The answer; until it is there, the one that was shown before. */
  value: T | null;
  /** True if the answer belongs to the current request, not to an earlier one. */
  current: boolean;
  error: string;
}

/** Follows a resource while a component is in sight; null for nothing to ask. */
export function useResource<T>(resource: Resource<T> | null, stamp: Stamp, asks = true): Shown<T> {
  const last = useRef<T | null>(null);
  const stamps = Array.isArray(stamp) ? stamp : [stamp];
  // biome-ignore lint/correctness/useExhaustiveDependencies: a list of stamps is compared by its items
  useEffect(() => {
    if (asks) resource?.follow(stamp);
  }, [resource, asks, ...stamps]);
  const now = resource?.value.value ?? null;
  if (now !== null) last.current = now;
  return { value: now ?? last.current, current: now !== null, error: resource?.error.value ?? "" };
}
