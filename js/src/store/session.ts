import { batch, type ReadonlySignal, signal } from "@preact/signals";
import type { Host } from "../host/port";
import { Client, type Connection, type Timers } from "../protocol/client";
import type { SessionInfo, Snapshot, Status, TrialDetail } from "../protocol/messages";
import { checkDetail, goodStatus, type WholeDelta } from "../protocol/validate";
import type { Command } from "./command";
import { marked, type Row, toRow } from "./row";

export interface SessionState {
  readonly connection: ReadonlySignal<Connection>;
  readonly session: ReadonlySignal<SessionInfo | null>;
  readonly status: ReadonlySignal<Status | null>;
  /** When the status came, on the clock of `performance.now()`. */
  readonly statusAt: ReadonlySignal<number>;
  /** Rises whenever `rows` changed. */
  readonly version: ReadonlySignal<number>;
  readonly rows: ReadonlyMap<number, Row>;
  /** The Python line of the last act, and whether it was done from this page. */
  readonly lastAct: ReadonlySignal<string | null>;
}

/** Runs a function before the next paint, and also in a tab that does not paint. */
export function nextFrame(run: () => void): void {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    run();
  };
  requestAnimationFrame(once);
  setTimeout(once, 200);
}

/** What Python has, mirrored: one for each model, shared by its views. */
export class SessionStore implements SessionState {
  readonly connection = signal<Connection>({ is: "connecting" });
  readonly session = signal<SessionInfo | null>(null);
  readonly status = signal<Status | null>(null);
  readonly statusAt = signal(0);
  readonly version = signal(0);
  readonly rows = new Map<number, Row>();
  readonly lastAct = signal<string | null>(null);
  readonly journal: string | null;
  private readonly client: Client;
  private queue: WholeDelta[] = [];
  private readonly details = new Map<number, { row: Row | undefined; detail: TrialDetail }>();

  constructor(
    host: Host,
    private readonly frame: (run: () => void) => void = nextFrame,
    timers?: Timers,
  ) {
    this.journal = host.journal();
    this.client = new Client(host, {
      onSnapshot: (snapshot) => this.applySnapshot(snapshot),
      onDelta: (delta) => this.enqueue(delta),
      onReset: () => this.reset(),
      onConnection: (connection) => {
        if (this.connection.peek().is !== connection.is) this.connection.value = connection;
      },
      ...(timers === undefined ? {} : { timers }),
    });
    this.client.hello();
  }

  /** Sends a command; rejects with a RequestError that says what to do. */
  async act(command: Command): Promise<{ number: number | null }> {
    const result = await this.client.request("command", { command });
    this.code(command).then(
      (line) => {
        this.lastAct.value = line;
      },
      () => {},
    );
    const number = (result as { number?: unknown } | null)?.number;
    return { number: typeof number === "number" ? number : null };
  }

  /** The line of Python that does the same as a command. */
  async code(command: Command): Promise<string> {
    const line = await this.client.request("code", { command });
    return typeof line === "string" ? line : "";
  }

  /** What there is to know of one trial; asked again when its row has changed. */
  async detail(number: number): Promise<TrialDetail> {
    const row = this.rows.get(number);
    const known = this.details.get(number);
    if (known !== undefined && known.row === row) return known.detail;
    const detail = checkDetail(await this.client.request("detail", { number }));
    if (!detail.ok)
      throw new Error(`The kernel's answer about trial ${number} was not readable: ${detail.problem}`);
    this.details.set(number, { row, detail: detail.value });
    return detail.value;
  }

  knownDetail(number: number): TrialDetail | null {
    return this.details.get(number)?.detail ?? null;
  }

  retry(): void {
    this.client.hello();
  }

  dispose(): void {
    this.client.dispose();
    this.queue = [];
  }

  private applySnapshot(snapshot: Snapshot): void {
    this.queue = [];
    batch(() => {
      this.rows.clear();
      for (const row of snapshot.rows) this.rows.set(row[0], toRow(row));
      this.session.value = snapshot.session;
      this.status.value = snapshot.status;
      this.statusAt.value = performance.now();
      this.version.value += 1;
    });
  }

  private enqueue(delta: WholeDelta): void {
    this.queue.push(delta);
    if (this.queue.length === 1) this.frame(() => this.flush());
  }

  private flush(): void {
    const deltas = this.queue;
    this.queue = [];
    if (deltas.length === 0) return;
    batch(() => {
      let rows = 0;
      let change: Partial<Status> = {};
      for (const delta of deltas) {
        for (const row of delta.rows) this.rows.set(row[0], toRow(row));
        for (const mark of delta.marks) {
          const row = this.rows.get(mark[0]);
          if (row !== undefined) this.rows.set(mark[0], marked(row, mark));
        }
        rows += delta.rows.length + delta.marks.length;
        change = { ...change, ...goodStatus(delta.status) };
      }
      const status = this.status.peek();
      if (status !== null && Object.keys(change).length > 0) {
        this.status.value = { ...status, ...change };
        if (change.budget !== undefined) this.statusAt.value = performance.now();
      }
      if (rows > 0) this.version.value += 1;
    });
  }

  private reset(): void {
    this.queue = [];
    this.details.clear();
    batch(() => {
      this.rows.clear();
      this.session.value = null;
      this.status.value = null;
      this.lastAct.value = null;
      this.version.value += 1;
    });
  }
}
