import type { Status } from "../protocol/messages";
import type { SessionState } from "../store/session";
import { used } from "../words/phase";
import { useNow } from "./useNow";

/** Seconds on the search's clock, every second while it matters. */
export function useElapsed(store: SessionState, status: Status, ticking: boolean): number {
  const now = useNow(ticking);
  return used(status.budget, Math.max(0, (now - store.statusAt.value) / 1000));
}
