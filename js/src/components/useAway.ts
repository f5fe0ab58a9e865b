import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Calls `close` when the pointer goes down outside the parent of an open box. */
export function useAway(box: RefObject<HTMLElement | null>, open: boolean, close: () => void): void {
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    if (!open) return;
    const root = box.current?.getRootNode();
    const away = (event: Event) => {
      const inside = event.composedPath().some((node) => node === box.current?.parentElement);
      if (!inside) latest.current();
    };
    root?.addEventListener("pointerdown", away);
    return () => root?.removeEventListener("pointerdown", away);
  }, [box, open]);
}
