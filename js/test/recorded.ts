import type { Host } from "../src/host/port";
import type { Request } from "../src/protocol/kernel";
import type {
  Reply,
  Snapshot,
  Status,
  Steering,
  TrialRow,
  Variable,
  ViewInfo,
} from "../src/protocol/messages";
import binary from "./recordings/binary.json";
import regression from "./recordings/regression.json";
import warned from "./recordings/warned.json";

type Answer = Pick<Reply, "ok" | "result" | "error">;

interface Act {
  command: Record<string, unknown>;
  reply: Answer;
  to: string;
}

interface Delta {
  rows: TrialRow[];
  status: Partial<Status>;
  steering: Partial<Steering>;
}

interface State {
  snapshot?: Snapshot;
  /** The state before, and what changed since. */
  from?: string;
  delta?: Delta;
  replies: Record<string, Answer>;
  acts: Act[];
}

type Recording = Record<string, State>;

/** What `tests/recordings.py` recorded of real sessions. */
export const RECORDINGS = {
  binary: binary.states as unknown as Recording,
  regression: regression.states as unknown as Recording,
  warned: warned.states as unknown as Recording,
};

export type Name = keyof typeof RECORDINGS;

function stateOf(name: Name, state: string): State {
  const found = RECORDINGS[name][state];
  if (found === undefined) throw new Error(`there is no state ${state} in ${name}.json`);
  return found;
}

/** The sessions were recorded without a notebook, so no variable holds them. */
const VARIABLE: Variable = { expression: "session", setup: "" };

/** A snapshot of a recorded state, to change at will. */
export function recordedSnapshot(name: Name = "binary", state = "running"): Snapshot {
  const { snapshot, from, delta } = stateOf(name, state);
  if (snapshot !== undefined) {
    const copy = structuredClone(snapshot);
    return { ...copy, session: { ...copy.session, variable: VARIABLE } };
  }
  const before = recordedSnapshot(name, from);
  return delta === undefined ? before : after(before, structuredClone(delta));
}

function after(snapshot: Snapshot, { rows, status, steering }: Delta): Snapshot {
  const byNumber = new Map(snapshot.rows.map((row) => [row[0], row]));
  for (const row of rows) byNumber.set(row[0], row);
  return {
    ...snapshot,
    seq: snapshot.seq + 1,
    rows: [...byNumber.values()],
    status: { ...snapshot.status, ...status },
    steering: { ...snapshot.steering, ...steering },
  };
}

/** The recorded result of a request. */
export function recordedResult<T>(
  type: Request["type"],
  given: object,
  name: Name = "binary",
  state = "running",
): T {
  const found = lookUp(name, state, type, given);
  if (found === undefined) throw new Error(`${keyOf(type, given)} is not in ${name}.json`);
  return structuredClone(found.result) as T;
}

function lookUp(name: Name, state: string, type: string, given: object): Answer | undefined {
  const { replies, from } = stateOf(name, state);
  const found = replies[keyOf(type, given)];
  return found ?? (from === undefined ? undefined : lookUp(name, from, type, given));
}

/** Objects with their keys in order, as Python writes them. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, one]) => [k, sorted(one)]));
}

/** Options without those that are left to the kernel. */
const plain = (options: object = {}) =>
  Object.fromEntries(Object.entries(options).filter(([, one]) => one !== undefined && one !== null));

const keyOf = (type: string, given: object) => `${type} ${JSON.stringify(sorted(given))}`;

/** The receipt of a command without effect. */
const NOTHING = {
  sentence: "Done.",
  act: null,
  python: "session.done()",
  outside: null,
  number: null,
  numbers: [],
  suggestion: null,
};

export interface Played {
  recording?: Name;
  state?: string;
  /** Instead of the recorded one. */
  snapshot?: Snapshot;
  answers?: RecordedHost["answers"];
}

/**
 * A kernel that answers from a recording. A command that was recorded leads to the next recorded state; any other is
 * carried out without effect. A request that was not recorded is refused.
 */
export class RecordedHost implements Host {
  readonly sent: Request[] = [];
  snapshot: Snapshot;
  /** Answers commands instead of the recording. */
  refusal: { message: string; remedy: string } | null = null;
  /** By type of request, answers instead of the recording; what they throw is a refusal. */
  readonly answers: Partial<Record<Request["type"], (message: Request) => unknown>>;
  /** Types of requests that get no answer. */
  readonly holds = new Set<Request["type"]>();
  /** Types of commands of which any is carried out like the recorded one. */
  readonly alike = new Set<string>();
  private readonly recording: Name;
  private state: string;
  private readonly listeners = new Set<(content: unknown) => void>();
  private readonly channel = new Set<() => void>();
  private live = true;

  constructor({ recording = "binary", state = "running", snapshot, answers = {} }: Played = {}) {
    this.answers = answers;
    this.recording = recording;
    this.state = state;
    this.snapshot = snapshot ?? recordedSnapshot(recording, state);
  }

  send(message: Request): void {
    this.sent.push(message);
    if (!this.live || this.holds.has(message.type)) return;
    queueMicrotask(() => this.answer(message));
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

  /** Pushes a change of the status that no event caused. */
  status(status: Partial<Status>): void {
    const { epoch, seq } = this.snapshot;
    this.snapshot = { ...this.snapshot, status: { ...this.snapshot.status, ...status } };
    this.push({ type: "delta", epoch, from: seq, seq, status });
  }

  /** Pushes rows and a status as the next delta. */
  delta(rows: TrialRow[], status: Partial<Status> = {}, steering: Partial<Steering> = {}): void {
    const { epoch, seq } = this.snapshot;
    this.snapshot = after(this.snapshot, { rows, status, steering });
    this.push({ type: "delta", epoch, from: seq, seq: seq + 1, rows, status, steering });
  }

  private answer(message: Request): void {
    const { type, id, ...given } = message;
    const reply = (found: Answer) => this.push({ type: "reply", id, ...structuredClone(found) });
    const instead = this.answers[type];
    if (type === "hello") reply({ ok: true, result: this.snapshot });
    else if (instead !== undefined) reply(this.tried(() => instead(message)));
    else if (type === "command") reply(this.obey(given.command ?? {}));
    else reply(this.found(message));
  }

  private tried(answer: () => unknown): Answer {
    try {
      return { ok: true, result: answer() };
    } catch (reason) {
      return { ok: false, error: { message: (reason as Error).message, remedy: "" } };
    }
  }

  private found({ type, id: _, ...given }: Request): Answer {
    if (type === "stop") return { ok: true, result: null };
    if (type === "variable") return { ok: true, result: VARIABLE };
    if (type === "code") return { ok: true, result: `session.${given.command?.type}()` };
    if (type === "history") {
      const whole = lookUp(this.recording, this.state, type, { seq: 0 })?.result as { seq: number }[];
      return { ok: true, result: (whole ?? []).filter((row) => row.seq > (given.seq ?? 0)) };
    }
    const asked = type === "explain" ? { ...given, options: plain(given.options) } : given;
    const exact = lookUp(this.recording, this.state, type, asked);
    if (exact !== undefined) return exact;
    const found = lookUp(this.recording, this.state, type, { ...asked, step: 0 });
    if (found !== undefined) return { ...found, result: { ...(found.result as ViewInfo), partial: false } };
    const message = `${keyOf(type, given)} was not recorded.`;
    return { ok: false, error: { message, remedy: "" } };
  }

  private obey(command: Readonly<Record<string, unknown>>): Answer {
    if (this.refusal !== null) return { ok: false, error: this.refusal };
    const wanted = JSON.stringify(sorted(command));
    const { acts } = stateOf(this.recording, this.state);
    const act =
      acts.find((one) => JSON.stringify(sorted(one.command)) === wanted) ??
      acts.find((one) => one.command.type === command.type && this.alike.has(String(one.command.type)));
    const { seq } = this.snapshot;
    if (act === undefined) return { ok: true, result: { ...NOTHING, seq } };
    const { delta } = stateOf(this.recording, act.to);
    if (act.to !== this.state && delta !== undefined) {
      queueMicrotask(() => this.delta(delta.rows, delta.status, delta.steering));
    }
    this.state = act.to;
    return act.reply;
  }
}
