import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useInSight } from "../components/useInSight";
import { colours, familyHue } from "./theme";
import { replace, type View, viewOf } from "./vega";
import { type Chart, chartOf, turn } from "./views";
import "./ViewChart.css";

/** How far out of sight a chart is made already, in pixels. */
const AHEAD = 500;

/** Family colours for charts without families, by signal name. */
const HUES = {
  hue_low: "lgbm",
  hue_high: "xgb",
  hue_a: "lgbm",
  hue_b: "linear",
  hue_c: "trees",
  hue_d: "cat",
  hue_e: "mlp",
  hue_f: "xgb",
  hue_g: "tree",
} as const;

type Data = Readonly<Record<string, readonly object[]>>;

interface Props {
  name: string;
  data: Data;
  /** Signals of the chart besides its rows: percent, dates, sign. */
  signals: Readonly<Record<string, unknown>>;
  /** Family colours by signal name, in place of the usual ones. */
  hues?: Readonly<Record<string, string>>;
  dark: boolean;
  description: string;
  /** True if a mark can be selected. */
  leads?(datum: unknown): boolean;
  onPick?(datum: unknown): void;
}

interface Tip {
  x: number;
  y: number;
  lines: [name: string, value: string][];
}

interface Made {
  view: View;
  /** Width of the last run in pixels; 0 before the first, which waits for the rows. */
  width: number;
  datasets: string[];
  signals: ReadonlySet<string>;
}

/** The chart of a view is embedded once; rows, colours and width change in place. */
export function ViewChart({ name, data, signals, hues: given, dark, description, leads, onPick }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const made = useRef<Made | null>(null);
  const seen = useInSight(holder, AHEAD, true);
  const [chart, setChart] = useState<Chart | null>(null);
  const [problem, setProblem] = useState("");
  const [tip, setTip] = useState<Tip | null>(null);
  /** The last event of the pointer, as long as it is over the chart. */
  const pointer = useRef<unknown>(null);
  const picking = useRef({ leads, onPick });
  picking.current = { leads, onPick };

  useEffect(() => {
    if (!seen) return;
    let current = true;
    chartOf(name).then(
      (found) => current && setChart(found),
      (reason: Error) => current && setProblem(reason.message),
    );
    return () => {
      current = false;
    };
  }, [name, seen]);

  useLayoutEffect(() => {
    const element = holder.current;
    if (element === null || chart === null) return;
    const { spec, runtime } = chart;
    const view = viewOf(runtime, element);
    view.hover();
    view.addEventListener("mousemove", async (event, item) => {
      const { clientX, clientY } = event as MouseEvent;
      pointer.current = event;
      element.classList.toggle("leads", picking.current.leads?.(item?.datum) ?? false);
      // The words of the mark under the pointer are made by a run of the view that the same event began.
      await view.runAsync();
      if (pointer.current !== event) return;
      const lines = linesOf((item as { tooltip?: unknown } | null | undefined)?.tooltip);
      const box = element.getBoundingClientRect();
      setTip(lines.length === 0 ? null : { x: clientX - box.left, y: clientY - box.top, lines });
    });
    view.addEventListener("click", (_event, item) => {
      const datum: unknown = item?.datum;
      if (picking.current.leads?.(datum)) picking.current.onPick?.(datum);
    });
    const names = new Set((spec.signals ?? []).map((signal) => signal.name));
    const datasets = (spec.data ?? []).filter(isFilled).map((one) => one.name);
    const here: Made = { view, datasets, signals: names, width: 0 };
    const size = () => {
      const width = element.clientWidth;
      if (here.width === 0 || width <= 0 || width === here.width) return;
      here.width = width;
      widen(view, width, names);
      view.runAsync();
    };
    const watcher = new ResizeObserver(size);
    made.current = here;
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      view.finalize();
      made.current = null;
    };
  }, [chart]);

  const fill = () => {
    const element = holder.current;
    const current = made.current;
    if (element === null || current === null) return;
    const { view, datasets } = current;
    for (const dataset of datasets) {
      replace(
        view,
        dataset,
        rowsOf(data, dataset).map((row) => ({ ...row })),
      );
    }
    const style = getComputedStyle(element);
    const hues = Object.entries({ ...HUES, ...given }).map(
      ([signal, family]) => [signal, familyHue(style, family)] as const,
    );
    const values = { ...colours(element), ...Object.fromEntries(hues), ...signals };
    for (const [signal, value] of Object.entries(values)) {
      if (current.signals.has(signal)) view.signal(signal, value);
    }
    current.width = Math.max(element.clientWidth, 1);
    if (element.clientWidth > 0) widen(view, element.clientWidth, current.signals);
    view.runAsync();
  };

  const told = JSON.stringify([signals, given]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: dark changes what the CSS variables say
  useEffect(() => {
    if (chart === null) return;
    let wanted = true;
    turn().then(() => wanted && fill());
    return () => {
      wanted = false;
    };
  }, [chart, data, told, dark]);

  if (problem !== "") return <p class="mute">{problem}</p>;
  const width = holder.current?.clientWidth ?? 0;
  return (
    <div
      class="view-chart"
      onPointerLeave={() => {
        pointer.current = null;
        setTip(null);
      }}
    >
      <div
        ref={holder}
        class={chart === null ? "view-canvas awaited" : "view-canvas"}
        role="img"
        aria-label={description}
      />
      {tip !== null && (
        <div class="tip" style={beside(tip, width)} role="presentation">
          {tip.lines.map(([key, value]) => (
            <span key={key}>
              {key !== "" && <span class="mute">{key} </span>}
              {value}
            </span>
          ))}
        </div>
      )}
    </div>
  );
}

/** True if this component fills the dataset: it has neither a source nor values. */
function isFilled(one: object): boolean {
  return !("source" in one) && !("values" in one) && !("url" in one);
}

function rowsOf(data: Data, name: string): readonly object[] {
  return Object.hasOwn(data, name) ? (data[name] ?? []) : [];
}

/** Room for the axis beside each panel of a chart that has several. */
const BESIDE = { childWidth: 75, child_width: 65 } as const;
/** Below this width, panels are stacked. */
const PAIRED = 430;
/** Pixels between the axes of parallel coordinates, and at their ends. */
const BETWEEN = 66;
const ENDS = 88;

function widen(view: View, width: number, signals: ReadonlySet<string>): void {
  view.signal("panel", width);
  if (signals.has("room")) view.signal("room", Math.max(3, 1 + Math.floor((width - ENDS) / BETWEEN)));
  for (const [signal, beside] of Object.entries(BESIDE)) {
    if (signals.has(signal)) {
      const columns = width < PAIRED ? 1 : 2;
      view.signal("columns", columns);
      view.signal(signal, Math.max(110, Math.min(320, width / columns - beside))).resize();
      return;
    }
  }
  view.width(width);
}

/** Lines of a mark's tooltip; Vega provides the fields by title. */
function linesOf(value: unknown): [string, string][] {
  if (value === null || value === undefined || value === "") return [];
  if (typeof value !== "object") return [["", String(value)]];
  return Object.entries(value).flatMap(([key, one]) =>
    one === null || one === undefined || one === "" || one === "null" || one === "undefined"
      ? []
      : [[key, String(one).slice(0, 200)] as [string, string]],
  );
}

function beside({ x, y }: Tip, width: number): Record<string, string> {
  const across = x < 100 ? "-10%" : x > width - 100 ? "-90%" : "-50%";
  const along = y < 60 ? "16px" : "calc(-100% - 12px)";
  return { left: `${x}px`, top: `${y}px`, transform: `translate(${across}, ${along})` };
}
