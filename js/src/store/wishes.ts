import { type ReadonlySignal, signal } from "@preact/signals";
import type { PreferencesInfo, WorthInfo } from "../protocol/messages";

/** What a trial is expected to be worth to the person: 0 the worst of the front, 1 the best. */
export interface Worth {
  readonly worth: number;
  readonly spread: number;
}

interface Asking {
  preferences(): Promise<PreferencesInfo>;
  worth(): Promise<WorthInfo>;
}

const RETRY_MS = 5_000;

/** What the person prefers, as Python has learnt it: asked again when `Status.wishes` has changed and someone looks. */
export class Wishes {
  readonly info: ReadonlySignal<PreferencesInfo | null>;
  readonly worth: ReadonlySignal<ReadonlyMap<number, Worth> | null>;
  readonly error: ReadonlySignal<string>;
  private readonly held = signal<PreferencesInfo | null>(null);
  private readonly valued = signal<ReadonlyMap<number, Worth> | null>(null);
  private readonly failed = signal("");
  private known = -1;
  private wanted = -1;
  private ranked = false;
  private gap = 0;
  private last = Number.NEGATIVE_INFINITY;
  private asking = false;
  private timer = 0;
  private round = 0;

  constructor(private readonly ask: Asking) {
    this.info = this.held;
    this.worth = this.valued;
    this.error = this.failed;
  }

  /**
   * Keeps up with `stamp`, asking at most once in `gap` milliseconds. `ranked`: there is a preferred trial, so trials
   * are worth something.
   */
  follow(stamp: number, ranked: boolean, gap: number): void {
    if (ranked !== this.ranked) this.known = -1;
    this.wanted = stamp;
    this.ranked = ranked;
    this.gap = gap;
    this.schedule();
  }

  /** The person has acted: what changes next is asked for at once. */
  hurry(): void {
    this.last = Number.NEGATIVE_INFINITY;
    this.schedule();
  }

  forget(): void {
    this.round += 1;
    clearTimeout(this.timer);
    this.known = -1;
    this.wanted = -1;
    this.asking = false;
    this.last = Number.NEGATIVE_INFINITY;
    this.held.value = null;
    this.valued.value = null;
    this.failed.value = "";
  }

  dispose(): void {
    this.round += 1;
    clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.asking || this.wanted === this.known) return;
    clearTimeout(this.timer);
    const wait = this.last + this.gap - performance.now();
    if (wait <= 0) this.request();
    else this.timer = setTimeout(() => this.request(), wait) as unknown as number;
  }

  private async request(): Promise<void> {
    const { round, wanted, ranked } = this;
    this.asking = true;
    this.last = performance.now();
    let wait = 0;
    try {
      const [info, worth] = await Promise.all([this.ask.preferences(), ranked ? this.ask.worth() : null]);
      if (round !== this.round) return;
      this.held.value = info;
      this.valued.value = worth === null ? null : byNumber(worth);
      this.failed.value = "";
      this.known = wanted;
    } catch (reason) {
      if (round !== this.round) return;
      this.failed.value = reason instanceof Error ? reason.message : String(reason);
      wait = RETRY_MS;
    }
    this.asking = false;
    if (wait === 0) this.schedule();
    else this.timer = setTimeout(() => this.schedule(), wait) as unknown as number;
  }
}

function byNumber({ numbers, worth, spread }: WorthInfo): Map<number, Worth> {
  return new Map(
    numbers.map((number, i) => [number, { worth: worth[i] ?? 0, spread: spread[i] ?? 0 }] as const),
  );
}
