import { readReply } from "./validate";

/** Why a request failed, in words for the person. */
export class RequestError extends Error {
  constructor(
    readonly why: "refused" | "timeout" | "closed",
    message: string,
    readonly remedy: string,
  ) {
    super(message);
    this.name = "RequestError";
  }
}

/** An act is on its way: a busy kernel takes it when its cell ends, so doing it again would do it twice. */
const late = () =>
  new RequestError("timeout", "The kernel is busy.", "Queued; runs when the current cell finishes.");

const silent = () =>
  new RequestError("timeout", "The kernel did not answer.", "It may be busy with a cell: try again.");

/** A request waits for a kernel that may be busy with a cell. */
export const REQUEST_MS = 30_000;

export interface Timers {
  set(run: () => void, ms: number): number;
  clear(id: number): void;
}

/** What goes along with a request. */
export type Body = Readonly<Record<string, unknown>>;

interface Pending {
  resolve(result: unknown): void;
  reject(error: RequestError): void;
  timer: number;
}

export const browserTimers: Timers = {
  set: (run, ms) => setTimeout(run, ms) as unknown as number,
  clear: (id) => clearTimeout(id),
};

/** Numbers requests, and gives each its reply, or the reason why there is none. */
export class Requests<Type extends string> {
  private readonly pending = new Map<string, Pending>();
  private readonly prefix = Math.random().toString(36).slice(2, 8);
  private count = 0;

  constructor(
    private readonly send: (message: Body & { type: Type; id: string }) => void,
    private readonly timers: Timers = browserTimers,
  ) {}

  /** Sends a request; its id is the name under which another one may speak of it. */
  open(type: Type, body: Body, timeout = REQUEST_MS): { id: string; answer: Promise<unknown> } {
    this.count += 1;
    const id = `${this.prefix}-${this.count}`;
    const answer = new Promise((resolve, reject) => {
      const timer = this.timers.set(() => {
        this.take(id)?.reject(type === "command" ? late() : silent());
      }, timeout);
      this.pending.set(id, { resolve, reject, timer });
      try {
        this.send({ ...body, type, id });
      } catch {
        const closed = new RequestError(
          "closed",
          "The kernel cannot be reached.",
          "Restart it, then load the session again.",
        );
        this.take(id)?.reject(closed);
      }
    });
    return { id, answer };
  }

  /** Hands a reply to the request that waits for it; one that nobody waits for is ignored. */
  settle(content: unknown): void {
    const reply = readReply(content);
    if (!reply.ok) return;
    const waiting = this.take(reply.value.id);
    if (waiting === undefined) return;
    if (reply.value.ok) {
      waiting.resolve(reply.value.result);
      return;
    }
    const error = reply.value.error;
    waiting.reject(new RequestError("refused", error?.message ?? "The kernel refused.", error?.remedy ?? ""));
  }

  /** Forgets a request: its promise stays open. */
  drop(id: string): void {
    this.take(id);
  }

  /** Forgets all requests that wait; they are never answered. */
  dispose(): void {
    for (const { timer } of this.pending.values()) this.timers.clear(timer);
    this.pending.clear();
  }

  private take(id: string): Pending | undefined {
    const found = this.pending.get(id);
    if (found !== undefined) {
      this.pending.delete(id);
      this.timers.clear(found.timer);
    }
    return found;
  }
}
