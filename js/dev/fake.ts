import type { Host } from "../src/host/port";
import type { Request } from "../src/protocol/kernel";
import type { Reply, Snapshot, Steering, TrialRow } from "../src/protocol/messages";
import type { ScriptedTable } from "./data";
import { NOTHING, pythonOf, Refused, Simulation } from "./simulation";
import { VIEWS, viewOf } from "./views";

export interface FakeOptions {
  snapshot: Snapshot;
  /** Milliseconds to an answer; null for a kernel that never answers. */
  delay: number | null;
  /** Refuse what is proposed. */
  refuses?: boolean;
  /** The table, where there is one. */
  table?: ScriptedTable;
}

/** A kernel in the page: answers as wire.py says, and can push. */
export class FakeHost implements Host {
  readonly sent: Request[] = [];
  private readonly listeners = new Set<(content: unknown) => void>();
  private readonly channel = new Set<() => void>();
  private live = true;
  readonly simulation: Simulation;
  snapshot: Snapshot;
  private back: { number: number; undo: () => void } | null = null;

  constructor(private readonly options: FakeOptions) {
    this.snapshot = options.snapshot;
    this.simulation = new Simulation(options.snapshot);
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
  delta(rows: TrialRow[], status: Record<string, unknown> = {}, steering: Partial<Steering> = {}): void {
    const { epoch, seq } = this.snapshot;
    const byNumber = new Map(this.snapshot.rows.map((row) => [row[0], row]));
    for (const row of rows) byNumber.set(row[0], row);
    this.snapshot = {
      ...this.snapshot,
      seq: seq + 1,
      rows: [...byNumber.values()],
      status: { ...this.snapshot.status, ...status },
      steering: { ...this.snapshot.steering, ...steering },
    };
    this.push({ type: "delta", epoch, from: seq, seq: seq + 1, rows, status, steering });
  }

  /** Pushes what the simulation changed. */
  publish(): void {
    const steering = this.simulation.steering();
    const held = this.snapshot.steering as unknown as Record<string, unknown>;
    const changed = Object.entries(steering).filter(
      ([key, value]) => JSON.stringify(held[key]) !== JSON.stringify(value),
    );
    this.delta(this.simulation.taken(), this.simulation.status(), Object.fromEntries(changed));
  }

  /** Plays a search: one more trial every `ms`. */
  play(ms: number): () => void {
    const timer = setInterval(() => {
      if (this.snapshot.status.phase !== "running") return;
      this.simulation.tick();
      this.publish();
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
    try {
      return { ...reply, result: this.result(message) };
    } catch (reason) {
      if (!(reason instanceof Refused)) throw reason;
      return { ...reply, ok: false, error: { message: reason.message, remedy: reason.remedy } };
    }
  }

  private result(message: Request): unknown {
    const { simulation } = this;
    const command = message.command ?? {};
    const { table } = this.options;
    if (table !== undefined) {
      const found = this.ofTable(table, message, command);
      if (found !== undefined) return found;
    }
    if (message.type === "detail") return simulation.detail(message.number ?? -1);
    if (message.type === "code") return pythonOf(command);
    if (message.type === "preview_edit") return simulation.preview(command);
    if (message.type === "importance") return simulation.importance(message.family ?? "");
    if (message.type === "history") return simulation.story(message.seq ?? 0);
    const [first = -1, second = -1] = message.numbers ?? [];
    if (message.type === "preferences") return simulation.wished().preferences();
    if (message.type === "worth") return simulation.wished().worth();
    if (message.type === "pair") return simulation.wished().pair(first, second);
    if (message.type === "picture") {
      return simulation.wished().picture(message.numbers ?? [], message.kind as "roc");
    }
    if (message.type === "audit")
      return simulation.wished().audit(message.number ?? -1, message.column ?? "");
    if (message.type === "views") return VIEWS;
    if (message.type === "stop") return null;
    if (message.type === "explain") {
      const found = viewOf(message.view ?? "", message.options ?? {}, message.step ?? 0);
      if (found === null) throw new Refused(`There is no view '${message.view}'.`);
      return found;
    }
    if (this.options.refuses === true) {
      throw new Refused(
        "lightgbm.learning_rate lies between 0.02 and 0.3 in this search space; got 0.01.",
        "Choose a value inside, or widen the space first.",
      );
    }
    const done = simulation.obey(command);
    setTimeout(() => {
      this.obey(command);
      this.publish();
    }, 30);
    return { ...done, python: pythonOf(command), seq: this.snapshot.seq + 1 };
  }

  private ofTable(table: ScriptedTable, message: Request, command: Record<string, unknown>): unknown {
    if (message.type === "profile") return table.info();
    if (message.type === "warnings") return table.warnings();
    if (message.type === "column") {
      const found = table.column(message.column ?? "");
      if (found === null) throw new Refused(`There is no column '${message.column}' in the table.`);
      return found;
    }
    if (message.type === "preview_data" && command.type === "change_data") {
      const found = table.preview(command);
      if (typeof found === "string") throw new Refused(found);
      return found;
    }
    if (message.type !== "command") return undefined;
    if (command.type === "answer_warning") {
      table.answer(String(command.key), String(command.answer));
      if (command.answer === "Drop left_on") {
        const number = this.snapshot.steering.acts.length + 1;
        this.back = { number, undo: table.change({ type: "change_data", roles: { left_on: "ignored" } }) };
        this.dataActs(number, false);
      }
    } else if (command.type === "change_data") {
      const number = this.snapshot.steering.acts.length + 1;
      this.back = { number, undo: table.change(command) };
      this.dataActs(number, false);
    } else if (command.type === "undo" && this.back !== null && command.act === this.back.number) {
      this.back.undo();
      this.dataActs(this.back.number, true);
    } else return undefined;
    setTimeout(() => this.delta([], table.status() as Record<string, unknown>), 5);
    return { ...NOTHING, seq: this.snapshot.seq + 1 };
  }

  private dataActs(number: number, undone: boolean): void {
    const others = this.snapshot.steering.acts.filter((one) => one.number !== number);
    const title = "left out left_on";
    const act = { number, author: "you", kind: "data", title, why: "", elapsed: 3, undone } as const;
    const acts = [act, ...others];
    this.delta([], {}, { acts, undo: undone ? null : title, redo: undone ? title : null });
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
  }
}
