const TYPED = new Set(["INPUT", "TEXTAREA", "SELECT"]);

const apple = /Mac|iP(hone|ad|od)/.test(globalThis.navigator?.platform ?? "");

/** The keys that undo, as they are written on the machine in front. */
export const UNDO_KEYS = apple ? "⌘ Z" : "Ctrl Z";

/** What a key press asks for: Ctrl or Cmd with Z, and Shift to go forward. Text fields keep theirs. */
export function undoKey(event: KeyboardEvent): "undo" | "redo" | null {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  const target = event.composedPath()[0] ?? event.target;
  if (target instanceof HTMLElement && (TYPED.has(target.tagName) || target.isContentEditable)) return null;
  const key = event.key.toLowerCase();
  if (key === "z") return event.shiftKey ? "redo" : "undo";
  return key === "y" && !event.shiftKey ? "redo" : null;
}
