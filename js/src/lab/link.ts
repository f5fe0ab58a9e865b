import { KernelMessage, type Kernel as Services } from "@jupyterlab/services";
import { batch, signal } from "@preact/signals";
import { unpacked } from "../host/anywidget";
import type { Host } from "../host/port";
import {
  type Body,
  browserTimers,
  REQUEST_MS,
  RequestError,
  Requests,
  type Timers,
} from "../protocol/client";
import type { Command } from "../protocol/commands";
import type { RecentSession, SessionHead, Sessions } from "../protocol/messages";
import { isObject, readAs, readVersioned } from "../protocol/validate";

export const TARGET = "hitl_widget.sidebar";

/** Time until the page reports that the kernel does not answer. */
const LIST_MS = 6_000;
/** Time in which an idle kernel reports its features; a slower one counts as busy. */
const INFO_MS = 50;
/** How long a request waits for the shell that JupyterLab makes for the comm; by its settings it may make none. */
const SUBSHELL_MS = 5_000;
/** How soon a restarted kernel is asked again that has not answered. */
const AGAIN_MS = 1_000;

export type Kernel = Services.IKernelConnection;

export type LinkState =
  /** It is not known yet if there are sessions. */
  | { is: "looking" }
  /** The kernel runs, and nothing in it has to do with this package. */
  | { is: "none" }
  | { is: "live" }
  /** The kernel does not answer now; it may be busy. */
  | { is: "silent" }
  /** The kernel is gone or restarting. */
  | { is: "gone" }
  | { is: "mismatch"; problem: string };

type Word = "list" | "recent" | "command";

/**
 * The way to the sessions of one kernel, by the connection that its notebook has.
 *
 * The kernel makes the comm and opens none in the page: it is found by asking for the comms of its target, or by the
 * first message on it, which also comes while a cell runs.
 */
export class KernelLink {
  readonly state = signal<LinkState>({ is: "looking" });
  readonly sessions = signal<readonly SessionHead[]>([]);
  /** When the sessions came, on the clock of `performance.now()`. */
  readonly at = signal(0);
  private readonly requests: Requests<Word>;
  private readonly hosts = new Set<SessionHost>();
  private comm: Services.IComm | null = null;
  private commId = "";
  /** Comms of a kernel that was restarted: its last messages may come late. */
  private readonly past = new Set<string>();
  private ready: Promise<unknown> = Promise.resolve();
  /** True once the kernel has reported its features, which it does only while no cell runs. */
  private informed = false;
  /** A subshell of the kernel for this link, if a cell ran before the page could create one for the comm. */
  private shell: string | null = null;
  private finding: Promise<void> | null = null;
  /** Grows when the kernel or the connection is replaced: earlier requests may never be answered. */
  private life = 0;
  private disposed = false;

  constructor(
    private readonly kernel: Kernel,
    private readonly timers: Timers = browserTimers,
  ) {
    this.requests = new Requests((message) => this.send(message), timers);
    kernel.info.then(
      () => {
        this.informed = true;
      },
      () => {},
    );
    kernel.iopubMessage.connect(this.onIopub);
    kernel.statusChanged.connect(this.onStatus);
    kernel.connectionStatusChanged.connect(this.onConnection);
    kernel.disposed.connect(this.onDisposed);
    this.find();
  }

  /** Asks for the sessions again, or looks for them. */
  refresh(): void {
    if (this.comm === null) this.find();
    else this.list();
  }

  command(session: string, command: Command): Promise<unknown> {
    if (this.comm === null) return Promise.reject(gone());
    return this.requests.open("command", { session, command } as Body).answer;
  }

  /** The sessions on disk. A kernel that has not imported the package then serves the sidebar, without any worker. */
  async recent(): Promise<readonly RecentSession[]> {
    if (this.comm === null) {
      const code = "from hitl_widget.widget.lab import connect as _; _(); del _";
      const { content } = await this.kernel.requestExecute({ code, silent: true, store_history: false }).done;
      if (content.status !== "ok") {
        throw new RequestError(
          "refused",
          "hitl_widget is not installed in this kernel.",
          "Install it in the kernel's environment.",
        );
      }
      await this.find();
      // A request before the package was imported found nothing.
      if (this.comm === null) await this.find();
    }
    if (this.comm === null) throw gone();
    const answer = await this.requests.open("recent", {}).answer;
    const found = readAs({ list: { ref: "RecentSession" } }, answer, "recent");
    return found.ok ? (found.value as RecentSession[]) : [];
  }

  /** The channel of one session's dashboard. */
  host(session: string, journal: string): Host & { dispose(): void } {
    const host = new SessionHost(this, session, journal, () => this.hosts.delete(host));
    this.hosts.add(host);
    return host;
  }

  /** True if a session is known to live in this kernel. */
  has(session: string): boolean {
    if (this.comm === null || this.kernel.isDisposed) return false;
    return this.state.peek().is === "silent" || this.sessions.peek().some((one) => one.id === session);
  }

  /** Sends on the comm; a command of the sidebar goes as one of its session. */
  send(message: { type: string; id?: string; session?: unknown; command?: unknown }): void {
    const { comm } = this;
    if (comm === null || this.kernel.isDisposed) throw gone();
    const { session, ...rest } = message;
    const data =
      session === undefined || message.type === "of" ? message : { type: "of", session, message: rest };
    // Sent before the comm has its subshell, the first message would wait for a running cell.
    this.ready.then(() => {
      if (comm.isDisposed || this.kernel.isDisposed) return;
      if (this.shell === null) comm.send(data);
      else
        this.kernel.sendShellMessage(
          this.message("comm_msg", { comm_id: this.commId, data }, this.shell),
          false,
        );
    });
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.kernel.iopubMessage.disconnect(this.onIopub);
    this.kernel.statusChanged.disconnect(this.onStatus);
    this.kernel.connectionStatusChanged.disconnect(this.onConnection);
    this.kernel.disposed.disconnect(this.onDisposed);
    this.lose();
    this.requests.dispose();
  }

  private find(): Promise<void> {
    if (this.finding !== null) return this.finding;
    const finding = this.seek().finally(() => {
      if (this.finding === finding) this.finding = null;
    });
    this.finding = finding;
    return finding;
  }

  private async seek(): Promise<void> {
    if (this.disposed || this.comm !== null || !this.kernel.handleComms) return;
    // An earlier message would wait in a queue until the kernel has answered on the main shell, which may be busy.
    if (this.kernel.connectionStatus !== "connected") return;
    const { life } = this;
    const over = () => this.disposed || this.comm !== null || this.life !== life;
    const about = { target_name: TARGET };
    try {
      await Promise.race([this.kernel.info, this.pause(INFO_MS)]);
      const beside = !this.informed || this.kernel.status === "busy";
      const { content } = await (beside
        ? this.askBeside("comm_info_request", about)
        : Promise.race([this.kernel.requestCommInfo(about), this.pause(LIST_MS).then(unanswered)]));
      if (over()) return;
      const comms = isObject(content.comms) ? content.comms : {};
      const found = Object.entries(comms).find(
        ([id, one]) => isObject(one) && one.target_name === TARGET && !this.past.has(id),
      );
      if (found !== undefined) this.attach(found[0]);
      else this.state.value = { is: "none" };
    } catch {
      if (over()) return;
      const { is } = this.state.peek();
      if (is === "looking") this.state.value = { is: "none" };
      // A restart drops the requests sent during it, and no other event need follow.
      else if (is === "gone") this.timers.set(() => !over() && this.find(), AGAIN_MS);
    }
  }

  /** Asks on the channel that a running cell does not hold up. */
  private askBeside(
    type: string,
    content: Record<string, unknown>,
    patience = LIST_MS,
  ): Promise<KernelMessage.IMessage> {
    return new Promise((resolve, reject) => {
      const future = this.kernel.sendControlMessage(this.message(type, content), true);
      const timer = this.timers.set(() => {
        future.dispose();
        reject(new Error(NO_ANSWER));
      }, patience);
      future.onReply = (reply) => {
        this.timers.clear(timer);
        resolve(reply);
      };
    });
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.timers.set(resolve, ms));
  }

  private message(type: string, content: Record<string, unknown>, shell?: string): KernelMessage.IMessage {
    const { username, clientId: session } = this.kernel;
    const channel = shell === undefined ? "control" : "shell";
    return KernelMessage.createMessage({
      msgType: type,
      channel,
      username,
      session,
      content,
      ...(shell === undefined ? {} : { subshellId: shell }),
    });
  }

  private attach(id: string): void {
    if (this.comm !== null || this.disposed || this.past.has(id) || this.kernel.hasComm(id)) return;
    const comm = this.kernel.createComm(TARGET, id);
    this.comm = comm;
    this.commId = id;
    comm.onMsg = (message) => this.received(message.content.data, message.buffers);
    comm.onClose = () => this.lose();
    this.ready = this.shellOf(comm);
    this.list();
  }

  /** Waits for a subshell, which no cell blocks, if the kernel supports them. */
  private async shellOf(comm: Services.IComm): Promise<void> {
    if (!this.informed) {
      // A cell runs. Whatever goes on the kernel's main shell now is heard when it ends, and not before: so there is
      // nothing to lose by waiting for the other one until then.
      const asked = this.askBeside("create_subshell_request", {}, REQUEST_MS).then((reply) => {
        const id = reply.content.subshell_id;
        if (typeof id !== "string") throw new Error("no shell");
        if (this.comm === comm) this.shell = id;
      });
      await Promise.any([asked, this.kernel.info]).catch(() => {});
      if (this.shell !== null) return;
    }
    if (this.kernel.supportsSubshells !== true) return;
    await Promise.race([comm.subshellStarted?.catch(() => {}), this.pause(SUBSHELL_MS)]);
  }

  private list(): void {
    this.requests.open("list", {}, LIST_MS).answer.then(
      (found) => this.listed(found),
      () => {
        if (this.comm !== null) this.state.value = { is: "silent" };
      },
    );
  }

  private listed(content: unknown): void {
    const found = readVersioned<Sessions>("Sessions", content);
    if (this.disposed || this.comm === null) return;
    if (!found.ok) {
      console.warn(`hitl_widget: ${found.problem}`);
      this.state.value = { is: "mismatch", problem: found.problem };
      return;
    }
    // Dashboards also ask again after a silence: requests sent meanwhile may be lost.
    const regained = this.state.peek().is !== "live";
    const before = new Map([...this.hosts].map((host) => [host, host.isLive()]));
    batch(() => {
      this.sessions.value = found.value.sessions;
      this.at.value = performance.now();
      this.state.value = { is: "live" };
    });
    for (const [host, was] of before) if (regained || host.isLive() !== was) host.changed();
  }

  private received(data: unknown, buffers?: readonly (ArrayBuffer | ArrayBufferView)[]): void {
    if (this.disposed || !isObject(data)) return;
    if (data.type === "sessions") this.listed(data);
    else if (data.type === "here") this.list();
    else if (data.type === "reply") this.requests.settle(data);
    else if (data.type === "of") {
      const message = unpacked(data.message, (buffers ?? []).map(view));
      if (isObject(message) && message.type === "reply") this.requests.settle(message);
      for (const host of this.hosts) if (host.session === data.session) host.heard(message);
    }
  }

  private forget(): void {
    this.life += 1;
    this.finding = null;
  }

  private lose(): void {
    const { comm } = this;
    this.forget();
    this.comm = null;
    this.shell = null;
    if (comm !== null) this.past.add(this.commId);
    // Not `close`, which would end the comm in the kernel for all pages.
    if (comm !== null && !comm.isDisposed) comm.dispose();
    if (!this.disposed) this.state.value = { is: "gone" };
    for (const host of this.hosts) host.changed();
  }

  private readonly onIopub = (_kernel: Kernel, message: KernelMessage.IMessage): void => {
    const { msg_type: type } = message.header;
    const { content } = message;
    if (type === "comm_msg" && this.comm === null) {
      const { data } = content;
      if (isObject(data) && data.target === TARGET && typeof content.comm_id === "string") {
        this.attach(content.comm_id);
      }
    } else if (type === "status" && content.execution_state === "idle") {
      if (message.parent_header.msg_type === "execute_request") this.refresh();
    }
  };

  private readonly onStatus = (_kernel: Kernel, status: string): void => {
    if (status === "restarting" || status === "autorestarting" || status === "dead") {
      this.lose();
      this.sessions.value = [];
    } else if (status === "idle" && this.state.peek().is !== "live") this.refresh();
  };

  private readonly onConnection = (_kernel: Kernel, status: string): void => {
    this.forget();
    if (status === "connected") this.refresh();
    else if (this.comm !== null) this.state.value = { is: "silent" };
  };

  private readonly onDisposed = (): void => this.dispose();
}

/** A session's dashboard as one of those who speak over a kernel's comm. */
class SessionHost implements Host {
  private readonly listeners = new Set<(content: unknown) => void>();
  private readonly channels = new Set<() => void>();

  constructor(
    private readonly link: KernelLink,
    readonly session: string,
    private readonly path: string,
    private readonly release: () => void,
  ) {}

  send(message: unknown): void {
    this.link.send({ type: "of", session: this.session, message } as { type: string });
  }

  onMessage(listener: (content: unknown) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  onChannel(listener: () => void): () => void {
    this.channels.add(listener);
    return () => this.channels.delete(listener);
  }

  isLive(): boolean {
    return this.link.has(this.session);
  }

  journal(): string {
    return this.path;
  }

  heard(message: unknown): void {
    for (const listener of this.listeners) listener(message);
  }

  changed(): void {
    for (const listener of this.channels) listener();
  }

  dispose(): void {
    this.release();
    if (this.isLive()) this.send({ type: "leave" });
  }
}

function view(buffer: ArrayBuffer | ArrayBufferView): ArrayBufferView {
  return ArrayBuffer.isView(buffer) ? buffer : new Uint8Array(buffer);
}

const NO_ANSWER = "the kernel did not answer";

function unanswered(): never {
  throw new Error(NO_ANSWER);
}

function gone(): RequestError {
  return new RequestError("closed", "The kernel cannot be reached.", "Start it, then try again.");
}
