import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Host } from "../host/port";
import { Client, type Connection, type Timers } from "../protocol/client";
import type { ChangeDataCommand, Command, EditCommand } from "../protocol/commands";
import type {
  AuditInfo,
  ColumnDetail,
  DataInfo,
  DataPreview,
  ImportanceInfo,
  PairInfo,
  PictureInfo,
  SessionInfo,
  Snapshot,
  SpacePreview,
  Status,
  Steering,
  Suggestion,
  TrialDetail,
  WarningsInfo,
} from "../protocol/messages";
import {
  type Checked,
  checkAudit,
  checkColumn,
  checkData,
  checkDataPreview,
  checkDetail,
  checkImportance,
  checkPair,
  checkPicture,
  checkPreferences,
  checkPreview,
  checkSuggestion,
  checkView,
  checkViews,
  checkWarnings,
  checkWorth,
  goodStatus,
  goodSteering,
  goodStory,
  type WholeDelta,
} from "../protocol/validate";
import { Kept } from "./data";
import { marked, type Row, toRow } from "./row";
import { Story } from "./story";
import { Looks } from "./views";
import { Wishes } from "./wishes";

export interface SessionState {
  readonly connection: ReadonlySignal<Connection>;
  readonly session: ReadonlySignal<SessionInfo | null>;
  readonly status: ReadonlySignal<Status | null>;
  readonly steering: ReadonlySignal<Steering | null>;
  /** Numbers of the trials that do not count today: outside the space, or discarded. */
  readonly grey: ReadonlySignal<ReadonlySet<number>>;
  readonly story: Story;
  readonly wishes: Wishes;
  readonly looks: Looks;
  readonly table: Kept<DataInfo>;
  readonly warnings: Kept<WarningsInfo>;
  /** When the status came, on the clock of `performance.now()`. */
  readonly statusAt: ReadonlySignal<number>;
  /** Rises whenever `rows` changed. */
  readonly version: ReadonlySignal<number>;
  readonly rows: ReadonlyMap<number, Row>;
  /** The Python line of the last act, and whether it was done from this page. */
  readonly lastAct: ReadonlySignal<string | null>;
}

/** What a command gave back. */
export interface Done {
  number: number | null;
  /** The trials that it made. */
  numbers: readonly number[];
  suggestion: Suggestion | null;
}

/** A worker has five minutes for an explanation; then the kernel says so. */
const EXPLAIN_MS = 330_000;

const NONE: readonly number[] = [];

function readable<T>(what: string, found: Checked<T>): T {
  if (found.ok) return found.value;
  throw new Error(`The kernel's answer about ${what} was not readable: ${found.problem}`);
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
  readonly steering = signal<Steering | null>(null);
  private readonly outside = computed(() => this.steering.value?.outside ?? NONE);
  private readonly discarded = computed(() => this.steering.value?.discarded ?? NONE);
  readonly grey = computed<ReadonlySet<number>>(
    () => new Set([...this.outside.value, ...this.discarded.value]),
  );
  readonly story = new Story(async (seq) => goodStory(await this.client.request("story", { seq })));
  readonly wishes = new Wishes({
    preferences: async () =>
      readable("what you prefer", checkPreferences(await this.client.request("preferences", {}))),
    worth: async () => readable("what trials are worth", checkWorth(await this.client.request("worth", {}))),
  });
  readonly looks = new Looks({
    views: async () => readable("explanations", checkViews(await this.client.request("views", {}))),
    explain: (view, options, step) => {
      const { id, answer } = this.client.open("explain", { view, options, step }, EXPLAIN_MS);
      return { id, answer: answer.then((found) => readable("this question", checkView(found))) };
    },
    stop: (look) => {
      this.client.request("stop", { request: look }).catch(() => {});
    },
  });
  readonly table = new Kept<DataInfo>(async () =>
    readable("the table", checkData(await this.client.request("profile", {}))),
  );
  readonly warnings = new Kept<WarningsInfo>(async () =>
    readable("warnings", checkWarnings(await this.client.request("warnings", {}))),
  );
  readonly statusAt = signal(0);
  readonly version = signal(0);
  readonly rows = new Map<number, Row>();
  readonly lastAct = signal<string | null>(null);
  readonly journal: string | null;
  private readonly client: Client;
  private queue: WholeDelta[] = [];
  private readonly details = new Map<
    number,
    { row: Row | undefined; standing: string; detail: TrialDetail }
  >();

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
  async act(command: Command): Promise<Done> {
    const result = await this.client.request("command", { command });
    this.wishes.hurry();
    this.code(command).then(
      (line) => {
        this.lastAct.value = line;
      },
      () => {},
    );
    const done = (result ?? {}) as { number?: unknown; numbers?: unknown; suggestion?: unknown };
    const suggestion = checkSuggestion(done.suggestion);
    return {
      number: typeof done.number === "number" ? done.number : null,
      numbers: Array.isArray(done.numbers) ? done.numbers.filter((one) => typeof one === "number") : [],
      suggestion: suggestion.ok ? suggestion.value : null,
    };
  }

  /** The line of Python that does the same as a command. */
  async code(command: Command): Promise<string> {
    const line = await this.client.request("code", { command });
    return typeof line === "string" ? line : "";
  }

  /** What an edit would do; nothing is carried out. */
  async preview(command: EditCommand): Promise<SpacePreview> {
    return readable("this edit", checkPreview(await this.client.request("preview_edit", { command })));
  }

  /** What a change of the data would do; nothing is carried out. */
  async previewData(command: ChangeDataCommand): Promise<DataPreview> {
    return readable("this change", checkDataPreview(await this.client.request("preview_data", { command })));
  }

  async column(name: string): Promise<ColumnDetail> {
    return readable(name, checkColumn(await this.client.request("column", { column: name })));
  }

  async importance(family: string): Promise<ImportanceInfo> {
    return readable(family, checkImportance(await this.client.request("importance", { family })));
  }

  /** Two trials side by side, A and B. */
  async pair(first: number, second: number): Promise<PairInfo> {
    const numbers = [first, second];
    return readable("this pair", checkPair(await this.client.request("pair", { numbers })));
  }

  async picture(numbers: readonly number[], kind: PictureInfo["kind"]): Promise<PictureInfo> {
    const asked = { numbers: [...numbers], kind };
    return readable("this picture", checkPicture(await this.client.request("picture", asked)));
  }

  /** How a trial's model treats the groups of a column. */
  async audit(number: number, column: string): Promise<AuditInfo> {
    return readable("these groups", checkAudit(await this.client.request("audit", { number, column })));
  }

  /** What there is to know of one trial; asked again when its row or the steering has changed. */
  async detail(number: number): Promise<TrialDetail> {
    const row = this.rows.get(number);
    const standing = this.standing(number);
    const known = this.details.get(number);
    if (known !== undefined && known.row === row && known.standing === standing) return known.detail;
    const detail = readable(`trial ${number}`, checkDetail(await this.client.request("detail", { number })));
    this.details.set(number, { row, standing, detail });
    return detail;
  }

  /** Whether a trial counts today: "" when it does, or why not. */
  standing(number: number): "" | "outside" | "discarded" {
    if (!this.grey.value.has(number)) return "";
    return this.discarded.value.includes(number) ? "discarded" : "outside";
  }

  knownDetail(number: number): TrialDetail | null {
    return this.details.get(number)?.detail ?? null;
  }

  retry(): void {
    this.client.hello();
  }

  dispose(): void {
    this.looks.dispose();
    this.table.dispose();
    this.warnings.dispose();
    this.wishes.dispose();
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
      this.steering.value = snapshot.steering;
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
      let steered: Partial<Steering> = {};
      for (const delta of deltas) {
        for (const row of delta.rows) this.rows.set(row[0], toRow(row));
        for (const mark of delta.marks) {
          const row = this.rows.get(mark[0]);
          if (row !== undefined) this.rows.set(mark[0], marked(row, mark));
        }
        rows += delta.rows.length + delta.marks.length;
        change = { ...change, ...goodStatus(delta.status) };
        steered = { ...steered, ...goodSteering(delta.steering) };
        const session = this.session.peek();
        if (delta.families !== null && session !== null) {
          this.session.value = { ...session, families: delta.families };
        }
      }
      const status = this.status.peek();
      if (status !== null && Object.keys(change).length > 0) {
        this.status.value = { ...status, ...change };
        if (change.budget !== undefined) this.statusAt.value = performance.now();
      }
      const steering = this.steering.peek();
      if (steering !== null && Object.keys(steered).length > 0) {
        this.steering.value = { ...steering, ...steered };
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
      this.steering.value = null;
      this.story.forget();
      this.wishes.forget();
      this.looks.forget();
      this.table.forget();
      this.warnings.forget();
      this.lastAct.value = null;
      this.version.value += 1;
    });
  }
}
