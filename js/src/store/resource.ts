import { type ReadonlySignal, signal } from "@preact/signals";
import { browserTimers, RequestError, type Timers } from "../protocol/requests";

const RETRY_MS = 5_000;
/** Default number of answers that a set of resources keeps. */
const HELD = 100;

/** The state of the session that an answer is of; a list is the same when its items are. */
export type Stamp = unknown;

/**
 * One answer of the kernel: asked when someone follows it, and again when its stamp has changed. The last answer stays
 * until the next is there. A request that failed is repeated, unless the kernel refused it.
 */
export class Resource<T> {
  readonly value: ReadonlySignal<T | null>;
  /** Why the last request failed, in words; "" when it did not. */
  readonly error: ReadonlySignal<string>;
  private readonly held = signal<T | null>(null);
  private readonly failed = signal("");
  private known: Stamp = NEVER;
  private wanted: Stamp = NEVER;
  private gap = 0;
  private last = Number.NEGATIVE_INFINITY;
  private under: AbortController | null = null;
  private timer = 0;

  constructor(
    private readonly ask: (signal: AbortSignal, last: T | null) => Promise<T>,
    private readonly timers: Timers = browserTimers,
  ) {
    this.value = this.held;
    this.error = this.failed;
  }

  /** Keeps up with a stamp, asking at most once in `gap` milliseconds. */
  follow(stamp: Stamp, gap = 0): void {
    this.wanted = stamp;
    this.gap = gap;
    this.schedule();
  }

  /** Sends the pending request at once. */
  hurry(): void {
    this.last = Number.NEGATIVE_INFINITY;
    this.schedule();
  }

  /** Asks again, whatever came of the last request. */
  retry(): void {
    this.known = NEVER;
    this.hurry();
  }

  /** Drops the answer: the session is another one. */
  forget(): void {
    this.dispose();
    this.known = NEVER;
    this.wanted = NEVER;
    this.last = Number.NEGATIVE_INFINITY;
    this.held.value = null;
    this.failed.value = "";
  }

  /** Cancels the running request. */
  dispose(): void {
    this.under?.abort();
    this.under = null;
    this.timers.clear(this.timer);
  }

  private schedule(): void {
    if (this.under !== null || this.wanted === NEVER || isSame(this.wanted, this.known)) return;
    this.timers.clear(this.timer);
    const wait = this.last + this.gap - performance.now();
    if (wait <= 0) this.request();
    else this.timer = this.timers.set(() => this.request(), wait);
  }

  private async request(): Promise<void> {
    const { wanted } = this;
    const under = new AbortController();
    this.under = under;
    this.last = performance.now();
    try {
      const found = await this.ask(under.signal, this.held.peek());
      if (this.under !== under) return;
      this.known = wanted;
      this.failed.value = "";
      this.held.value = found;
    } catch (reason) {
      if (this.under !== under) return;
      this.failed.value = inWords(reason);
      if (reason instanceof RequestError && reason.why === "refused") this.known = wanted;
      else {
        this.under = null;
        this.timer = this.timers.set(() => this.schedule(), RETRY_MS);
        return;
      }
    }
    this.under = null;
    this.schedule();
  }
}

/** Resources by the arguments of their request; those not used for longest are dropped. */
export class Resources<A extends readonly unknown[], T> {
  private readonly held = new Map<string, Resource<T>>();

  constructor(
    private readonly ask: (given: A, signal: AbortSignal) => Promise<T>,
    private readonly most = HELD,
  ) {}

  of(...given: A): Resource<T> {
    const key = JSON.stringify(given);
    const found = this.held.get(key) ?? new Resource<T>((signal) => this.ask(given, signal));
    this.held.delete(key);
    this.held.set(key, found);
    for (const [old, resource] of this.held) {
      if (this.held.size <= this.most) break;
      resource.dispose();
      this.held.delete(old);
    }
    return found;
  }

  forget(): void {
    for (const one of this.held.values()) one.forget();
    this.held.clear();
  }

  dispose(): void {
    for (const one of this.held.values()) one.dispose();
  }
}

const NEVER = Symbol("never");

function isSame(one: Stamp, other: Stamp): boolean {
  if (Array.isArray(one) && Array.isArray(other) && one.length === other.length) {
    return one.every((item, i) => Object.is(item, other[i]));
  }
  return Object.is(one, other);
}

/** The error and its remedy in words. */
export function inWords(reason: unknown): string {
  const { message = String(reason), remedy = "" } = reason as { message?: string; remedy?: string };
  return `${message} ${remedy}`.trim();
}
