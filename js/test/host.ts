import type { Host } from "../src/host/port";
import type { Request } from "../src/protocol/kernel";
import { settled } from "./timers";

/** A channel whose other end is the test. */
export class ScriptedHost implements Host {
  readonly sent: Request[] = [];
  live = true;
  removed = 0;
  private readonly listeners = new Set<(content: unknown) => void>();
  private readonly channel = new Set<() => void>();

  send(message: Request): void {
    this.sent.push(message);
  }

  onMessage(listener: (content: unknown) => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.removed += 1;
      this.listeners.delete(listener);
    };
  }

  onChannel(listener: () => void): () => void {
    this.channel.add(listener);
    return () => {
      this.removed += 1;
      this.channel.delete(listener);
    };
  }

  isLive(): boolean {
    return this.live;
  }

  journal(): string | null {
    return "/tmp/j.sqlite";
  }

  last(type: Request["type"]): Request {
    const found = this.sent.filter((message) => message.type === type).at(-1);
    if (found === undefined) throw new Error(`nothing of type ${type} was sent`);
    return found;
  }

  count(type: Request["type"]): number {
    return this.sent.filter((message) => message.type === type).length;
  }

  async push(message: unknown): Promise<void> {
    for (const listener of this.listeners) listener(message);
    await settled();
  }

  answer(type: Request["type"], result: unknown): Promise<void> {
    return this.push({ type: "reply", id: this.last(type).id, ok: true, result });
  }

  refuse(type: Request["type"], message: string, remedy: string): Promise<void> {
    return this.push({ type: "reply", id: this.last(type).id, ok: false, error: { message, remedy } });
  }

  close(): Promise<void> {
    return this.change(false);
  }

  async change(live: boolean): Promise<void> {
    this.live = live;
    for (const listener of this.channel) listener();
    await settled();
  }
}
