import { type Signal, signal } from "@preact/signals";
import { type ColumnSort, type DataDraft, NO_DATA_DRAFT } from "../words/data";
import { type LabelDraft, NO_LABELS } from "../words/labels";

/** State of one view of the table; it never leaves the browser. */
export class TableView {
  readonly text: Signal<string> = signal("");
  /** Null: as the table has them. */
  readonly sort: Signal<ColumnSort | null> = signal(null);
  /** Only columns that are warned of. */
  readonly warned: Signal<boolean> = signal(false);
  /** The column beside the table; "" for the target, null for none. */
  readonly column: Signal<string | null> = signal(null);
  readonly draft: Signal<DataDraft> = signal(NO_DATA_DRAFT);
  readonly cancels: Signal<boolean> = signal(false);
  /** How often the labels were checked; 0 while their review is closed. */
  readonly checks: Signal<number> = signal(0);
  readonly labels: Signal<LabelDraft> = signal(NO_LABELS);
  /** The row in the review of labels; null for the first. */
  readonly labeled: Signal<number | null> = signal(null);
}
