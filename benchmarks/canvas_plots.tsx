// Draws the same trials with the dashboard's canvas plots and with Vega, and takes the time of each step.
import { render } from "preact";
import { colours, familyHue } from "../js/src/charts/theme";
import { createView, replace, type Spec, type View } from "../js/src/charts/vega";
import { FrontPlot, type Range } from "../js/src/components/FrontPlot";
import { ParallelPlot } from "../js/src/components/ParallelPlot";
import { type Cloud, cloudOf, type Measured } from "../js/src/words/front";

const OBJECTIVES: readonly Measured[] = [
  { name: "score", label: "ROC AUC", unit: "", direction: "higher", log: false, points: true },
  { name: "ms", label: "prediction time", unit: "ms", direction: "lower", log: true, points: false },
  { name: "parts", label: "complexity", unit: "parts", direction: "lower", log: true, points: false },
  { name: "fit", label: "fit time", unit: "s", direction: "lower", log: true, points: false },
];
const FAMILIES = ["lgbm", "linear", "trees", "forest", "cat", "mlp"];
const OPEN: Range = [null, null];

interface Trial {
  number: number;
  state: string;
  family: string;
  values: Record<string, number>;
}

/** A seeded generator of numbers between 0 and 1 (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function trialsOf(count: number): Trial[] {
  const random = seeded(1);
  return Array.from({ length: count }, (_, number) => {
    const cost = random() * 4;
    return {
      number,
      state: "complete",
      family: FAMILIES[number % FAMILIES.length] ?? "base",
      values: {
        score: 0.7 + 0.04 * cost + 0.05 * random(),
        ms: 10 ** (cost * 0.5 + random()),
        parts: 10 ** (1 + cost * 0.6 + random()),
        fit: 10 ** (cost * 0.4 - 1 + random()),
      },
    };
  });
}

const read = (row: unknown, name: string) => (row as Trial).values[name] ?? null;

/** Numbers of the trials that no other beats; the kernel finds them, so that their search is no part of a drawing. */
function frontOf(trials: readonly Trial[], objectives: readonly Measured[]): ReadonlySet<number> {
  const goods = trials.map(({ values }) =>
    objectives.map(({ name, direction }) => (direction === "higher" ? 1 : -1) * (values[name] ?? 0)),
  );
  const beats = (one: number[], other: number[]) =>
    one.every((good, k) => good >= (other[k] ?? 0)) && one.some((good, k) => good > (other[k] ?? 0));
  return new Set(
    trials.filter((_, i) => !goods.some((other) => beats(other, goods[i] ?? []))).map((one) => one.number),
  );
}

// The end of drawing is the last call on any canvas, or the last change of the page.
let last = 0;
const touched = () => {
  last = performance.now();
};
for (const name of ["stroke", "fill", "fillRect", "fillText", "clearRect"] as const) {
  const plain = CanvasRenderingContext2D.prototype[name] as (...args: unknown[]) => void;
  (CanvasRenderingContext2D.prototype as unknown as Record<string, unknown>)[name] = function (
    ...args: unknown[]
  ) {
    plain.apply(this, args);
    touched();
  };
}
new MutationObserver(touched).observe(document, {
  subtree: true,
  childList: true,
  attributes: true,
  characterData: true,
});

const frame = () => new Promise(requestAnimationFrame);

/** Milliseconds from the call until nothing has been drawn for four frames. */
async function until(act: () => unknown): Promise<number> {
  await frame();
  const start = performance.now();
  last = start;
  act();
  touched();
  for (let still = 0, seen = last; still < 4; ) {
    await frame();
    still = last === seen ? still + 1 : 0;
    seen = last;
  }
  return last - start;
}

interface Plot {
  first(trials: Trial[], front: ReadonlySet<number>): void;
  update(trials: Trial[], front: ReadonlySet<number>): void;
  /** Where the pointer goes. */
  surface(): Element;
  remove(): void;
}

function place(): HTMLElement {
  const holder = document.createElement("div");
  holder.className = "hitl";
  holder.style.width = "1100px";
  document.body.replaceChildren(holder);
  return holder;
}

function canvasPlot(kind: "front" | "parallel"): Plot {
  const holder = place();
  let trials: Trial[] = [];
  let front: ReadonlySet<number> = new Set();
  let only: Record<string, Range> = {};
  let drawn: Cloud | null = null;
  const objectives = kind === "front" ? ([OBJECTIVES[1], OBJECTIVES[0]] as Measured[]) : OBJECTIVES;
  const hue = (family: string) => family;
  const text = (_: string, value: number) => value.toPrecision(3);
  const marks: never[] = [];
  const show = () => {
    drawn ??= cloudOf(trials as never, objectives, read as never, front, new Set());
    const inside = Uint8Array.from(drawn.numbers, (number) =>
      Object.entries(only).every(([name, [low, high]]) => {
        const value = trials[number]?.values[name] ?? 0;
        return (low === null || value >= low) && (high === null || value <= high);
      })
        ? 1
        : 0,
    );
    const common = {
      cloud: drawn,
      text,
      hue,
      marks,
      inside,
      dark: false,
      description: "",
      tip: (number: number) => <b>#{number}</b>,
      onOpen: () => {},
    };
    const x = objectives[0] as Measured;
    const y = objectives[1] as Measured;
    render(
      kind === "front" ? (
        <FrontPlot
          {...common}
          x={x}
          y={y}
          tick={text}
          limits={[]}
          disabled={false}
          say={() => ""}
          only={{ x: only[x.name] ?? OPEN, y: only[y.name] ?? OPEN }}
          onBrush={(across, along) => {
            only = { [x.name]: across, [y.name]: along };
            show();
          }}
          onLimit={async () => true}
        />
      ) : (
        <ParallelPlot
          {...common}
          objectives={objectives}
          only={(name) => only[name] ?? OPEN}
          onBrush={(name, range) => {
            only = { ...only, [name]: range };
            show();
          }}
        />
      ),
      holder,
    );
  };
  const put = (next: Trial[], best: ReadonlySet<number>) => {
    trials = next;
    front = best;
    drawn = null;
    show();
  };
  return {
    first: put,
    update: put,
    surface: () => holder.querySelector(".plot") as Element,
    remove: () => render(null, holder),
  };
}

function vegaPlot(kind: "front" | "parallel", specs: Record<string, Spec>): Plot {
  const holder = place();
  let view: View;
  const style = getComputedStyle(holder);
  const put = (trials: Trial[], best: ReadonlySet<number>) => {
    const rows = trials.map(({ values, number, family }) => ({
      ...values,
      number,
      front: best.has(number),
      colour: familyHue(style, family),
    }));
    replace(view, "trials", rows);
    view.runAsync();
  };
  return {
    first(trials, best) {
      view = createView(specs[kind] as Spec, holder);
      view.hover();
      view.tooltip(() => {});
      for (const [name, value] of Object.entries(colours(holder))) view.signal(name, value);
      put(trials, best);
    },
    update: put,
    surface: () => holder.querySelector("canvas") as Element,
    remove: () => view.finalize(),
  };
}

const pointer = (type: string, x: number, y: number, buttons = 0) => {
  const init = {
    clientX: x,
    clientY: y,
    bubbles: true,
    composed: true,
    pointerId: 1,
    pointerType: "mouse",
    buttons,
    button: 0,
  };
  return type.startsWith("pointer") ? new PointerEvent(type, init) : new MouseEvent(type, init);
};
/** What a browser sends for one gesture of a mouse. */
const send = (target: Element, kind: "down" | "move" | "up", x: number, y: number, buttons = 0) => {
  target.dispatchEvent(pointer(`pointer${kind}`, x, y, buttons));
  target.dispatchEvent(pointer(`mouse${kind}`, x, y, buttons));
};

async function measure(plot: Plot, count: number, kind: "front" | "parallel") {
  const trials = trialsOf(count + 1);
  const before = trials.slice(0, -1);
  const objectives = kind === "front" ? OBJECTIVES.slice(0, 2) : OBJECTIVES;
  const [known, next] = [frontOf(before, objectives), frontOf(trials, objectives)];
  const first = await until(() => plot.first(before, known));
  const update = await until(() => plot.update(trials, next));
  const target = plot.surface();
  const box = target.getBoundingClientRect();
  const random = seeded(2);
  const hovers: number[] = [];
  for (let i = 0; i < 25; i += 1) {
    const x = box.left + (0.1 + 0.8 * random()) * box.width;
    const y = box.top + (0.2 + 0.6 * random()) * box.height;
    hovers.push(await until(() => send(target, "move", x, y)));
  }
  const brushes: number[] = [];
  // On an axis of the parallel plot, across a part of the front.
  const from = kind === "front" ? [0.3, 0.3] : [0.0636, 0.3];
  const at = (share: number) =>
    [
      box.left + ((from[0] ?? 0) + (kind === "front" ? 0.4 * share : 0)) * box.width,
      box.top + ((from[1] ?? 0) + 0.4 * share) * box.height,
    ] as const;
  send(target, "move", ...at(0));
  send(target, "down", ...at(0), 1);
  for (let i = 1; i <= 20; i += 1)
    brushes.push(await until(() => send(plot.surface(), "move", ...at(i / 20), 1)));
  send(plot.surface(), "up", ...at(1));
  plot.remove();
  return { first, update, hovers, brushes };
}

Object.assign(window, {
  measure: (kind: "front" | "parallel", how: "canvas" | "vega", count: number, specs: Record<string, Spec>) =>
    measure(how === "canvas" ? canvasPlot(kind) : vegaPlot(kind, specs), count, kind),
});
