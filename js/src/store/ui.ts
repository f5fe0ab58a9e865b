import { type Signal, signal } from "@preact/signals";
import type { Author, State } from "../protocol/messages";

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
}

/** What stands in the drawer. */
export type Drawer =
  | { show: "trial"; number: number }
  | { show: "form"; parent: number | null; family: string | null };

export const NO_FILTER: Filter = { text: "", family: "", state: "", author: "" };

/** The state of one view; it never leaves the browser. */
export class UiStore {
  readonly tab: Signal<string> = signal("overview");
  readonly drawer: Signal<Drawer | null> = signal(null);
  readonly sort: Signal<Sort> = signal({ column: "score", descending: true });
  readonly filter: Signal<Filter> = signal(NO_FILTER);
  readonly byTime: Signal<boolean> = signal(false);
}
