import type { Command } from "../protocol/commands";
import type { ReceiptInfo } from "../protocol/messages";
import type { SessionStore } from "../store/session";
import type { UiStore } from "../store/ui";

/** What a panel works with. */
export interface PanelProps {
  store: SessionStore;
  ui: UiStore;
  dark: boolean;
  /** The kernel answers. */
  reachable: boolean;
  /** Sends a command; a refusal is shown above the panel, and gives null. */
  act(command: Command): Promise<ReceiptInfo | null>;
}
