import { useLayoutEffect, useState } from "preact/hooks";

/** True if an element is visible, or if that cannot be known. */
export function useSeen(element: { current: HTMLElement | null }): boolean {
  const [seen, setSeen] = useState(true);
  useLayoutEffect(() => {
    const target = element.current;
    if (target === null || typeof IntersectionObserver === "undefined") return;
    const watcher = new IntersectionObserver((entries) => setSeen(entries.at(-1)?.isIntersecting ?? true), {
      threshold: 0.5,
    });
    watcher.observe(target);
    return () => watcher.disconnect();
  }, [element]);
  return seen;
}
