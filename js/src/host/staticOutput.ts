import { computed, effect } from "@preact/signals";
import type { SessionStore } from "../store/session";

/** Style that hides a session's static summary, which the kernel writes for readers without one; `count` live views use it. */
const open = new Map<string, { count: number; style: HTMLStyleElement }>();

/** Hides the static summary of a session while a live view shows it; returns a function that shows it again. */
export function hideStaticOutput(session: unknown): () => void {
  if (typeof session !== "string" || !/^[0-9a-f]+$/.test(session)) return () => {};
  const name = `hitl-static-${session}`;
  const known = open.get(name);
  if (known) {
    known.count += 1;
  } else {
    const style = document.createElement("style");
    style.textContent = `.${name},.jp-OutputArea-child:has(.${name}){display:none!important}`;
    document.head.append(style);
    open.set(name, { count: 1, style });
  }
  let released = false;
  return () => {
    const entry = open.get(name);
    if (released || !entry) return;
    released = true;
    entry.count -= 1;
    if (entry.count === 0) {
      entry.style.remove();
      open.delete(name);
    }
  };
}

/** Hides the summary while a session is shown or loading; a page without a kernel keeps the summary. */
export function hideWhileHeard(store: Pick<SessionStore, "connection" | "session">, id: unknown): () => void {
  const heard = computed(() => {
    const { is } = store.connection.value;
    return store.session.value !== null || is === "connecting" || is === "live";
  });
  return effect(() => (heard.value ? hideStaticOutput(id) : undefined));
}
