import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { createView, type Spec, type View } from "./vega";

/** Embeds a chart once in an element of which it takes the size; `begin` is called for each view that is made. */
export function useView(
  spec: Spec,
  begin?: (view: View, element: HTMLElement) => void,
): { holder: RefObject<HTMLDivElement | null>; view: RefObject<View | null> } {
  const holder = useRef<HTMLDivElement>(null);
  const view = useRef<View | null>(null);
  const started = useRef(begin);
  started.current = begin;
  useLayoutEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const made = createView(spec, element);
    started.current?.(made, element);
    const watcher = new ResizeObserver(() => {
      if (element.clientWidth > 0)
        made.width(element.clientWidth).height(element.clientHeight).resize().runAsync();
    });
    watcher.observe(element);
    view.current = made;
    return () => {
      watcher.disconnect();
      made.finalize();
      view.current = null;
    };
  }, [spec]);
  return { holder, view };
}
