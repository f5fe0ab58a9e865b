import type { SortKey } from "../../words/data";

export interface GridColumn {
  id: SortKey | "spread";
  label: string;
  width: string;
  title: string;
  right?: boolean;
}

const ALL: readonly (GridColumn & { least: number })[] = [
  { id: "name", label: "column", width: "minmax(96px, 1.5fr)", title: "Sort by name", least: 0 },
  { id: "role", label: "read as", width: "112px", title: "How models read it", least: 0 },
  { id: "kind", label: "holds", width: "minmax(96px, 0.8fr)", title: "What its cells are", least: 880 },
  { id: "missing", label: "missing", width: "86px", title: "Share of cells without a value", least: 560 },
  { id: "distinct", label: "distinct", width: "66px", title: "Different values", right: true, least: 700 },
  {
    id: "spread",
    label: "spread",
    width: "minmax(56px, 110px)",
    title: "How its values are spread",
    least: 400,
  },
  {
    id: "strength",
    label: "tells alone",
    width: "84px",
    title: "What it says of the target by itself: 0 for nothing, 1 for all",
    least: 300,
  },
];

/** The columns of the grid that fit. */
export function columnsFor(width: number): GridColumn[] {
  return ALL.filter(({ least }) => width >= least);
}
