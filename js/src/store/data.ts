import { type Signal, signal } from "@preact/signals";
import { type ColumnSort, type DataDraft, NO_DATA_DRAFT } from "../words/data";

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
}
