import { useLayoutEffect, useState } from "preact/hooks";

/** The width of an element in CSS pixels, followed. */
export function useWidth(element: { current: HTMLElement | null }, first = 900): number {
  const [width, setWidth] = useState(first);
  useLayoutEffect(() => {
    const target = element.current;
    if (target === null) return;
    if (target.clientWidth > 0) setWidth(target.clientWidth);
    const watcher = new ResizeObserver(() => {
      if (target.clientWidth > 0) setWidth(target.clientWidth);
    });
    watcher.observe(target);
    return () => watcher.disconnect();
  }, [element]);
  return width;
}
