import type { GridColumn } from "../../components/GridRow";
import type { ObjectiveInfo } from "../../protocol/messages";
import type { ColumnId } from "../../store/ui";
import { headOf } from "../../words/objective";
import type { SharedSetting } from "../../words/settings";
import { TERMS } from "../../words/terms";
import { MEASURE, SETTING } from "./order";

type Further = Pick<ObjectiveInfo, "name" | "label" | "unit" | "story" | "direction">;

export interface Column extends GridColumn {
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
  { id: "finished", label: "finished at", width: "84px", right: true, from: 860, descends: true },
  { id: "state", label: "state", title: TERMS.state, width: "94px", from: 440, descends: false },
  {
    id: "by",
    label: "origin",
    title: TERMS.origin,
    width: "minmax(160px, 1fr)",
    tight: "84px",
    from: WIDE,
    descends: true,
  },
];

const WORTH: Column = {
  id: "worth",
  label: "utility",
  title: TERMS.utility,
  width: "84px",
  right: true,
  from: 0,
  descends: true,
};

/** Names the spread where it is first seen. */
const SCORE_HEAD = "score ± SD";
const PICK: Column = { id: "pick", label: "", width: "16px", from: 0, descends: false };
const PICK_FROM = 500;

/** The score as a dot with its spread, on one axis for all rows. */
const INTERVAL: Column = {
  id: "interval",
  label: "mean ± SD",
  title: "",
  width: "minmax(168px, 1.2fr)",
  from: 700,
  descends: true,
};
/** Below this width, further objectives take its place. */
const INTERVAL_BESIDE = 1000;
/** Shown if the user chooses it. */
const TAGS: Column = {
  id: "tags",
  label: "tags and note",
  width: "minmax(130px, 1fr)",
  from: 0,
  descends: false,
};
const INTERVAL_ROOM = 230;

/** The columns that a user may choose besides settings. */
export function offeredColumns(further: readonly Further[], ranked: boolean): Column[] {
  const fixed = COLUMNS.filter(({ id }) => !ALWAYS.has(id));
  return [INTERVAL, ...(ranked ? [WORTH] : []), ...further.map(measureColumn), ...fixed, TAGS];
}

const ALWAYS: ReadonlySet<ColumnId> = new Set<ColumnId>(["pick", "number", "family", "score"]);

/** The chosen columns in their order, with those that identify a trial; the table scrolls if they find no room. */
export function chosenColumns(
  chosen: readonly ColumnId[],
  further: readonly Further[],
  ranked: boolean,
  settings: ReadonlyMap<string, SharedSetting>,
): GridColumn[] {
  const wanted = new Set(chosen);
  const first = COLUMNS.filter(({ id }) => ALWAYS.has(id)).map((one) =>
    one.id === "score" ? { ...one, label: SCORE_HEAD } : one,
  );
  const others = offeredColumns(further, ranked).filter(({ id }) => wanted.has(id));
  const facts = others.filter(({ id }) => id === TAGS.id || COLUMNS.some((one) => one.id === id));
  const set = [...settings.values()]
    .filter(({ name }) => wanted.has(`${SETTING}${name}`))
    .map(
      ({ name, label, families }): Column => ({
        id: `${SETTING}${name}`,
        label,
        title: `${name}, of ${families.join(", ")}`,
        width: "minmax(104px, 0.6fr)",
        right: true,
        from: 0,
        descends: true,
      }),
    );
  return [PICK, ...first, ...others.filter((one) => !facts.includes(one)), ...set, ...facts];
}

function measureColumn({ name, label, unit, story, direction }: Further): Column {
  return {
    id: `${MEASURE}${name}` as ColumnId,
    label,
    title: `${headOf({ label, unit })}: ${direction} is better. ${story}`,
    width: `${FURTHER}px`,
    right: true,
    from: 0,
    descends: direction === "higher",
  };
}

/** A column for each further objective, as many as find room; the others are in the trial's drawer. */
export function columnsFor(width: number, further: readonly Further[] = [], ranked = false): GridColumn[] {
  const pick = width >= PICK_FROM ? [PICK] : [];
  const interval = width >= (further.length > 0 ? INTERVAL_BESIDE : INTERVAL.from) ? [INTERVAL] : [];
  const worth = ranked && width >= LEAST ? [WORTH] : [];
  const left = width - worth.length * FURTHER - interval.length * INTERVAL_ROOM - pick.length * 30;
  const room = Math.max(0, Math.floor((left - (width >= WIDE ? WIDER : LEAST)) / (FURTHER + GAP)));
  const measures = further.slice(0, room).map(measureColumn);
  const rest = left - measures.length * (FURTHER + GAP);
  const added = [...worth, ...measures];
  const shown = COLUMNS.filter((column) => rest >= column.from);
  const at = shown.findIndex((column) => column.id === "score") + 1;
  const columns = [...pick, ...shown.slice(0, at), ...interval, ...added, ...shown.slice(at)];
  const roomy = width >= leastWidth(columns);
  const states = shown.some((column) => column.id === "state");
  return columns.map((column) => {
    const brief = (column.id === "score" && !states) || (column.id === "by" && !roomy);
    const narrow = column.id === "by" ? brief : width < 370;
    const label = column.id === "score" && width >= 370 ? SCORE_HEAD : column.label;
    return { ...column, label, brief, width: (narrow && column.tight) || column.width };
  });
}

/** Pixels that columns need beside each other, with the gaps between them and the padding at the ends. */
export function leastWidth(columns: readonly Pick<GridColumn, "width">[]): number {
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
  if (id === TAGS.id) return TAGS.descends;
  if (id === INTERVAL.id) return INTERVAL.descends;
  return COLUMNS.find((column) => column.id === id)?.descends ?? true;
}
