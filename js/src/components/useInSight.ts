import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

/** Whether an element has come into sight, or as near as so many pixels; once seen it counts as seen. */
export function useInSight(
  box: RefObject<HTMLElement | null>,
  near = 0,
  /** What is said where it cannot be known. */
  unknown = false,
): boolean {
  const [seen, setSeen] = useState(unknown && typeof IntersectionObserver === "undefined");
  useEffect(() => {
    const element = box.current;
    if (seen || element === null || typeof IntersectionObserver === "undefined") return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
      },
      { rootMargin: `${near}px` },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [box, near, seen]);
  return seen;
}
