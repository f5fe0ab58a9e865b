import { useEffect } from "preact/hooks";
import type { Status } from "../protocol/messages";
import type { SessionStore } from "../store/session";

const IN_SIGHT_MS = 400;
const ELSEWHERE_MS = 3_000;

/** Keeps what the person prefers up to date: closely while it is in sight, for the tab and the overview now and then. */
export function useWishes(store: SessionStore, status: Status, reachable: boolean, inSight: boolean): void {
  const ranked = status.preferred !== null;
  useEffect(() => {
    if (reachable) store.wishes.follow(status.wishes, ranked, inSight ? IN_SIGHT_MS : ELSEWHERE_MS);
  }, [store, status.wishes, ranked, reachable, inSight]);
}
