import type { GridColumn } from "../../components/GridRow";
import type { ObjectiveInfo } from "../../protocol/messages";
import type { ColumnId } from "../../store/ui";
import { headOf } from "../../words/objective";
import { TERMS } from "../../words/terms";
import { MEASURE } from "./order";

interface Column extends GridColumn {
  /** Width if the table is narrower than 370 px; of the column of authors, if it has no room for reasons. */
  tight?: string;
  /** Shown from this width on, in CSS pixels. */
  from: number;
  /** The first click sorts the larger values first. */
  descends: boolean;
}

const FURTHER = 92;
const GAP = 14;
/** Width reserved for the columns that identify a trial, and for those of a wider table. */
const LEAST = 372;
const WIDER = 532;
const WIDE = 540;

export const COLUMNS: readonly Column[] = [
  {
    id: "number",
    label: "#",
    title: TERMS.trial,
    width: "44px",
    tight: "36px",
    right: true,
    from: 0,
    descends: true,
  },
  {
    id: "family",
    label: "model",
    title: TERMS.family,
    width: "minmax(118px, 1fr)",
    from: 0,
    descends: false,
  },
  {
    id: "score",
    label: "score",
    title: TERMS.score,
    width: "minmax(112px, 132px)",
    tight: "66px",
    right: true,
    from: 0,
    descends: true,
  },
  { id: "folds", label: "folds", title: TERMS.fold, width: "48px", right: true, from: 640, descends: true },
  {
    id: "seconds",
    label: "fit time",
    title: TERMS.work,
    width: "80px",
    right: true,
    from: 720,
    descends: true,
  },
  { id: "finished", label: "finished at", width: "92px", right: true, from: 860, descends: true },
  { id: "state", label: "state", title: TERMS.state, width: "94px", from: 440, descends: false },
  {
    id: "by",
    label: "proposed by",
    title: TERMS["proposed by"],
    width: "minmax(186px, 1fr)",
    tight: "84px",
    from: WIDE,
    descends: true,
  },
];

const WORTH: Column = {
  id: "worth",
  label: "utility",
  title: TERMS.utility,
  width: "86px",
  right: true,
  from: 0,
  descends: true,
};

/** A column for each further objective, as many as find room; the others are in the trial's drawer. */
export function columnsFor(
  width: number,
  further: readonly Pick<ObjectiveInfo, "name" | "label" | "unit" | "story" | "direction">[] = [],
  ranked = false,
): GridColumn[] {
  const worth = ranked && width >= LEAST ? [WORTH] : [];
  const left = width - worth.length * FURTHER;
  const room = Math.max(0, Math.floor((left - (width >= WIDE ? WIDER : LEAST)) / (FURTHER + GAP)));
  const measures = further.slice(0, room).map(
    ({ name, label, unit, story, direction }): Column => ({
      id: `${MEASURE}${name}` as ColumnId,
      label,
      title: `${headOf({ label, unit })}: ${direction} is better. ${story}`,
      width: `${FURTHER}px`,
      right: true,
      from: 0,
      descends: direction === "higher",
    }),
  );
  const rest = left - measures.length * (FURTHER + GAP);
  const added = [...worth, ...measures];
  const shown = COLUMNS.filter((column) => (added.length > 0 ? rest : width) >= column.from);
  const at = shown.findIndex((column) => column.id === "score") + 1;
  const columns = [...shown.slice(0, at), ...added, ...shown.slice(at)];
  const roomy = width >= leastWidth(columns);
  const states = shown.some((column) => column.id === "state");
  return columns.map((column) => {
    const brief = (column.id === "score" && !states) || (column.id === "by" && !roomy);
    const narrow = column.id === "by" ? brief : width < 370;
    return { ...column, brief, width: (narrow && column.tight) || column.width };
  });
}

/** Pixels that columns need beside each other, with the gaps between them and the padding at the ends. */
function leastWidth(columns: readonly Column[]): number {
  const least = columns.map((column) => Number(/\d+/.exec(column.width)?.[0] ?? 0));
  return least.reduce((sum, one) => sum + one, 0) + GAP * (columns.length - 1) + 2 * 12;
}

/** True if the first click on a column sorts larger values first. */
export function descendsFirst(
  id: ColumnId,
  further: readonly Pick<ObjectiveInfo, "name" | "direction">[] = [],
): boolean {
  const measure = further.find((one) => id === `${MEASURE}${one.name}`);
  if (measure !== undefined) return measure.direction === "higher";
  return COLUMNS.find((column) => column.id === id)?.descends ?? true;
}
