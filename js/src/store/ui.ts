import { type Signal, signal } from "@preact/signals";
import type { Author, State, StoryRow, Suggestion } from "../protocol/messages";
import { DraftStore } from "./draft";

export type ColumnId = "number" | "family" | "score" | "folds" | "seconds" | "finished" | "state" | "by";

export interface Sort {
  column: ColumnId;
  descending: boolean;
}

export interface Filter {
  text: string;
  family: string;
  state: State | "";
  author: Author | "";
  /** Inside or outside today's space. */
  standing: "inside" | "outside" | "";
}

/** What stands in the drawer. */
export type Drawer =
  | { show: "trial"; number: number }
  | { show: "form"; parent: number | null; family: string | null; config?: Record<string, unknown> }
  | { show: "grid"; number: number };

export interface StoryFilter {
  author: Author | "";
  kind: StoryRow["kind"] | "";
}

export const NO_FILTER: Filter = { text: "", family: "", state: "", author: "", standing: "" };

/** The state of one view; it never leaves the browser. */
export class UiStore {
  readonly tab: Signal<string> = signal("overview");
  readonly drawer: Signal<Drawer | null> = signal(null);
  readonly sort: Signal<Sort> = signal({ column: "score", descending: true });
  readonly filter: Signal<Filter> = signal(NO_FILTER);
  readonly byTime: Signal<boolean> = signal(false);
  readonly storyFilter: Signal<StoryFilter> = signal({ author: "", kind: "" });
  /** What the machine would try next, when it was asked. */
  readonly suggestion: Signal<Suggestion | null> = signal(null);
  readonly draft = new DraftStore();
  /** The family whose rows stand in the space panel; "" for the one that leads. */
  readonly spaceFamily: Signal<string> = signal("");
  readonly spaceText: Signal<string> = signal("");
}
