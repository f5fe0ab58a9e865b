const TYPED = new Set(["INPUT", "TEXTAREA", "SELECT"]);

const apple = /Mac|iP(hone|ad|od)/.test(globalThis.navigator?.platform ?? "");

/** The keys that undo, as they are written on the machine in front. */
export const UNDO_KEYS = apple ? "⌘ Z" : "Ctrl Z";

/** True if a key press types into a field. */
export function isTyped(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0] ?? event.target;
  return target instanceof HTMLElement && (TYPED.has(target.tagName) || target.isContentEditable);
}

/** The request of a key press: Ctrl or Cmd with Z undoes, with Shift redoes. Text fields keep their own undo. */
export function undoKey(event: KeyboardEvent): "undo" | "redo" | null {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  if (isTyped(event)) return null;
  const key = event.key.toLowerCase();
  if (key === "z") return event.shiftKey ? "redo" : "undo";
  return key === "y" && !event.shiftKey ? "redo" : null;
}

export type PairKey = "a" | "b" | "equal" | "skip" | "undo";

const PAIR_KEYS: Record<string, PairKey> = {
  a: "a",
  arrowleft: "a",
  b: "b",
  arrowright: "b",
  e: "equal",
  s: "skip",
  u: "undo",
};

/** Elements that use the arrow keys themselves. */
const ARROWED = "[role=slider], [role=tab], [role=grid], .dots, .plot, .drawer";

/** The answer of a key press to the pair on the cards. */
export function pairKey(event: KeyboardEvent): PairKey | null {
  return answerOf(event, PAIR_KEYS);
}

export type LabelKey = "keep" | "change" | "next" | "back" | "undo";

const LABEL_KEYS: Record<string, LabelKey> = {
  k: "keep",
  enter: "change",
  s: "next",
  arrowright: "next",
  arrowleft: "back",
  u: "undo",
};

/** The answer of a key press to the row in the review of labels. Enter on a control presses the control. */
export function labelKey(event: KeyboardEvent): LabelKey | null {
  const target = event.composedPath()[0] ?? event.target;
  if (event.key === "Enter" && target instanceof Element && target.closest("button, a, summary") !== null)
    return null;
  return answerOf(event, LABEL_KEYS);
}

function answerOf<T>(event: KeyboardEvent, keys: Record<string, T>): T | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.repeat) return null;
  if (isTyped(event)) return null;
  const target = event.composedPath()[0] ?? event.target;
  if (target instanceof Element && target.closest(ARROWED) !== null && event.key.startsWith("Arrow"))
    return null;
  if (target instanceof Element && target.closest(".drawer") !== null) return null;
  return keys[event.key.toLowerCase()] ?? null;
}
