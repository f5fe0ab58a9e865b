import { useEffect, useRef, useState } from "preact/hooks";

/** A value that changes at most once in `ms`; the last change always arrives. */
export function useThrottled<T>(value: T, ms: number): T {
  const [held, setHeld] = useState(value);
  const newest = useRef(value);
  newest.current = value;
  const timer = useRef(0);
  const last = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new value is what starts the wait
  useEffect(() => {
    if (timer.current !== 0) return;
    const wait = Math.max(0, last.current + ms - performance.now());
    timer.current = setTimeout(() => {
      timer.current = 0;
      last.current = performance.now();
      setHeld(() => newest.current);
    }, wait) as unknown as number;
  }, [value, ms]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return held;
}
