import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from "@tanstack/virtual-core";
import { useLayoutEffect, useReducer, useRef } from "preact/hooks";

interface Virtual {
  items: VirtualItem[];
  height: number;
  scrollTo(index: number): void;
}

interface Sizes {
  count: number;
  row: number;
  /** Height of the sticky head above the rows. */
  head: number;
}

/** TanStack's virtualizer for rows of one height under a sticky head. */
export function useVirtual(scroller: { current: HTMLElement | null }, { count, row, head }: Sizes): Virtual {
  const [, redraw] = useReducer<number, undefined>((n) => n + 1, 0);
  const held = useRef<Virtualizer<HTMLElement, HTMLElement> | null>(null);
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => row,
    scrollMargin: head,
    scrollPaddingStart: head,
    overscan: 6,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    initialRect: { width: 800, height: 420 },
    onChange: () => redraw(undefined),
  };
  if (held.current === null) held.current = new Virtualizer(options);
  const virtual = held.current;
  virtual.setOptions(options);
  useLayoutEffect(() => virtual._didMount(), [virtual]);
  useLayoutEffect(() => virtual._willUpdate());
  return {
    items: virtual.getVirtualItems(),
    height: virtual.getTotalSize(),
    scrollTo: (index) => virtual.scrollToIndex(index, { align: "auto" }),
  };
}
