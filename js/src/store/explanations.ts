import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Kernel } from "../protocol/kernel";
import type { ViewInfo, Views } from "../protocol/messages";
import { inWords, Resource } from "./resource";

/** Options of a view by name; undefined and null mean the kernel's default. */
export type Options = Readonly<Record<string, unknown>>;

/** One explanation as far as it was asked for. */
export interface Explanation {
  readonly info: ViewInfo | null;
  /** Waiting: queued. Asking: the kernel computes it. Stopped: the user stopped it. */
  readonly state: "none" | "waiting" | "asking" | "done" | "stopped" | "failed";
  readonly error: string;
  /** The stamp under which it was asked last. */
  readonly stamp: number;
}

interface Entry {
  readonly view: string;
  readonly options: Options;
  readonly state: Signal<Explanation>;
  /** The next step to request. */
  step: number;
}

const NOTHING: Explanation = { info: null, state: "none", error: "", stamp: 0 };
const MOST_STEPS = 20;
const MOST_HELD = 150;

/**
 * Explanations by view and options: one is asked at a time, a partial one continues after the others, and one
 * that is no longer shown is cancelled.
 */
export class Explanations {
  /** The available views. */
  readonly views: Resource<Views>;
  private readonly entries = new Map<string, Entry>();
  private queue: Entry[] = [];
  private open: { entry: Entry; under: AbortController } | null = null;

  constructor(private readonly kernel: Kernel) {
    this.views = new Resource((signal) => kernel.views(signal));
  }

  of(view: string, options: Options): ReadonlySignal<Explanation> {
    return this.entry(view, options).state;
  }

  /**
   * Requests a view unless it is done, under way, or was stopped by the user. One requested under another stamp is
   * requested again. `first` puts it ahead of the queue.
   */
  want(view: string, options: Options, stamp: number, first = false): void {
    const entry = this.entry(view, options);
    const { state, stamp: last } = entry.state.peek();
    if (state === "waiting" || state === "asking" || state === "stopped") return;
    if (state === "done" && last === stamp) return;
    this.enqueue(entry, stamp, state === "done", first);
  }

  /** Requests a view again in any state: a stopped one continues. */
  again(view: string, options: Options, stamp: number): void {
    const entry = this.entry(view, options);
    const { state } = entry.state.peek();
    if (state !== "waiting" && state !== "asking") this.enqueue(entry, stamp, state === "done", true);
  }

  /** Stops a view for the user. */
  stop(view: string, options: Options): void {
    const entry = this.entry(view, options);
    const { state } = entry.state.peek();
    if (state !== "waiting" && state !== "asking") return;
    entry.state.value = { ...entry.state.peek(), state: "stopped" };
    this.drop(entry);
  }

  /** Cancels a view that is no longer shown; it is requested again when it is shown. */
  leave(view: string, options: Options): void {
    const entry = this.entries.get(keyOf(view, options));
    if (entry === undefined) return;
    const { state } = entry.state.peek();
    if (state === "done" || state === "none") return;
    entry.state.value = { ...entry.state.peek(), state: "none", error: "" };
    if (state === "waiting" || state === "asking") this.drop(entry);
  }

  /** The session is another one. */
  forget(): void {
    this.open = null;
    this.queue = [];
    batch(() => {
      for (const { state } of this.entries.values()) state.value = NOTHING;
      this.views.forget();
    });
    this.entries.clear();
  }

  dispose(): void {
    if (this.open !== null) this.open.under.abort();
    this.open = null;
    this.queue = [];
  }

  private entry(view: string, options: Options): Entry {
    const key = keyOf(view, options);
    const known = this.entries.get(key);
    if (known !== undefined) return known;
    const made: Entry = { view, options: given(options), state: signal(NOTHING), step: 0 };
    this.entries.set(key, made);
    if (this.entries.size > MOST_HELD) this.tidy(made);
    return made;
  }

  private tidy(but: Entry): void {
    for (const [key, entry] of this.entries) {
      if (this.entries.size <= MOST_HELD) return;
      const { state } = entry.state.peek();
      if (entry !== but && state !== "waiting" && state !== "asking") this.entries.delete(key);
    }
  }

  private enqueue(entry: Entry, stamp: number, anew: boolean, first: boolean): void {
    if (anew) entry.step = 0;
    entry.state.value = { ...entry.state.peek(), state: "waiting", error: "", stamp };
    if (first) this.queue.unshift(entry);
    else this.queue.push(entry);
    this.next();
  }

  private drop(entry: Entry): void {
    this.queue = this.queue.filter((one) => one !== entry);
    if (this.open?.entry !== entry) return;
    this.open.under.abort();
    this.open = null;
    this.next();
  }

  private async next(): Promise<void> {
    if (this.open !== null) return;
    const entry = this.queue.shift();
    if (entry === undefined) return;
    const { state } = entry;
    state.value = { ...state.peek(), state: "asking" };
    const under = new AbortController();
    const open = { entry, under };
    this.open = open;
    try {
      const info = await this.kernel.explain(entry.view, entry.options, entry.step, under.signal);
      if (this.open !== open) return;
      entry.step += 1;
      const partial = info.partial && entry.step < MOST_STEPS;
      state.value = { ...state.peek(), info, state: partial ? "waiting" : "done" };
      if (partial) this.queue.push(entry);
    } catch (reason) {
      if (this.open !== open) return;
      state.value = { ...state.peek(), state: "failed", error: inWords(reason) };
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
