// Drawn by hand: at 2,000 trials Vega takes 57 times as long for one more trial (docs/decisions/0016-canvas-plots.md).
import type { ComponentChildren } from "preact";
import { useCallback, useMemo, useRef, useState } from "preact/hooks";
import { colours, familyHue } from "../charts/theme";
import { axisFor, BROKEN, type Cloud, FRONT, type Measured, placed, rangeOf } from "../words/front";
import { type Scale, valueAt } from "../words/scale";
import type { PlotMark, Range } from "./FrontPlot";
import { tipPlace } from "./FrontPlot";
import { useCanvas } from "./useCanvas";
import { useWidth } from "./useWidth";
import "./ParallelPlot.css";
import "./plot.css";

interface Props {
  cloud: Cloud;
  objectives: readonly Measured[];
  text(name: string, value: number): string;
  hue(family: string): string;
  marks: readonly PlotMark[];
  only(name: string): Range;
  inside: Uint8Array;
  dark: boolean;
  description: string;
  tip(number: number): ComponentChildren;
  onOpen(number: number): void;
  onBrush(name: string, range: Range): void;
}

const HEIGHT = 320;
const TOP = 46;
const BOTTOM = 26;
const SIDE = 70;
const REACH = 9;
const NEAR_AXIS = 16;

const yOf = (share: number) => TOP + (1 - share) * (HEIGHT - TOP - BOTTOM);
const shareOf = (y: number) => Math.min(1, Math.max(0, 1 - (y - TOP) / (HEIGHT - TOP - BOTTOM)));

/** A line for each trial over an axis for each objective, better always up. */
export function ParallelPlot(props: Props) {
  const { cloud, objectives, inside, hue, dark } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box, 700);
  const [hovered, setHovered] = useState<{ at: number; x: number; y: number } | null>(null);
  const drag = useRef<{ axis: number; from: number; y: number; moved: boolean } | null>(null);
  const scales = useMemo(
    () => objectives.map((one, k) => axisFor(cloud.columns[k] ?? new Float64Array(), cloud.marks, one, 0)),
    [cloud, objectives],
  );
  const up = (k: number, share: number) => (objectives[k]?.direction === "higher" ? share : 1 - share);
  const heights = useMemo(
    () =>
      objectives.map((one, k) =>
        Float32Array.from(cloud.columns[k] ?? [], (value) => {
          const share = placed(scales[k] as Scale, value);
          return yOf(one.direction === "higher" ? share : 1 - share);
        }),
      ),
    [cloud, objectives, scales],
  );
  const side = Math.min(SIDE, width / 7);
  const gap = objectives.length < 2 ? 0 : (width - 2 * side) / (objectives.length - 1);
  const at = hovered?.at ?? -1;
  // biome-ignore lint/correctness/useExhaustiveDependencies: dark changes what the CSS variables say
  const paint = useCallback(
    (context: CanvasRenderingContext2D, element: HTMLElement) => {
      const style = getComputedStyle(element);
      const { hairline, you } = colours(element);
      const hues = new Map<string, string>();
      const colourOf = (name: string) => {
        const held = hues.get(name) ?? familyHue(style, hue(name));
        hues.set(name, held);
        return held;
      };
      const grey = familyHue(style, "base");
      const yours = new Set(props.marks.filter((mark) => mark.yours).map((mark) => mark.number));
      context.clearRect(0, 0, width, HEIGHT);
      context.strokeStyle = hairline;
      context.lineWidth = 1;
      objectives.forEach((_, k) => {
        context.beginPath();
        context.moveTo(side + k * gap, TOP);
        context.lineTo(side + k * gap, HEIGHT - BOTTOM);
        context.stroke();
      });
      const line = (i: number) => {
        heights.forEach((ys, k) => {
          const x = side + k * gap;
          if (k === 0) context.moveTo(x, ys[i] ?? 0);
          else context.lineTo(x, ys[i] ?? 0);
        });
      };
      const many = cloud.numbers.length > 400;
      const faint = new Map<string, number[]>();
      const strong: number[] = [];
      for (let i = 0; i < cloud.numbers.length; i += 1) {
        const number = cloud.numbers[i] ?? -1;
        if (cloud.marks[i] === FRONT || yours.has(number)) {
          strong.push(i);
          continue;
        }
        const colour =
          cloud.marks[i] === BROKEN || inside[i] === 0 ? grey : colourOf(cloud.families[i] ?? "");
        const held = faint.get(colour) ?? [];
        held.push(i);
        faint.set(colour, held);
      }
      context.lineWidth = 1;
      for (const [colour, lines] of faint) {
        context.globalAlpha = colour === grey ? (many ? 0.05 : 0.15) : many ? 0.09 : 0.3;
        context.strokeStyle = colour;
        for (const i of lines) {
          context.beginPath();
          line(i);
          context.stroke();
        }
      }
      const loud = (i: number, colour: string, wide: number, alpha: number) => {
        context.globalAlpha = alpha;
        context.strokeStyle = colour;
        context.lineWidth = wide;
        context.beginPath();
        line(i);
        context.stroke();
      };
      for (const i of strong) loud(i, colourOf(cloud.families[i] ?? ""), 2, inside[i] === 1 ? 0.95 : 0.25);
      for (const i of strong) {
        if (yours.has(cloud.numbers[i] ?? -1)) loud(i, you, 3, 1);
      }
      context.globalAlpha = 1;
    },
    [cloud, objectives, heights, inside, hue, props.marks, width, side, gap, dark],
  );
  const canvas = useCanvas(paint, width, HEIGHT);
  const trace = useCallback(
    (context: CanvasRenderingContext2D, element: HTMLElement) => {
      context.clearRect(0, 0, width, HEIGHT);
      if (at < 0 || at >= cloud.numbers.length) return;
      context.strokeStyle = colours(element).ink;
      context.lineWidth = 2.4;
      context.beginPath();
      heights.forEach((ys, k) => {
        context.lineTo(side + k * gap, ys[at] ?? 0);
      });
      context.stroke();
    },
    [at, cloud, heights, width, side, gap],
  );
  const over = useCanvas(trace, width, HEIGHT);

  const point = (event: PointerEvent) => {
    const area = box.current?.getBoundingClientRect();
    return { x: event.clientX - (area?.left ?? 0), y: event.clientY - (area?.top ?? 0) };
  };
  const axisAt = (x: number) => {
    const k = gap === 0 ? 0 : Math.round((x - side) / gap);
    return k >= 0 && k < objectives.length && Math.abs(x - side - k * gap) < NEAR_AXIS ? k : -1;
  };
  const under = (x: number, y: number) => {
    const k = Math.min(objectives.length - 2, Math.max(0, Math.floor((x - side) / (gap || 1))));
    const share = Math.min(1, Math.max(0, (x - side - k * gap) / (gap || 1)));
    let found = -1;
    let least = REACH;
    for (let i = 0; i < cloud.numbers.length; i += 1) {
      const height = (1 - share) * (heights[k]?.[i] ?? 0) + share * (heights[k + 1]?.[i] ?? 0);
      const far = Math.abs(height - y) + (cloud.marks[i] === FRONT ? 0 : 3);
      if (far < least) {
        least = far;
        found = i;
      }
    }
    return found;
  };
  const brush = (k: number, from: number, to: number) => {
    const scale = scales[k];
    const objective = objectives[k];
    if (scale === undefined || objective === undefined) return;
    const range = rangeOf(scale, valueAt(scale, up(k, shareOf(from))), valueAt(scale, up(k, shareOf(to))));
    props.onBrush(objective.name, range);
  };
  const last = heights.at(-1);
  const named = props.marks
    .map((mark) => ({ ...mark, at: cloud.numbers.indexOf(mark.number) }))
    .filter((mark) => mark.at >= 0)
    .map((mark) => ({ ...mark, y: last?.[mark.at] ?? 0 }))
    .sort((a, b) => a.y - b.y);
  named.forEach((mark, k) => {
    const above = named[k - 1];
    if (above !== undefined) mark.y = Math.max(mark.y, above.y + 18);
  });
  return (
    <div
      ref={box}
      class="plot parallel"
      style={{ height: `${HEIGHT}px` }}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        const finger = event.pointerType === "touch";
        const { x, y } = point(event);
        drag.current = { axis: finger ? -1 : axisAt(x), from: y, y, moved: false };
        if (!finger) event.currentTarget.setPointerCapture?.(event.pointerId);
      }}
      onPointerMove={(event) => {
        const { x, y } = point(event);
        const held = drag.current;
        if (held === null) {
          const found = event.pointerType === "touch" ? -1 : under(x, y);
          setHovered(found < 0 ? null : { at: found, x, y });
          return;
        }
        if (held.axis < 0 || (!held.moved && Math.abs(y - held.from) < 5)) return;
        held.moved = true;
        setHovered(null);
        brush(held.axis, held.from, y);
      }}
      onPointerUp={(event) => {
        const held = drag.current;
        drag.current = null;
        if (held === null || held.moved) return;
        const { x, y } = point(event);
        const found = under(x, y);
        if (found >= 0) props.onOpen(cloud.numbers[found] ?? 0);
      }}
      onPointerCancel={() => {
        drag.current = null;
      }}
      onPointerLeave={() => setHovered(null)}
    >
      <canvas ref={canvas} role="img" aria-label={props.description} />
      <canvas ref={over} />
      {objectives.map((one, k) => {
        const scale = scales[k] as Scale;
        const x = side + k * gap;
        const higher = one.direction === "higher";
        const range = props.only(one.name);
        const ends = [range[0] ?? scale.low, range[1] ?? scale.high].map((value) =>
          yOf(up(k, placed(scale, value))),
        );
        const brushed = range[0] !== null || range[1] !== null;
        return (
          <div
            key={one.name}
            class="axis"
            style={{ left: `${x}px`, width: `${Math.min(gap - 4, 2 * side)}px` }}
          >
            <b title={one.label}>{one.label}</b>
            <span class="num">{props.text(one.name, higher ? scale.high : scale.low)}</span>
            <span class="num foot-end">{props.text(one.name, higher ? scale.low : scale.high)}</span>
            {brushed && (
              <i
                class="axis-brush"
                style={{
                  top: `${Math.min(...ends)}px`,
                  height: `${Math.abs((ends[0] ?? 0) - (ends[1] ?? 0))}px`,
                }}
              />
            )}
          </div>
        );
      })}
      {named.map((mark) => {
        const { y } = mark;
        return (
          <span
            key={`${mark.text} ${mark.number}`}
            class={mark.yours ? "line-mark yours" : "line-mark"}
            style={{ left: `${side + (objectives.length - 1) * gap + 6}px`, top: `${y}px` }}
            aria-hidden="true"
          >
            {mark.text}
          </span>
        );
      })}
      {hovered !== null && at < cloud.numbers.length && (
        <div class="tip" role="presentation" style={tipPlace(hovered.x, hovered.y, width)}>
          {props.tip(cloud.numbers[at] ?? 0)}
        </div>
      )}
    </div>
  );
}
