import { useEffect, useRef } from "preact/hooks";

/**
 * A canvas of this size in CSS pixels, repainted in the next frame after `paint` has changed, and only in sight.
 */
export function useCanvas(
  paint: (context: CanvasRenderingContext2D, element: HTMLElement) => void,
  width: number,
  height: number,
) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null || width <= 0) return;
    const due = requestAnimationFrame(() => {
      const ratio = globalThis.devicePixelRatio || 1;
      const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
      if (element.width !== wide || element.height !== high) {
        element.width = wide;
        element.height = high;
      }
      const context = element.getContext?.("2d") ?? null;
      if (context === null) return;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      paint(context, element);
    });
    return () => cancelAnimationFrame(due);
  }, [paint, width, height]);
  return canvas;
}
