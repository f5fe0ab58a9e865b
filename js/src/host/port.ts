import type { Request } from "../protocol/kernel";

/** What the dashboard needs of the place it lives in. Owned by whoever made it; `onMessage` gives back its removal. */
export interface Host {
  send(message: Request): void;
  onMessage(listener: (content: unknown) => void): () => void;
  /** Called when the channel to the kernel opened, closed or changed. */
  onChannel(listener: () => void): () => void;
  /** False when the channel is known to be closed. */
  isLive(): boolean;
  /** Where the journal is, when the host knows it without the kernel. */
  journal(): string | null;
}
