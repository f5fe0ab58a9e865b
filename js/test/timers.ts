import type { Timers } from "../src/protocol/client";

/** Time that passes when a test says so. */
export class ManualTimers implements Timers {
  private now = 0;
  private next = 1;
  private readonly due = new Map<number, { at: number; run: () => void }>();

  set(run: () => void, ms: number): number {
    const id = this.next;
    this.next += 1;
    this.due.set(id, { at: this.now + ms, run });
    return id;
  }

  clear(id: number): void {
    this.due.delete(id);
  }

  async pass(ms: number): Promise<void> {
    this.now += ms;
    for (const [id, { at, run }] of [...this.due]) {
      if (at > this.now) continue;
      this.due.delete(id);
      run();
    }
    await settled();
  }
}

/** Lets every promise that can settle do so. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
}
