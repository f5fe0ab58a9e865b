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
  { id: "role", label: "role", width: "112px", title: "How models use the column", least: 0 },
  { id: "kind", label: "content", width: "minmax(96px, 0.8fr)", title: "Kind of values", least: 880 },
  { id: "missing", label: "missing", width: "86px", title: "Share of cells without a value", least: 560 },
  {
    id: "distinct",
    label: "distinct",
    width: "66px",
    title: "Number of distinct values",
    right: true,
    least: 700,
  },
  {
    id: "spread",
    label: "spread",
    width: "minmax(56px, 110px)",
    title: "Distribution of the values",
    least: 400,
  },
  {
    id: "strength",
    label: "predictive power",
    width: "minmax(84px, 124px)",
    title: "Predictive power of the column by itself: 0 is none, 1 is perfect",
    least: 300,
  },
];

/** The columns of the grid that fit. */
export function columnsFor(width: number): GridColumn[] {
  return ALL.filter(({ least }) => width >= least);
}
