import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { type ColumnSort, type DataDraft, NO_DATA_DRAFT } from "../words/data";

const RETRY_MS = 5_000;

/** Something that the kernel knows, asked again when its stamp has changed and someone looks. */
export class Kept<T> {
  readonly value: ReadonlySignal<T | null>;
  readonly error: ReadonlySignal<string>;
  private readonly held = signal<T | null>(null);
  private readonly failed = signal("");
  private known = -1;
  private wanted = -1;
  private asking = false;
  private round = 0;
  private timer = 0;

  constructor(private readonly ask: () => Promise<T>) {
    this.value = this.held;
    this.error = this.failed;
  }

  /** Keeps up with `stamp`. */
  follow(stamp: number): void {
    this.wanted = stamp;
    this.next();
  }

  forget(): void {
    this.dispose();
    this.known = -1;
    this.wanted = -1;
    this.asking = false;
    this.held.value = null;
    this.failed.value = "";
  }

  dispose(): void {
    this.round += 1;
    clearTimeout(this.timer);
  }

  private async next(): Promise<void> {
    if (this.asking || this.wanted === this.known) return;
    const { round, wanted } = this;
    this.asking = true;
    clearTimeout(this.timer);
    try {
      const found = await this.ask();
      if (round !== this.round) return;
      this.known = wanted;
      this.failed.value = "";
      this.held.value = found;
      this.asking = false;
      this.next();
    } catch (reason) {
      if (round !== this.round) return;
      this.asking = false;
      this.failed.value = reason instanceof Error ? reason.message : String(reason);
      this.timer = setTimeout(() => this.next(), RETRY_MS) as unknown as number;
    }
  }
}

/** What one view of the table shows; it never leaves the browser. */
export class TableView {
  readonly text: Signal<string> = signal("");
  /** Null: as the table has them. */
  readonly sort: Signal<ColumnSort | null> = signal(null);
  /** Only columns that are warned of. */
  readonly warned: Signal<boolean> = signal(false);
  /** The column beside the table; "" for the target, null for none. */
  readonly column: Signal<string | null> = signal(null);
  readonly draft: Signal<DataDraft> = signal(NO_DATA_DRAFT);
  readonly cancels: Signal<boolean> = signal(false);
}
