import type { Host } from "../src/host/port";
import type { Reply, Request, Snapshot, TrialRow } from "../src/protocol/messages";
import { scriptedDetail, scriptedRows, scriptedStatus } from "./scripted";

export interface FakeOptions {
  snapshot: Snapshot;
  /** Milliseconds to an answer; null for a kernel that never answers. */
  delay: number | null;
  /** Refuse what is proposed. */
  refuses?: boolean;
}

/** A kernel in the page: answers as wire.py says, and can push. */
export class FakeHost implements Host {
  readonly sent: Request[] = [];
  private readonly listeners = new Set<(content: unknown) => void>();
  private readonly channel = new Set<() => void>();
  private live = true;
  snapshot: Snapshot;

  constructor(private readonly options: FakeOptions) {
    this.snapshot = options.snapshot;
  }

  send(message: Request): void {
    this.sent.push(message);
    const { delay } = this.options;
    if (delay === null || !this.live) return;
    setTimeout(() => this.push(this.answer(message)), delay);
  }

  onMessage(listener: (content: unknown) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  onChannel(listener: () => void): () => void {
    this.channel.add(listener);
    return () => this.channel.delete(listener);
  }

  isLive(): boolean {
    return this.live;
  }

  journal(): string | null {
    return this.snapshot.session.journal;
  }

  close(): void {
    this.live = false;
    for (const listener of this.channel) listener();
  }

  push(message: unknown): void {
    for (const listener of this.listeners) listener(message);
  }

  /** Pushes rows and a status as the next delta. */
  delta(rows: TrialRow[], status: Record<string, unknown> = {}): void {
    const { epoch, seq } = this.snapshot;
    const byNumber = new Map(this.snapshot.rows.map((row) => [row[0], row]));
    for (const row of rows) byNumber.set(row[0], row);
    this.snapshot = {
      ...this.snapshot,
      seq: seq + 1,
      rows: [...byNumber.values()],
      status: { ...this.snapshot.status, ...status },
    };
    this.push({ type: "delta", epoch, from: seq, seq: seq + 1, rows, status });
  }

  /** Plays a search: one more trial every `ms`. */
  play(ms: number): () => void {
    const timer = setInterval(() => {
      const count = this.snapshot.rows.length + 1;
      const rows = scriptedRows(count + 2).slice(-4);
      const all = [...this.snapshot.rows.filter((row) => row[0] < count - 2), ...rows];
      const { budget: _, ...status } = scriptedStatus("running", all);
      this.delta(rows, status);
    }, ms);
    return () => clearInterval(timer);
  }

  private answer(message: Request): Reply {
    const reply = { type: "reply", id: message.id, ok: true } as const;
    if (message.type === "hello") {
      const same = message.epoch === this.snapshot.epoch && message.seq === this.snapshot.seq;
      const { epoch, seq } = this.snapshot;
      return {
        ...reply,
        result: same ? { type: "delta", epoch, from: seq, seq, rows: [], status: {} } : this.snapshot,
      };
    }
    if (message.type === "detail") {
      const row = this.snapshot.rows.find((one) => one[0] === message.number);
      if (row !== undefined) return { ...reply, result: scriptedDetail(row) };
      return { ...reply, ok: false, error: { message: `There is no trial ${message.number}.`, remedy: "" } };
    }
    const command = message.command ?? {};
    if (message.type === "code") return { ...reply, result: pythonOf(command) };
    if (this.options.refuses === true) {
      const error = {
        message: "lightgbm.learning_rate lies between 0.02 and 0.3 in this search space; got 0.01.",
        remedy: "Choose a value inside, or widen the space first.",
      };
      return { ...reply, ok: false, error };
    }
    setTimeout(() => this.obey(command), 30);
    const number = command.type === "propose" ? this.snapshot.rows.length : null;
    return { ...reply, result: { seq: this.snapshot.seq + 1, number } };
  }

  private obey(command: Record<string, unknown>): void {
    const { budget } = this.snapshot.status;
    const phases: Record<string, string> = {
      start: "running",
      pause: "paused",
      resume: "running",
      stop: "finishing",
    };
    const phase = phases[String(command.type)];
    if (phase !== undefined) this.delta([], { phase, budget: { ...budget, ticking: phase === "running" } });
    if (command.type === "set_budget") {
      this.delta([], { budget: { ...budget, seconds: command.seconds, trials: command.trials } });
    }
    if (command.type === "propose") {
      const config = command.config as Record<string, unknown>;
      const { family, ...values } = config;
      const parent = command.parent as number | null;
      const origin = parent === null ? "own" : "edit";
      const number = this.snapshot.rows.length;
      this.delta([
        [
          number,
          "queued",
          String(family),
          null,
          null,
          0,
          0,
          null,
          "you",
          origin,
          parent,
          0,
          Object.values(values),
        ],
      ]);
    }
  }
}

function pythonOf(command: Record<string, unknown>): string {
  const { type, ...rest } = command;
  if (type === "propose") return `session.propose(${JSON.stringify(rest.config)})`;
  if (type === "set_budget") return `session.budget = ${rest.seconds ?? "None"}`;
  if (type === "cancel") return `session.cancel(${rest.number})`;
  return `session.${type}()`;
}
