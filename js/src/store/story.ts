import { type ReadonlySignal, signal } from "@preact/signals";
import type { StoryRow } from "../protocol/messages";

/** The story of the session, oldest first: what is new is asked for when someone looks. */
export class Story {
  readonly rows: ReadonlySignal<readonly StoryRow[]>;
  readonly error: ReadonlySignal<string>;
  private readonly held = signal<readonly StoryRow[]>([]);
  private readonly failed = signal("");
  private asking = false;
  private round = 0;

  constructor(private readonly ask: (seq: number) => Promise<StoryRow[]>) {
    this.rows = this.held;
    this.error = this.failed;
  }

  /** Asks for the lines after the last one that is known. */
  async follow(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    const round = this.round;
    try {
      const last = this.held.peek().at(-1)?.seq ?? 0;
      const fresh = (await this.ask(last)).filter((row) => row.seq > last);
      if (round !== this.round) return;
      if (fresh.length > 0) {
        fresh.sort((a, b) => a.seq - b.seq);
        this.held.value = [...this.held.peek(), ...fresh];
      }
      this.failed.value = "";
    } catch (reason) {
      if (round === this.round) this.failed.value = reason instanceof Error ? reason.message : String(reason);
    } finally {
      if (round === this.round) this.asking = false;
    }
  }

  forget(): void {
    this.round += 1;
    this.asking = false;
    this.held.value = [];
    this.failed.value = "";
  }
}
