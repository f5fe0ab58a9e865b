import { type Signal, signal } from "@preact/signals";
import type { Value } from "../protocol/commands";
import type { Author, HistoryRow, PictureInfo, State, Suggestion } from "../protocol/messages";
import { TableView } from "./data";
import { DraftStore } from "./draft";
import type { Options } from "./explanations";

/** A column of the leaderboard; "measure:" is followed by the name of a further objective, "setting:" by that of a hyperparameter. */
export type ColumnId =
  | "pick"
  | "number"
  | "family"
  | "score"
  | "interval"
  | "worth"
  | "folds"
  | "seconds"
  | "finished"
  | "state"
  | "by"
  | "tags"
  | `measure:${string}`
  | `setting:${string}`;

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
  /** True for the trials measured on other data than today's; false for all others. */
  earlier: boolean;
}

/** Content of the drawer. */
export type Drawer =
  | { show: "trial"; number: number }
  | { show: "form"; parent: number | null; family: string | null; config?: Record<string, Value> }
  | { show: "grid"; number: number };

export interface HistoryFilter {
  author: Author | "";
  kind: HistoryRow["kind"] | "";
}

/** By name of an objective, the values that are looked at: "only here". Null is an open side. */
export type Only = Readonly<Record<string, readonly [low: number | null, high: number | null]>>;

export const EVERYWHERE: Only = {};

export interface Pair {
  first: number;
  second: number;
}

/** The model to explain: a trial by its number, or the ensemble. */
export type Explained = number | "ensemble";

/** The key of `UiStore.asked` under which the row that several views explain stands. */
export const SHARED = "";

export const NO_FILTER: Filter = {
  text: "",
  family: "",
  state: "",
  author: "",
  standing: "",
  earlier: false,
};

/** The state of one view; it never leaves the browser. */
export class UiStore {
  readonly tab: Signal<string> = signal("overview");
  readonly drawer: Signal<Drawer | null> = signal(null);
  /** Null until the user sorts: by utility once it is known, by score until then. */
  readonly sort: Signal<Sort | null> = signal(null);
  readonly filter: Signal<Filter> = signal(NO_FILTER);
  /** The chosen columns of the trials; null for those that find room. */
  readonly columns: Signal<readonly ColumnId[] | null> = signal(null);
  /** The trials chosen for a comparison, in the order of choosing. */
  readonly compared: Signal<readonly number[]> = signal([]);
  readonly byTime: Signal<boolean> = signal(false);
  readonly historyFilter: Signal<HistoryFilter> = signal({ author: "", kind: "" });
  /** The last suggestion that was asked for. */
  readonly suggestion: Signal<Suggestion | null> = signal(null);
  readonly draft = new DraftStore();
  /** The family shown in the space panel; "" for the leading one. */
  readonly spaceFamily: Signal<string> = signal("");
  readonly spaceText: Signal<string> = signal("");
  /** The pair that the user chose; null for the one that the search proposes. */
  readonly pair: Signal<Pair | null> = signal(null);
  readonly picture: Signal<PictureInfo["kind"] | null> = signal(null);
  readonly only: Signal<Only> = signal(EVERYWHERE);
  /** The two objectives in sight; null for the first two. */
  readonly axes: Signal<{ x: string; y: string } | null> = signal(null);
  /** Sections of the preferences that the user opened or folded. */
  readonly unfolded: Signal<Readonly<Record<string, boolean>>> = signal({});
  readonly parallel: Signal<boolean> = signal(false);
  /** The question of the explanations in sight; "" for the first. */
  readonly question: Signal<string> = signal("");
  /** The pinned model; null while the explanations follow the recommended one. */
  readonly explained: Signal<Explained | null> = signal(null);
  /** Chosen options by view. All views share the row. */
  readonly asked: Signal<Readonly<Record<string, Options>>> = signal({});
  readonly data = new TableView();
  /** Keys of the panel in sight; true when one was taken. */
  panelKeys: ((event: KeyboardEvent) => boolean) | null = null;

  /** Sets the row that all views of a row explain; values that were changed in another row are dropped. */
  askRow(row: unknown): void {
    const now = this.asked.peek();
    this.asked.value = {
      ...now,
      [SHARED]: { ...now[SHARED], row },
      what_if: { ...now.what_if, changes: undefined },
    };
  }
}
