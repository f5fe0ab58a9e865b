import type { GridColumn } from "../../components/GridRow";
import type { ColumnId } from "../../store/ui";

interface Column extends GridColumn {
  /** Its width where the table is narrower than 370 px. */
  tight?: string;
  /** Shown from this width on, in CSS pixels. */
  from: number;
  /** The first click sorts the larger values first. */
  descends: boolean;
}

export const COLUMNS: readonly Column[] = [
  { id: "number", label: "#", width: "44px", tight: "36px", right: true, from: 0, descends: true },
  { id: "family", label: "model", width: "minmax(86px, 1.2fr)", from: 0, descends: false },
  {
    id: "score",
    label: "score",
    width: "minmax(112px, 132px)",
    tight: "66px",
    right: true,
    from: 0,
    descends: true,
  },
  { id: "folds", label: "folds", width: "48px", right: true, from: 640, descends: true },
  { id: "seconds", label: "work", width: "80px", right: true, from: 720, descends: true },
  { id: "finished", label: "finished at", width: "92px", right: true, from: 860, descends: true },
  { id: "state", label: "state", width: "94px", from: 374, descends: false },
  { id: "by", label: "proposed by", width: "minmax(84px, 1.1fr)", from: 500, descends: true },
];

export function columnsFor(width: number): GridColumn[] {
  const shown = COLUMNS.filter((column) => width >= column.from);
  return shown.map((column) =>
    width < 370 && column.tight !== undefined ? { ...column, width: column.tight } : column,
  );
}

export function descendsFirst(id: ColumnId): boolean {
  return COLUMNS.find((column) => column.id === id)?.descends ?? true;
}
