import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Host } from "../host/port";
import { Client, type Connection, type Timers } from "../protocol/client";
import type {
  ChangeDataCommand,
  Command,
  EditCommand,
  RelabelCommand,
  SetSplitCommand,
  SetTargetCommand,
  SetWeightsCommand,
} from "../protocol/commands";
import type { Kernel } from "../protocol/kernel";
import type {
  AnnotationInfo,
  AuditInfo,
  ColumnDetail,
  ConstraintInfo,
  DataInfo,
  DataPreview,
  DivisionInfo,
  HistoryRow,
  IllustrationInfo,
  ImportanceInfo,
  LabeledRow,
  LabelsInfo,
  PairInfo,
  PictureInfo,
  PictureKind,
  PreferencesInfo,
  ReceiptInfo,
  SessionInfo,
  Snapshot,
  SpacePreview,
  Status,
  Steering,
  TrialComparison,
  TrialDetail,
  WarningsInfo,
  WorthInfo,
} from "../protocol/messages";
import type { WholeDelta } from "../protocol/validate";
import { sideOf } from "../words/objective";
import { Explanations } from "./explanations";
import { Resource, Resources } from "./resource";
import { marked, type Row, toRow } from "./row";

/** The expected utility of a trial: 0 the worst of the front, 1 the best. */
/** A change of the rows that the page can make. */
export type RowCommand = SetSplitCommand | SetWeightsCommand | SetTargetCommand;

export interface Worth {
  readonly worth: number;
  readonly spread: number;
}

export interface SessionState {
  readonly connection: ReadonlySignal<Connection>;
  readonly session: ReadonlySignal<SessionInfo | null>;
  readonly status: ReadonlySignal<Status | null>;
  readonly steering: ReadonlySignal<Steering | null>;
  /** Numbers of the trials that do not count today: outside the space, or discarded. */
  readonly grey: ReadonlySignal<ReadonlySet<number>>;
  /** Trials measured on other data than today's, each with a number for its view of the data, from 1. */
  readonly past: ReadonlySignal<ReadonlyMap<number, number>>;
  /** Trials of today's data that violate a hard constraint, or may because a value is not measured yet. */
  readonly broken: ReadonlySignal<ReadonlySet<number>>;
  /** The requests that the kernel answers. */
  readonly kernel: Kernel;
  /** Oldest first. */
  readonly history: Resource<readonly HistoryRow[]>;
  readonly preferences: Resource<PreferencesInfo>;
  readonly worth: Resource<ReadonlyMap<number, Worth>>;
  readonly explanations: Explanations;
  readonly table: Resource<DataInfo>;
  readonly warnings: Resource<WarningsInfo>;
  readonly division: Resource<DivisionInfo>;
  /** When the status came, on the clock of `performance.now()`. */
  readonly statusAt: ReadonlySignal<number>;
  /** Rises whenever `rows` changed. */
  readonly version: ReadonlySignal<number>;
  readonly rows: ReadonlyMap<number, Row>;
  /** The rows of today's data; others do not compare with them. */
  today(): Iterable<Row>;
  /** The Python line of the last act, and whether it was done from this page. */
  readonly lastAct: ReadonlySignal<string | null>;
}

const NONE: readonly number[] = [];

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

/** A mirror of the state in Python: one per widget model, shared by its views. */
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
  readonly past = computed<ReadonlyMap<number, number>>(() => {
    const views = this.steering.value?.other_data ?? [];
    return new Map(views.flatMap((numbers, i) => numbers.map((number) => [number, i + 1] as const)));
  });
  /** The tags and notes of trials, by number. */
  readonly annotations = computed<ReadonlyMap<number, AnnotationInfo>>(
    () => new Map((this.steering.value?.annotations ?? []).map((one) => [one.number, one])),
  );
  readonly broken = computed<ReadonlySet<number>>(() => new Set(this.steering.value?.broken));
  readonly kernel: Kernel;
  readonly history = new Resource<readonly HistoryRow[]>(async (signal, known) => {
    const last = known?.at(-1)?.seq ?? 0;
    const fresh = (await this.kernel.history(last, signal)).filter((row) => row.seq > last);
    return [...(known ?? []), ...fresh];
  });
  readonly preferences = new Resource<PreferencesInfo>((signal) => this.kernel.preferences(signal));
  readonly worth = new Resource<ReadonlyMap<number, Worth>>(async (signal) =>
    byNumber(await this.kernel.worth(signal)),
  );
  readonly explanations: Explanations;
  readonly table = new Resource<DataInfo>((signal) => this.kernel.profile(signal));
  readonly warnings = new Resource<WarningsInfo>((signal) => this.kernel.warnings(signal));
  readonly division = new Resource<DivisionInfo>((signal) => this.kernel.division(signal));
  readonly labels = new Resource<LabelsInfo>((signal) => this.kernel.labels(signal));
  readonly labeledRows = new Resources<[number], LabeledRow>(([row], signal) =>
    this.kernel.labeledRow(row, signal),
  );
  /** By the key of a warning. */
  readonly illustrations = new Resources<[string], IllustrationInfo>(([key], signal) =>
    this.kernel.illustration(key, signal),
  );
  readonly details = new Resources<[number], TrialDetail>(([number], signal) =>
    this.kernel.detail(number, signal),
  );
  /** By column, and the class whose rate is shown; "" for the usual one. */
  readonly columns = new Resources<[string, string], ColumnDetail>(([name, of], signal) =>
    this.kernel.column(name, of === "" ? undefined : of, signal),
  );
  readonly importances = new Resources<[string], ImportanceInfo>(([family], signal) =>
    this.kernel.importance(family, signal),
  );
  readonly pairs = new Resources<[number, number], PairInfo>((numbers, signal) =>
    this.kernel.pair(numbers, signal),
  );
  readonly pictures = new Resources<[readonly number[], PictureKind], PictureInfo>(
    ([numbers, kind], signal) => this.kernel.picture([...numbers], kind, signal),
  );
  readonly audits = new Resources<[number, string], AuditInfo>(([number, column], signal) =>
    this.kernel.audit(number, column, signal),
  );
  readonly comparisons = new Resources<[readonly number[]], TrialComparison>(([numbers], signal) =>
    this.kernel.compare([...numbers], signal),
  );
  readonly editPreviews = new Resources<[EditCommand], SpacePreview>(([command], signal) =>
    this.kernel.previewEdit(command, signal),
  );
  readonly dataPreviews = new Resources<[ChangeDataCommand], DataPreview>(([command], signal) =>
    this.kernel.previewData(command, signal),
  );
  readonly rowPreviews = new Resources<[RowCommand], DataPreview>(([command], signal) =>
    this.kernel.previewRows(command, signal),
  );
  readonly labelPreviews = new Resources<[RelabelCommand], DataPreview>(([command], signal) =>
    this.kernel.previewRelabel(command, signal),
  );
  private readonly resources = [
    this.history,
    this.preferences,
    this.worth,
    this.table,
    this.warnings,
    this.division,
    this.labels,
    this.labeledRows,
    this.labelPreviews,
    this.illustrations,
    this.details,
    this.columns,
    this.importances,
    this.pairs,
    this.pictures,
    this.audits,
    this.comparisons,
    this.editPreviews,
    this.dataPreviews,
    this.rowPreviews,
  ];
  readonly statusAt = signal(0);
  readonly version = signal(0);
  readonly rows = new Map<number, Row>();
  readonly lastAct = signal<string | null>(null);
  readonly journal: string | null;
  private readonly client: Client;
  private queue: WholeDelta[] = [];
  /** The end of the last change of a constraint. */
  private changes: Promise<unknown> = Promise.resolve();

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
    this.kernel = this.client.kernel;
    this.explanations = new Explanations(this.kernel);
    this.client.hello();
  }

  /** Sends a command; rejects with a RequestError that names a remedy. */
  async act(command: Command): Promise<ReceiptInfo> {
    const receipt = await this.client.act(command);
    this.preferences.hurry();
    this.worth.hurry();
    this.lastAct.value = receipt.python;
    return receipt;
  }

  /**
   * Changes the constraint on one side of an objective as earlier changes left it: the one on screen may be older.
   * Returns null if there is nothing to change.
   */
  changeConstraint(
    side: string,
    command: (now: ConstraintInfo) => Command | null,
  ): Promise<ReceiptInfo | null> {
    const change = async () => {
      const { constraints } = await this.kernel.preferences();
      const now = constraints.find((one) => sideOf(one) === side);
      const wanted = now === undefined ? null : command(now);
      return wanted === null ? null : this.act(wanted);
    };
    const done = this.changes.then(change);
    this.changes = done.catch(() => {});
    return done;
  }

  *today(): Iterable<Row> {
    const past = this.past.value;
    for (const row of this.rows.values()) if (!past.has(row.number)) yield row;
  }

  /** The line of Python that does the same as a command. */
  code(command: Command): Promise<string> {
    return this.kernel.code(command);
  }

  /** Standing of a trial: "" inside the space, else the reason. */
  standing(number: number): "" | "outside" | "discarded" {
    if (!this.grey.value.has(number)) return "";
    return this.discarded.value.includes(number) ? "discarded" : "outside";
  }

  retry(): void {
    this.client.hello();
  }

  dispose(): void {
    this.explanations.dispose();
    for (const one of this.resources) one.dispose();
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
        change = { ...change, ...delta.status };
        steered = { ...steered, ...delta.steering };
        if (delta.broken !== null) {
          const { added, removed } = delta.broken;
          const broken = new Set(steered.broken ?? this.steering.peek()?.broken);
          for (const number of added) broken.add(number);
          for (const number of removed) broken.delete(number);
          steered = { ...steered, broken: [...broken] };
        }
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
    batch(() => {
      this.rows.clear();
      this.session.value = null;
      this.status.value = null;
      this.steering.value = null;
      this.explanations.forget();
      for (const one of this.resources) one.forget();
      this.lastAct.value = null;
      this.version.value += 1;
    });
  }
}

function byNumber({ numbers, worth, spread }: WorthInfo): ReadonlyMap<number, Worth> {
  return new Map(numbers.map((number, i) => [number, { worth: worth[i] ?? 0, spread: spread[i] ?? 0 }]));
}
