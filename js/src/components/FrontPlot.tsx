// Drawn by hand: at 2,000 trials Vega takes 4 times as long for one more trial (docs/decisions/0016-canvas-plots.md).
import type { ComponentChildren } from "preact";
import { useCallback, useMemo, useRef, useState } from "preact/hooks";
import { colours, familyHue } from "../charts/theme";
import { axisFor, type Cloud, type Measured, placed, rangeOf, stairs } from "../words/front";
import { type Scale, stepped, tidy, valueAt } from "../words/scale";
import { LimitLine } from "./LimitLine";
import { type Area, nearestIn, paintPlot, placesOf, plotX, plotY, shareX, shareY } from "./plot";
import { useCanvas } from "./useCanvas";
import { useWidth } from "./useWidth";
import "./FrontPlot.css";
import "./plot.css";

export interface Limit {
  key: string;
  along: "x" | "y";
  value: number;
  label: string;
  hard: boolean;
}

export interface PlotMark {
  number: number;
  text: string;
  /** A trial by the user: violet, with a ring. */
  yours: boolean;
}

export type Range = readonly [low: number | null, high: number | null];

interface Props {
  cloud: Cloud;
  x: Measured;
  y: Measured;
  text(name: string, value: number): string;
  /** The same at an axis. */
  tick(name: string, value: number): string;
  /** Suffix of a family's colour variable. */
  hue(family: string): string;
  marks: readonly PlotMark[];
  limits: readonly Limit[];
  only: { x: Range; y: Range };
  /** 1 for trials inside the selected range. */
  inside: Uint8Array;
  dark: boolean;
  disabled: boolean;
  description: string;
  tip(number: number): ComponentChildren;
  /** A trial in one sentence, for those who hear it. */
  say(number: number): string;
  onOpen(number: number): void;
  onBrush(x: Range, y: Range): void;
  /** False when it was refused. */
  onLimit(key: string, value: number): Promise<boolean>;
}

const NOTHING: Range = [null, null];
const LEAST_DRAG = 5;
/** Sides on which a mark's letters are drawn, so that neighbours do not overlap. */
const SIDES = ["", "below", "left"] as const;

/** Two objectives of all trials: the front in steps, limits as lines, a dragged rectangle to look here only. */
export function FrontPlot(props: Props) {
  const { cloud, x, y, dark } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box, 700);
  const height = width < 480 ? 280 : 340;
  const [hovered, setHovered] = useState(-1);
  /** Place on the front, walked by keys. */
  const [walked, setWalked] = useState(-1);
  const drag = useRef<{ x: number; y: number; moved: boolean; finger: boolean } | null>(null);
  const area = useMemo<Area>(() => ({ width, height }), [width, height]);
  /** The axes when the pointer was pressed: they stay fixed while new trials arrive. */
  const [still, setStill] = useState<readonly [Scale, Scale] | null>(null);
  const fitting = useMemo<readonly [Scale, Scale]>(
    () => [
      axisFor(cloud.columns[0] ?? new Float64Array(), cloud.marks, x),
      axisFor(cloud.columns[1] ?? new Float64Array(), cloud.marks, y),
    ],
    [cloud, x, y],
  );
  const [xScale, yScale] = still ?? fitting;
  const letGo = () => setStill(null);
  const places = useMemo(() => placesOf(cloud, xScale, yScale, area), [cloud, xScale, yScale, area]);
  const front = useMemo(() => stairs(cloud, x, y), [cloud, x, y]);
  const { inside, hue, text, tick } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: dark changes what the CSS variables say
  const paint = useCallback(
    (context: CanvasRenderingContext2D, element: HTMLElement) => {
      const style = getComputedStyle(element);
      const hues = new Map<string, string>();
      const families = cloud.families.map((name) => {
        const held = hues.get(name) ?? familyHue(style, hue(name));
        hues.set(name, held);
        return held;
      });
      const { ink, faint, hairline } = colours(element);
      paintPlot(
        context,
        area,
        {
          cloud,
          places,
          stairs: front,
          inside,
          x: xScale,
          y: yScale,
          xText: (value) => tick(x.name, value),
          yText: (value) => tick(y.name, value),
        },
        {
          families,
          ink,
          faint,
          line: hairline,
          grey: familyHue(style, "base"),
          font: `11px ${style.fontFamily}`,
        },
      );
    },
    [cloud, places, front, inside, area, xScale, yScale, x, y, hue, tick, dark],
  );
  const canvas = useCanvas(paint, width, height);

  const point = (event: PointerEvent | MouseEvent) => {
    const at = box.current?.getBoundingClientRect();
    return { x: event.clientX - (at?.left ?? 0), y: event.clientY - (at?.top ?? 0) };
  };
  const under = (event: PointerEvent, reach?: number) => {
    const at = point(event);
    return nearestIn(cloud, places, at.x, at.y, reach);
  };
  const within = (share: number) => Math.min(1, Math.max(0, share));
  const brush = (from: { x: number; y: number }, to: { x: number; y: number }) => {
    const across = rangeOf(
      xScale,
      valueAt(xScale, within(shareX(area, from.x))),
      valueAt(xScale, within(shareX(area, to.x))),
    );
    const along = rangeOf(
      yScale,
      valueAt(yScale, within(shareY(area, from.y))),
      valueAt(yScale, within(shareY(area, to.y))),
    );
    props.onBrush(across, along);
  };
  const step = front[walked];
  const tipped = hovered >= 0 ? hovered : (step ?? -1);
  const keys = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && step !== undefined) {
      event.preventDefault();
      props.onOpen(cloud.numbers[step] ?? 0);
      return;
    }
    if (event.key === "Escape" && walked >= 0) {
      event.stopPropagation();
      setWalked(-1);
      return;
    }
    const rightward = (places.xs[front.at(-1) ?? 0] ?? 0) >= (places.xs[front[0] ?? 0] ?? 0);
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (way === undefined || front.length === 0) return;
    event.preventDefault();
    const next = walked < 0 ? 0 : walked + (rightward ? way : -way);
    setWalked(Math.min(front.length - 1, Math.max(0, next)));
  };
  const marked: (PlotMark & { x: number; y: number; side: string })[] = [];
  for (const mark of props.marks) {
    const at = cloud.numbers.indexOf(mark.number);
    if (at < 0) continue;
    const here = { x: places.xs[at] ?? 0, y: places.ys[at] ?? 0 };
    const crowd = marked.filter(
      (other) => Math.abs(other.x - here.x) < 60 && Math.abs(other.y - here.y) < 24,
    ).length;
    marked.push({ ...mark, ...here, side: SIDES[crowd] ?? "" });
  }
  return (
    <div
      ref={box}
      class="plot"
      style={{ height: `${height}px` }}
      onPointerDownCapture={() => setStill([xScale, yScale])}
      onPointerUpCapture={letGo}
      onPointerCancelCapture={letGo}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        const finger = event.pointerType === "touch";
        drag.current = { ...point(event), moved: false, finger };
        setWalked(-1);
        if (!finger) event.currentTarget.setPointerCapture?.(event.pointerId);
      }}
      onPointerMove={(event) => {
        const held = drag.current;
        if (held === null) {
          if (event.pointerType !== "touch") setHovered(under(event));
          return;
        }
        const at = point(event);
        if (!held.moved && Math.hypot(at.x - held.x, at.y - held.y) < LEAST_DRAG) return;
        held.moved = true;
        if (held.finger) return;
        setHovered(-1);
        brush(held, at);
      }}
      onPointerUp={(event) => {
        const held = drag.current;
        drag.current = null;
        if (held === null || held.moved) return;
        const found = under(event, held.finger ? 24 : undefined);
        if (found >= 0) props.onOpen(cloud.numbers[found] ?? 0);
      }}
      onPointerCancel={() => {
        drag.current = null;
      }}
      onPointerLeave={() => setHovered(-1)}
      role="group"
      aria-label={props.description}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows go along the front
      tabIndex={0}
      onKeyDown={keys}
      onBlur={() => setWalked(-1)}
    >
      <canvas ref={canvas} />
      <p class="sr" aria-live="polite">
        {step === undefined ? "" : props.say(cloud.numbers[step] ?? 0)}
      </p>
      {step !== undefined && (
        <i
          class="walked"
          aria-hidden="true"
          style={{ left: `${places.xs[step]}px`, top: `${places.ys[step]}px` }}
        />
      )}
      <Brushed only={props.only} x={xScale} y={yScale} area={area} />
      {props.limits.map((limit) => (
        <Line
          key={limit.key}
          limit={limit}
          scale={limit.along === "x" ? xScale : yScale}
          area={area}
          disabled={props.disabled}
          text={(value) => text(limit.along === "x" ? x.name : y.name, value)}
          point={point}
          onSet={(value) => props.onLimit(limit.key, value)}
        />
      ))}
      {marked.map((mark) => (
        <span
          key={`${mark.text} ${mark.number}`}
          class={`plot-mark ${mark.yours ? "yours" : ""} ${mark.side}`}
          style={{ left: `${mark.x}px`, top: `${mark.y}px` }}
          aria-hidden="true"
        >
          <b>{mark.text}</b>
        </span>
      ))}
      {tipped >= 0 && tipped < cloud.numbers.length && (
        <div
          class="tip"
          role="presentation"
          style={tipPlace(places.xs[tipped] ?? 0, places.ys[tipped] ?? 0, width)}
        >
          {props.tip(cloud.numbers[tipped] ?? 0)}
        </div>
      )}
    </div>
  );
}

/** Above its trial; near the top below it, near a side on the other. */
export function tipPlace(x: number, y: number, width: number): Record<string, string> {
  const across = x < 120 ? "-8%" : x > width - 120 ? "-92%" : "-50%";
  const along = y < 120 ? "14px" : "calc(-100% - 12px)";
  return { left: `${x}px`, top: `${y}px`, transform: `translate(${across}, ${along})` };
}

interface BrushedProps {
  only: { x: Range; y: Range };
  x: Scale;
  y: Scale;
  area: Area;
}

function Brushed({ only, x, y, area }: BrushedProps) {
  if (only.x === NOTHING && only.y === NOTHING) return null;
  if ([...only.x, ...only.y].every((side) => side === null)) return null;
  const at = (scale: Scale, value: number | null, open: number) =>
    value === null ? open : placed(scale, value);
  const left = plotX(area, at(x, only.x[0], 0));
  const right = plotX(area, at(x, only.x[1], 1));
  const top = plotY(area, at(y, only.y[1], 1));
  const bottom = plotY(area, at(y, only.y[0], 0));
  return (
    <div
      class="brush"
      aria-hidden="true"
      style={{ left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px` }}
    />
  );
}

interface LineProps {
  limit: Limit;
  scale: Scale;
  area: Area;
  disabled: boolean;
  text(value: number): string;
  point(event: PointerEvent): { x: number; y: number };
  onSet(value: number): Promise<boolean>;
}

function Line({ limit, scale, area, disabled, text, point, onSet }: LineProps) {
  const across = limit.along === "x";
  const beyond = (value: number) => (value < scale.low || value > scale.high ? ", beyond the axis" : "");
  return (
    <LimitLine
      along={limit.along}
      value={limit.value}
      label={limit.label}
      text={(value) => `${text(value)}${beyond(value)}`}
      hard={limit.hard}
      disabled={disabled}
      min={scale.low}
      max={scale.high}
      pixels={(value) => (across ? plotX(area, placed(scale, value)) : plotY(area, placed(scale, value)))}
      valueAt={(event) => {
        const at = point(event);
        return tidy(valueAt(scale, across ? shareX(area, at.x) : shareY(area, at.y)), scale, false);
      }}
      step={(value, steps) => stepped(value, scale, false, steps)}
      onSet={onSet}
    />
  );
}
