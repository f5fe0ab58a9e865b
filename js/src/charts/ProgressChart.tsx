import { useEffect, useRef, useState } from "preact/hooks";
import "./ProgressChart.css";
import { ProgressEnds } from "./ProgressEnds";
import spec from "./specs/progress.json";
import { colours, familyHue } from "./theme";
import { useView } from "./useView";
import { replace, type Spec } from "./vega";

export interface ProgressPoint {
  number: number;
  finished_at: number | null;
  score: number;
  std: number | null;
  family: string;
  /** Suffix of the family's colour variable. */
  hue: string;
  own: boolean;
  baseline: boolean;
  /** Outside today's space. */
  outside: boolean;
  /** 0 for a trial of today's data, or the number of another view of the data. */
  past: number;
  label: string;
}

/** An axis that is linear down to `floor` and compressed from there to the lowest score. */
export interface AxisBreak {
  readonly floor: number;
  readonly low: number;
  readonly high: number;
  /** Trials below `floor`. */
  readonly count: number;
}

/** A family with its best score, for its name beside the chart. */
export interface FamilyEnd {
  readonly name: string;
  readonly label: string;
  /** Suffix of the family's colour variable. */
  readonly hue: string;
  score: number;
}

interface Steer {
  first: number;
  elapsed: number;
  author: string;
  text: string;
  level: number;
}

interface Hovered {
  number: number;
  x: number;
  y: number;
}

interface Props {
  points: readonly ProgressPoint[];
  steers: readonly Steer[];
  /** Where the axis breaks, and the words there. */
  cut: AxisBreak | null;
  cutWords: string;
  /** The families, each named at the height of its best score. */
  ends: readonly FamilyEnd[];
  sign: number;
  byTime: boolean;
  dark: boolean;
  description: string;
  height: number;
  onOpen(number: number): void;
  tooltip(number: number): preact.ComponentChildren;
}

const datumOf = (item: unknown): { number: number } | null => {
  const datum = (item as { datum?: { number?: unknown } } | null | undefined)?.datum;
  return typeof datum?.number === "number" ? { number: datum.number } : null;
};

/** Places the tooltip above its point; at an edge, to the side that has room. */
function beside({ x, y }: Hovered, width: number): Record<string, string> {
  const across = x < 100 ? "-10%" : x > width - 100 ? "-90%" : "-50%";
  const along = y < 76 ? "14px" : "calc(-100% - 12px)";
  return { left: `${x}px`, top: `${y}px`, transform: `translate(${across}, ${along})` };
}

/** Where a score stands on the axis; the chart's definition says between which shares the lower ones lie. */
function compressed(score: number, cut: AxisBreak | null, upper: number, lower: number): number {
  if (cut === null || score >= cut.floor) return score;
  const share = upper + ((lower - upper) * (cut.floor - score)) / (cut.floor - cut.low);
  return cut.floor - (cut.high - cut.floor) * share;
}

/** The chart is embedded once; data, colours and size change in place. */
export function ProgressChart(props: Props) {
  const open = useRef(props.onOpen);
  open.current = props.onOpen;
  const [hovered, setHovered] = useState<Hovered | null>(null);
  const [heights, setHeights] = useState<readonly number[]>([]);

  const { holder, view } = useView(spec as unknown as Spec, (made, element) => {
    made.tooltip((_handler, event, item, value) => {
      const datum = value === null || value === undefined ? null : datumOf(item);
      const box = element.getBoundingClientRect();
      setHovered(
        datum === null
          ? null
          : { number: datum.number, x: event.clientX - box.left, y: event.clientY - box.top },
      );
    });
    made.addEventListener("click", (_event, item) => {
      const datum = datumOf(item);
      if (datum !== null) open.current(datum.number);
    });
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: dark changes what the CSS variables say
  useEffect(() => {
    const made = view.current;
    const element = holder.current;
    if (made === null || element === null) return;
    const style = getComputedStyle(element);
    const values = props.points.map((point) => ({ ...point, colour: familyHue(style, point.hue) }));
    replace(made, "trials", values);
    replace(made, "steers", props.steers);
    const { cut, sign, ends } = props;
    made.signal("sign", sign).signal("by_time", props.byTime).signal("break_text", props.cutWords);
    made
      .signal("floor", cut?.floor ?? null)
      .signal("low", cut?.low ?? 0)
      .signal("high", cut?.high ?? 0);
    for (const [name, value] of Object.entries(colours(element))) made.signal(name, value);
    made.runAsync().then(() => {
      if (view.current !== made) return;
      const scale = made.scale("y") as (value: number) => number;
      const top = made.origin()[1];
      const [upper, lower] = [made.signal("upper") as number, made.signal("lower") as number];
      const found = ends.map(({ score }) =>
        Math.round(top + scale(sign * compressed(score, cut, upper, lower))),
      );
      setHeights((before) => (found.join() === before.join() ? before : found));
    });
  }, [props.points, props.steers, props.cut, props.ends, props.sign, props.byTime, props.dark]);

  return (
    <div class="named-chart">
      <div class="chart" style={{ height: `${props.height}px` }}>
        <div ref={holder} class="chart-canvas" role="img" aria-label={props.description} />
        {hovered !== null && (
          <div class="tip" style={beside(hovered, holder.current?.clientWidth ?? 0)} role="presentation">
            {props.tooltip(hovered.number)}
          </div>
        )}
      </div>
      <ProgressEnds ends={props.ends} heights={heights} room={props.height} />
    </div>
  );
}
