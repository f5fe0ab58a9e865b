import { type ReadonlySignal, signal } from "@preact/signals";
import type { Steering } from "../protocol/messages";
import { type Draft, isEmpty, NO_DRAFT, pruned } from "../words/draft";

const MOST = 50;

/** The draft edit of one view, with its own undo. */
export class DraftStore {
  readonly now: ReadonlySignal<Draft>;
  /** The hyperparameter that was touched last. */
  readonly touched = signal("");
  private readonly held = signal<Draft>(NO_DRAFT);
  private past: Draft[] = [];
  private future: Draft[] = [];
  private gesture = "";

  constructor() {
    this.now = this.held;
  }

  /** Changes the draft; changes of one gesture are one step back. */
  set(next: Draft, touched = "", gesture = ""): void {
    const before = this.held.peek();
    if (next === before) return;
    if (gesture === "" || gesture !== this.gesture) {
      this.past.push(before);
      if (this.past.length > MOST) this.past.shift();
    }
    this.gesture = gesture;
    this.future = [];
    this.touched.value = touched;
    this.held.value = next;
  }

  /** Ends a gesture: the next change is a new undo step. */
  rest(): void {
    this.gesture = "";
  }

  /** Steps back within the draft; false when there is nothing to step back to. */
  back(): boolean {
    if (isEmpty(this.held.peek())) {
      this.future = [];
      return false;
    }
    this.future.push(this.held.peek());
    this.held.value = this.past.pop() ?? NO_DRAFT;
    this.gesture = "";
    return true;
  }

  forth(): boolean {
    const next = this.future.pop();
    if (next === undefined) return false;
    this.past.push(this.held.peek());
    this.held.value = next;
    this.gesture = "";
    return true;
  }

  clear(): void {
    this.past = [];
    this.future = [];
    this.gesture = "";
    this.touched.value = "";
    this.held.value = NO_DRAFT;
  }

  /** Follows a change of the space: edits that it already contains leave the draft. */
  follow(steering: Steering): void {
    const left = pruned(this.held.peek(), steering);
    if (left === this.held.peek()) return;
    if (isEmpty(left)) this.clear();
    else this.held.value = left;
  }
}
