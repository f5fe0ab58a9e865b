import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ViewInfo, Views } from "../protocol/messages";

/** Options of a view by name; what is undefined or null is left to the kernel. */
export type Options = Readonly<Record<string, unknown>>;

export interface Look {
  readonly info: ViewInfo | null;
  /** Waiting: its turn comes. Asking: the kernel is at it. Stopped: the person gave it up. */
  readonly state: "none" | "waiting" | "asking" | "done" | "stopped" | "failed";
  readonly error: string;
  /** The stamp under which it was asked last. */
  readonly stamp: number;
}

interface Asking {
  views(): Promise<Views>;
  explain(view: string, options: Options, step: number): { id: string; answer: Promise<ViewInfo> };
  stop(id: string): void;
}

interface Entry {
  readonly view: string;
  readonly options: Options;
  readonly look: Signal<Look>;
  /** What is asked next. */
  step: number;
}

const NOTHING: Look = { info: null, state: "none", error: "", stamp: 0 };
const MOST_STEPS = 20;
const KEPT = 150;

/**
 * Explanations by view and options: one is asked at a time, a partial one is followed up when the others had their
 * turn, and what nobody looks at any more is given up.
 */
export class Looks {
  readonly offered: ReadonlySignal<Views | null>;
  readonly error: ReadonlySignal<string>;
  private readonly held = signal<Views | null>(null);
  private readonly failed = signal("");
  private readonly entries = new Map<string, Entry>();
  private queue: Entry[] = [];
  private open: { entry: Entry; id: string } | null = null;
  private loading = false;
  private round = 0;

  constructor(private readonly ask: Asking) {
    this.offered = this.held;
    this.error = this.failed;
  }

  /** Asks what can be asked for, once. */
  async load(): Promise<void> {
    if (this.loading || this.held.peek() !== null) return;
    const { round } = this;
    this.loading = true;
    this.failed.value = "";
    try {
      const found = await this.ask.views();
      if (round === this.round) this.held.value = found;
    } catch (reason) {
      if (round === this.round) this.failed.value = words(reason);
    }
    if (round === this.round) this.loading = false;
  }

  look(view: string, options: Options): ReadonlySignal<Look> {
    return this.entry(view, options).look;
  }

  /**
   * Asks for a view unless it is there, under way, or was stopped by the person. What was asked under another stamp is
   * asked again. `first`: before what else waits.
   */
  want(view: string, options: Options, stamp: number, first = false): void {
    const entry = this.entry(view, options);
    const { state, stamp: last } = entry.look.peek();
    if (state === "waiting" || state === "asking" || state === "stopped") return;
    if (state === "done" && last === stamp) return;
    this.enqueue(entry, stamp, state === "done", first);
  }

  /** Asks again, whatever came of it: a stopped one goes on where it was. */
  again(view: string, options: Options, stamp: number): void {
    const entry = this.entry(view, options);
    const { state } = entry.look.peek();
    if (state !== "waiting" && state !== "asking") this.enqueue(entry, stamp, state === "done", true);
  }

  /** The person has seen enough. */
  stop(view: string, options: Options): void {
    const entry = this.entry(view, options);
    const { state } = entry.look.peek();
    if (state !== "waiting" && state !== "asking") return;
    entry.look.value = { ...entry.look.peek(), state: "stopped" };
    this.drop(entry);
  }

  /** Nobody looks at it any more: what is under way is given up, and asked again when someone does. */
  leave(view: string, options: Options): void {
    const entry = this.entries.get(keyOf(view, options));
    if (entry === undefined) return;
    const { state } = entry.look.peek();
    if (state === "done" || state === "none") return;
    entry.look.value = { ...entry.look.peek(), state: "none", error: "" };
    if (state === "waiting" || state === "asking") this.drop(entry);
  }

  /** The session is another one. */
  forget(): void {
    this.round += 1;
    this.loading = false;
    this.open = null;
    this.queue = [];
    batch(() => {
      for (const { look } of this.entries.values()) look.value = NOTHING;
      this.held.value = null;
      this.failed.value = "";
    });
    this.entries.clear();
  }

  dispose(): void {
    this.round += 1;
    if (this.open !== null) this.ask.stop(this.open.id);
    this.open = null;
    this.queue = [];
  }

  private entry(view: string, options: Options): Entry {
    const key = keyOf(view, options);
    const known = this.entries.get(key);
    if (known !== undefined) return known;
    const made: Entry = { view, options: given(options), look: signal(NOTHING), step: 0 };
    this.entries.set(key, made);
    if (this.entries.size > KEPT) this.tidy(made);
    return made;
  }

  private tidy(but: Entry): void {
    for (const [key, entry] of this.entries) {
      if (this.entries.size <= KEPT) return;
      const { state } = entry.look.peek();
      if (entry !== but && state !== "waiting" && state !== "asking") this.entries.delete(key);
    }
  }

  private enqueue(entry: Entry, stamp: number, anew: boolean, first: boolean): void {
    if (anew) entry.step = 0;
    entry.look.value = { ...entry.look.peek(), state: "waiting", error: "", stamp };
    if (first) this.queue.unshift(entry);
    else this.queue.push(entry);
    this.next();
  }

  private drop(entry: Entry): void {
    this.queue = this.queue.filter((one) => one !== entry);
    if (this.open?.entry !== entry) return;
    this.ask.stop(this.open.id);
    this.open = null;
    this.next();
  }

  private async next(): Promise<void> {
    if (this.open !== null) return;
    const entry = this.queue.shift();
    if (entry === undefined) return;
    const { look } = entry;
    look.value = { ...look.peek(), state: "asking" };
    const { id, answer } = this.ask.explain(entry.view, entry.options, entry.step);
    const open = { entry, id };
    this.open = open;
    try {
      const info = await answer;
      if (this.open !== open) return;
      entry.step += 1;
      const partial = info.partial && entry.step < MOST_STEPS;
      look.value = { ...look.peek(), info, state: partial ? "waiting" : "done" };
      if (partial) this.queue.push(entry);
    } catch (reason) {
      if (this.open !== open) return;
      look.value = { ...look.peek(), state: "failed", error: words(reason) };
    }
    this.open = null;
    this.next();
  }
}

function given(options: Options): Options {
  const kept = Object.entries(options).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function keyOf(view: string, options: Options): string {
  return JSON.stringify([view, given(options)]);
}

function words(reason: unknown): string {
  const { message = String(reason), remedy = "" } = reason as { message?: string; remedy?: string };
  return `${message} ${remedy}`.trim();
}
