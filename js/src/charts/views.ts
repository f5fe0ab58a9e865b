import { names, packed } from "charts:views";
import { parsed, type Runtime, type Spec } from "./vega";

const KNOWN: ReadonlySet<string> = new Set(names);

let unpacked: Promise<Readonly<Record<string, Spec>>> | null = null;

export function isDrawn(name: string): boolean {
  return KNOWN.has(name);
}

export interface Chart {
  spec: Spec;
  runtime: Runtime;
}

/** A chart, ready to be drawn; all are unpacked when the first one is asked for. */
export async function chartOf(name: string): Promise<Chart> {
  unpacked ??= unpack();
  const found = KNOWN.has(name) ? (await unpacked)[name] : undefined;
  if (found === undefined) throw new Error(`There is no chart ${name}.`);
  await turn();
  const spec = yielding(found);
  return { spec, runtime: parsed(spec) };
}

let turns: Promise<void> = Promise.resolve();

/** Charts that come together are made and run one after the other, so that the page can answer in between. */
export function turn(): Promise<void> {
  turns = turns.then(() => new Promise((resolve) => setTimeout(resolve, 0)));
  return turns;
}

async function unpack(): Promise<Readonly<Record<string, Spec>>> {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return (await new Response(stream).json()) as Record<string, Spec>;
}

type Part = Record<string, unknown>;

/** The names at an axis, and the room for words beside marks, take a share of the card at most: `panel` is its width. */
function yielding(spec: Spec): Spec {
  const copy = structuredClone(spec) as unknown as Part;
  narrow(copy);
  const more: Part[] = [{ name: "panel", value: 460 }];
  if (copy.layout !== undefined) {
    stack(copy);
    more.push({ name: "columns", value: 2 });
  }
  copy.signals = [...((copy.signals as unknown[] | undefined) ?? []), ...more];
  return copy as unknown as Spec;
}

/** Arranges panels in the number of columns that a signal gives; panels that share axes get one row each. */
function stack(copy: Part): void {
  copy.layout = { ...(copy.layout as Part), columns: { signal: "columns" } };
  for (const { transform } of (copy.data as { transform?: Part[] }[] | undefined) ?? []) {
    for (const one of transform ?? []) {
      const stop = one.stop as { signal?: string } | undefined;
      if (stop?.signal?.startsWith("ceil(") === true)
        stop.signal = stop.signal.replace(/\/ \d+\)$/, "/ columns)");
    }
  }
}

function narrow(part: Part): void {
  for (const axis of (part.axes as Part[] | undefined) ?? []) {
    if (typeof axis.labelLimit === "number" && axis.labelLimit > 100) {
      axis.labelLimit = { signal: `max(64, min(${axis.labelLimit}, 0.4 * panel))` };
    }
  }
  for (const axis of (part.axes as Part[] | undefined) ?? []) {
    if (axis.title !== undefined && (axis.orient === "bottom" || axis.orient === "top")) {
      axis.titleLimit = { signal: "max(100, panel - 70)" };
    }
  }
  for (const scale of (part.scales as Part[] | undefined) ?? []) {
    if (scale.type === "linear" && typeof scale.padding === "number" && scale.padding > 40) {
      scale.padding = { signal: `min(${scale.padding}, 0.19 * panel)` };
    }
    const end = Array.isArray(scale.range) ? (scale.range[1] as { signal?: string } | undefined) : undefined;
    const room = /^width - (\d+)$/.exec(end?.signal ?? "")?.[1];
    if (room !== undefined) scale.range = [0, { signal: `width - min(${room}, 0.19 * panel)` }];
  }
  for (const legend of (part.legends as Part[] | undefined) ?? []) {
    if (legend.orient === "bottom" && legend.type !== "gradient") {
      legend.columns = { signal: "panel < 460 ? 2 : 0" };
    }
  }
  for (const mark of (part.marks as Part[] | undefined) ?? []) narrow(mark);
}
