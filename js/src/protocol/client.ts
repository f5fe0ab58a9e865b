import type { Host } from "../host/port";
import type { Command } from "./commands";
import { Kernel, REQUESTS, type Request, type RequestName } from "./kernel";
import type { ReceiptInfo, Snapshot } from "./messages";
import { type Body, browserTimers, type RequestError, Requests, type Timers } from "./requests";
import {
  type Checked,
  isObject,
  read,
  readAnswer,
  readDelta,
  readSnapshot,
  type WholeDelta,
} from "./validate";

export { type Body, browserTimers, REQUEST_MS, RequestError, Requests, type Timers } from "./requests";

export type Connection =
  | { is: "connecting" }
  | { is: "live" }
  /** The kernel was there and does not answer now; it may be busy. */
  | { is: "silent" }
  | { is: "closed" }
  | { is: "mismatch"; problem: string };

export interface ClientOptions {
  onSnapshot(snapshot: Snapshot): void;
  onDelta(delta: WholeDelta): void;
  /** The channel belongs to another session: discard all earlier state. */
  onReset(): void;
  onConnection(connection: Connection): void;
  timers?: Timers;
}

/** Time until the page reports that the kernel does not answer. */
export const HELLO_MS = 1000 * REQUESTS.hello.seconds;
/** Silence after which the client asks whether the kernel is still there. */
export const PING_MS = 20_000;

/**
 * Speaks the messages of the wire over a host: numbers requests, keeps deltas gapless, notices when the kernel is gone.
 * A delta may overlap what is known: its rows are whole, so applying it again does no harm.
 */
export class Client {
  /** The requests that the kernel answers. */
  readonly kernel = new Kernel((name, body, signal) => this.ask(name, body, signal));
  private readonly requests: Requests<Request["type"]>;
  private readonly removals: (() => void)[];
  private readonly timers: Timers;
  private epoch: string | null = null;
  private seq: number | null = null;
  private greeting = false;
  /** The channel changed while a hello was on its way, which may have gone to nobody. */
  private again = false;
  private held: unknown[] = [];
  private ping = 0;
  private disposed = false;

  constructor(
    private readonly host: Host,
    private readonly options: ClientOptions,
  ) {
    this.timers = options.timers ?? browserTimers;
    this.requests = new Requests((message) => host.send(message as Request), this.timers);
    this.removals = [
      host.onMessage((content) => this.receive(content)),
      host.onChannel(() => this.channelChanged()),
    ];
  }

  /** Requests missing messages. Safe to call at any time. */
  hello(): void {
    if (this.greeting || this.disposed) return;
    this.greeting = true;
    const greeting = { epoch: this.epoch, seq: this.seq };
    this.requests.open("hello", greeting, HELLO_MS).answer.then(
      (result) => this.greeted(result),
      (error: RequestError) => this.unanswered(error),
    );
  }

  /** Sends a command; rejects with a RequestError that names a remedy. */
  async act(command: Command): Promise<ReceiptInfo> {
    const result = await this.requests.open("command", { command }).answer;
    return readable("this act", read<ReceiptInfo>("ReceiptInfo", result));
  }

  private async ask(name: RequestName, body: object, signal?: AbortSignal): Promise<unknown> {
    const { id, answer } = this.requests.open(name, body as Body, 1000 * REQUESTS[name].seconds);
    signal?.addEventListener("abort", () => {
      this.requests.drop(id);
      this.kernel.stop(id).catch(() => {});
    });
    return readable(name, readAnswer(name, await answer));
  }

  dispose(): void {
    this.disposed = true;
    for (const remove of this.removals) remove();
    this.requests.dispose();
    this.timers.clear(this.ping);
  }

  private receive(content: unknown): void {
    if (this.disposed || !isObject(content)) return;
    this.schedulePing(PING_MS);
    if (content.type === "reply") this.requests.settle(content);
    else if (content.type === "delta") this.pushed(content);
    else if (content.type === "snapshot") this.replace(content);
  }

  private greeted(result: unknown): void {
    if (this.disposed) return;
    this.greeting = false;
    this.again = false;
    const held = this.held;
    this.held = [];
    if (isObject(result) && result.type === "delta") this.pushed(result);
    else this.replace(result);
    for (const delta of held) this.pushed(delta);
  }

  private unanswered(error: RequestError): void {
    if (this.disposed) return;
    this.greeting = false;
    this.held = [];
    const { again } = this;
    this.again = false;
    if (again && this.host.isLive()) {
      this.hello();
      return;
    }
    const closed = error.why === "closed" || !this.host.isLive();
    this.options.onConnection({ is: closed ? "closed" : "silent" });
    this.schedulePing(HELLO_MS);
  }

  private pushed(content: unknown): void {
    const delta = readDelta(content);
    if (!delta.ok) {
      console.warn(`hitl_widget: ${delta.problem}`);
      this.hello();
      return;
    }
    const { epoch, seq, from } = delta.value;
    if (this.seq !== null && epoch !== this.epoch) this.forget();
    if (this.seq === null || from > this.seq) {
      this.hold(content);
      this.hello();
      return;
    }
    this.options.onConnection({ is: "live" });
    // An empty range: the status has changed without an event.
    if (seq < this.seq || (seq === this.seq && from < seq)) return;
    this.seq = seq;
    this.options.onDelta(delta.value);
  }

  /** Keeps a delta that came too early until the answer to hello is there. */
  private hold(delta: unknown): void {
    if (this.held.length < 200) this.held.push(delta);
  }

  private replace(content: unknown): void {
    const snapshot = readSnapshot(content);
    if (!snapshot.ok) {
      console.warn(`hitl_widget: ${snapshot.problem}`);
      this.options.onConnection({ is: "mismatch", problem: snapshot.problem });
      return;
    }
    if (this.epoch !== null && this.epoch !== snapshot.value.epoch) this.options.onReset();
    this.epoch = snapshot.value.epoch;
    this.seq = snapshot.value.seq;
    this.options.onConnection({ is: "live" });
    this.options.onSnapshot(snapshot.value);
  }

  private forget(): void {
    this.epoch = null;
    this.seq = null;
    this.options.onReset();
  }

  private channelChanged(): void {
    if (!this.host.isLive()) {
      this.options.onConnection({ is: "closed" });
      return;
    }
    this.again = this.greeting;
    this.hello();
  }

  private schedulePing(ms: number): void {
    this.timers.clear(this.ping);
    this.ping = this.timers.set(() => this.hello(), ms);
  }
}

function readable<T>(what: string, found: Checked<T>): T {
  if (found.ok) return found.value;
  throw new Error(`The kernel's answer to ${what} was not readable: ${found.problem}.`);
}
