import type { Command } from "../protocol/commands";
import type { ReceiptInfo } from "../protocol/messages";
import type { SessionStore } from "../store/session";
import type { UiStore } from "../store/ui";

/** Properties of every panel. */
export interface PanelProps {
  store: SessionStore;
  ui: UiStore;
  dark: boolean;
  /** The kernel answers. */
  reachable: boolean;
  /** Sends a command; a refusal is shown above the panel and returns null. */
  act(command: Command): Promise<ReceiptInfo | null>;
  /** Makes a change that sends a command; a refusal is shown above the panel and returns null. */
  attempt(change: () => Promise<ReceiptInfo | null>): Promise<ReceiptInfo | null>;
}
