import { useEffect } from "preact/hooks";
import type { Status } from "../protocol/messages";
import type { SessionStore } from "../store/session";

const IN_SIGHT_MS = 400;
const ELSEWHERE_MS = 3_000;

/** Refreshes the preferences: often while they are visible, seldom for the tab and the overview. */
export function usePreferences(
  store: SessionStore,
  status: Status,
  reachable: boolean,
  inSight: boolean,
): void {
  const ranked = status.preferred !== null;
  const version = status.preferences_version;
  useEffect(() => {
    if (!reachable) return;
    const gap = inSight ? IN_SIGHT_MS : ELSEWHERE_MS;
    store.preferences.follow(version, gap);
    if (ranked) store.worth.follow(version, gap);
    else store.worth.forget();
  }, [store, version, ranked, reachable, inSight]);
}
