import type { Request } from "../protocol/kernel";

/** The host of a dashboard. Its creator owns it; `onMessage` returns a function that removes the handler. */
export interface Host {
  send(message: Request): void;
  onMessage(listener: (content: unknown) => void): () => void;
  /** Called when the channel to the kernel opened, closed or changed. */
  onChannel(listener: () => void): () => void;
  /** False when the channel is known to be closed. */
  isLive(): boolean;
  /** Path of the journal, if the host knows it without the kernel. */
  journal(): string | null;
}
