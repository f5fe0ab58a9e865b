import { useEffect, useRef, useState } from "preact/hooks";
import type { Phase } from "../protocol/messages";

const QUIET_MS = 20_000;

/** The headline for a screen reader: at once when the phase changes, otherwise every 20 seconds at most. */
export function useQuietHeadline(headline: string, phase: Phase): string {
  const [said, setSaid] = useState(headline);
  const last = useRef({ phase, at: 0 });
  useEffect(() => {
    const now = performance.now();
    const wait = last.current.phase === phase ? Math.max(0, last.current.at + QUIET_MS - now) : 0;
    const timer = setTimeout(() => {
      last.current = { phase, at: performance.now() };
      setSaid(headline);
    }, wait);
    return () => clearTimeout(timer);
  }, [headline, phase]);
  return said;
}
