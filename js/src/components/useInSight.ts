import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

/** True once an element has been visible, or within so many pixels of the viewport. */
export function useInSight(
  box: RefObject<HTMLElement | null>,
  near = 0,
  /** Value to return without an `IntersectionObserver`. */
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
