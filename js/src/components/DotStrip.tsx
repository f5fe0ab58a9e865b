import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Dots, type Hues, nearest, paint, yOf } from "./paint";
import "./DotStrip.css";

interface Props {
  dots: Dots;
  numbers: Int32Array;
  /** Horizontal position of each trial, for a width in CSS pixels. */
  place(width: number): Float64Array;
  /** Suffix of the family's colour variable. */
  hue: string;
  dark: boolean;
  height: number;
  label: string;
  /** Number of the chosen trial. */
  chosen: number | null;
  tip(index: number): ComponentChildren;
  onChoose(index: number | null): void;
  /** Double click, or Enter on the chosen dot. */
  onFix?(index: number): void;
  children?: ComponentChildren;
}

function hues(element: Element, hue: string): Hues {
  const style = getComputedStyle(element);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return {
    family: of(`--f-${hue}`) || of("--f-base"),
    grey: of("--f-base"),
    you: of("--you"),
    machine: of("--machine"),
    ink: of("--ink"),
    line: of("--line"),
    paper: of("--paper"),
  };
}

/** The last drawing, to redraw only changes. */
interface Held {
  props: Props;
  xs: Float64Array;
  place: Props["place"] | null;
  width: number;
  hues: Hues | null;
  worn: string;
  seen: boolean;
  due: number;
}

/** Tried values as dots on a canvas, drawn once for each change and only while in sight. */
export function DotStrip(props: Props) {
  const { dots, numbers, height, chosen } = props;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const mark = useRef<HTMLElement>(null);
  const held = useRef<Held>({
    props,
    xs: new Float64Array(),
    place: null,
    width: 0,
    hues: null,
    worn: "",
    seen: true,
    due: 0,
  });
  held.current.props = props;
  const [hovered, setHovered] = useState(-1);

  const draw = () => {
    const { current } = held;
    current.due = 0;
    const element = canvas.current;
    const width = box.current?.clientWidth ?? 0;
    if (element === null || width === 0) return;
    const ratio = globalThis.devicePixelRatio || 1;
    const { dots, height, hue, place } = current.props;
    if (current.place !== place || current.width !== width) {
      current.xs = place(width);
      current.place = place;
      current.width = width;
    }
    const worn = `${hue} ${current.props.dark}`;
    if (current.hues === null || current.worn !== worn) {
      current.hues = hues(element, hue);
      current.worn = worn;
    }
    if (element.width !== Math.round(width * ratio) || element.height !== Math.round(height * ratio)) {
      element.width = Math.round(width * ratio);
      element.height = Math.round(height * ratio);
    }
    const context = element.getContext?.("2d") ?? null;
    if (context === null) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint(context, { width, height }, dots, current.xs, current.hues);
    const { chosen, numbers } = current.props;
    if (mark.current !== null && chosen !== null) {
      mark.current.style.left = `${current.xs[numbers.indexOf(chosen)] ?? 0}px`;
    }
  };
  const schedule = () => {
    const { current } = held;
    if (current.due !== 0 || !current.seen) return;
    current.due = requestAnimationFrame(draw);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is drawn is read from the newest props
  useEffect(schedule, [dots, props.place, props.hue, props.dark, height]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: set up once, reads the newest props
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const sized = new ResizeObserver(schedule);
    sized.observe(element);
    const sight =
      typeof IntersectionObserver === "undefined"
        ? null
        : new IntersectionObserver(
            ([entry]) => {
              held.current.seen = entry?.isIntersecting ?? true;
              schedule();
            },
            { rootMargin: "200px" },
          );
    sight?.observe(element);
    return () => {
      sized.disconnect();
      sight?.disconnect();
      cancelAnimationFrame(held.current.due);
    };
  }, []);

  const under = (event: PointerEvent | MouseEvent): number => {
    const area = box.current?.getBoundingClientRect();
    const handled = (event.target as Element | null)?.closest?.(".handle") != null;
    if (area === undefined || handled) return -1;
    return nearest(dots, held.current.xs, height, event.clientX - area.left, event.clientY - area.top);
  };
  const at = chosen === null ? -1 : numbers.indexOf(chosen);
  const keys = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      props.onFix?.(at);
      return;
    }
    if (event.key === "Escape" && at >= 0) {
      event.stopPropagation();
      props.onChoose(null);
      return;
    }
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = beside(held.current.xs, dots, at, step);
    if (next >= 0) props.onChoose(next);
  };
  const x = (index: number) => held.current.xs[index] ?? 0;
  return (
    <div
      ref={box}
      class="dots"
      style={{ height: `${height}px` }}
      role="group"
      aria-label={props.label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows go from dot to dot
      tabIndex={0}
      onKeyDown={keys}
      onPointerMove={(event) => event.pointerType !== "touch" && setHovered(under(event))}
      onPointerLeave={() => setHovered(-1)}
      onClick={(event) => {
        const found = under(event);
        props.onChoose(found < 0 || found === at ? null : found);
      }}
      onDblClick={(event) => {
        const found = under(event);
        if (found >= 0) props.onFix?.(found);
      }}
    >
      <canvas ref={canvas} />
      {at >= 0 && (
        <i
          ref={mark}
          class="chosen"
          aria-hidden="true"
          style={{ left: `${x(at)}px`, top: `${yOf(dots.heights[at] ?? 0, height)}px` }}
        />
      )}
      {props.children}
      {hovered >= 0 && hovered < numbers.length && (
        <div
          class="tip"
          role="presentation"
          style={{
            left: `${x(hovered)}px`,
            top: `${yOf(dots.heights[hovered] ?? 0, height)}px`,
            transform: `translate(${x(hovered) < 90 ? "-10%" : x(hovered) > (box.current?.clientWidth ?? 0) - 90 ? "-90%" : "-50%"}, calc(-100% - 10px))`,
          }}
        >
          {props.tip(hovered)}
        </div>
      )}
    </div>
  );
}

/** The next scored dot to one side; from nowhere, the first or the last. */
export function beside(xs: Float64Array, dots: Pick<Dots, "marks">, at: number, step: number): number {
  const order = [...xs.keys()].filter((i) => dots.marks[i] === 0 && !Number.isNaN(xs[i] ?? Number.NaN));
  order.sort((a, b) => (xs[a] ?? 0) - (xs[b] ?? 0) || a - b);
  if (order.length === 0) return -1;
  const here = order.indexOf(at);
  const wanted =
    here < 0 ? (step > 0 && step !== Infinity ? 0 : step === -Infinity ? 0 : order.length - 1) : here + step;
  return order[Math.min(order.length - 1, Math.max(0, wanted))] ?? -1;
}
