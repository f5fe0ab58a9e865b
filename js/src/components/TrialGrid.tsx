import { useEffect, useRef, useState } from "preact/hooks";
import type { Row } from "../store/row";
import type { ColumnId, Sort } from "../store/ui";
import { type GridColumn, type GridContext, GridRow } from "./GridRow";
import { AxisEnds } from "./Interval";
import { useVirtual } from "./useVirtual";

interface Props extends GridContext {
  rows: readonly Row[];
  columns: readonly GridColumn[];
  sort: Sort;
  opened: number | null;
  /** Trials that do not count today. */
  grey: ReadonlySet<number>;
  /** The trials chosen for a comparison. */
  picked: ReadonlySet<number>;
  /** Least width of all columns; the table scrolls sideways below it. */
  least: number;
  onSort(column: ColumnId): void;
  onOpen(number: number): void;
  onPick(number: number): void;
}

const ROW = 32;
const HEAD = 31;
/** Room for a horizontal scroll bar. */
const BAR = 14;

/** The leaderboard: only the rows in sight are in the page. */
export function TrialGrid(props: Props) {
  const { rows, columns, sort, opened, least } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const virtual = useVirtual(scroller, { count: rows.length, row: ROW, head: HEAD });
  const [at, setAt] = useState<number | null>(null);
  const index = at === null ? -1 : rows.findIndex((row) => row.number === at);

  const before = useRef(opened);
  useEffect(() => {
    if (before.current !== null && opened === null) grid.current?.focus({ preventScroll: true });
    before.current = opened;
  }, [opened]);

  const move = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? ROW) / ROW) - 1);
    const last = rows.length - 1;
    const targets: Record<string, number> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: last,
    };
    if ((event.key === "Enter" || event.key === " ") && at !== null && index >= 0) {
      event.preventDefault();
      props.onOpen(at);
      return;
    }
    if (event.key === "x" && at !== null && index >= 0) {
      event.preventDefault();
      props.onPick(at);
      return;
    }
    const wanted = targets[event.key];
    if (wanted === undefined || last < 0) return;
    event.preventDefault();
    const next = Math.min(last, Math.max(0, wanted));
    setAt(rows[next]?.number ?? null);
    virtual.scrollTo(next);
  };

  const press = (event: MouseEvent) => {
    const line = (event.target as Element).closest<HTMLElement>("[data-number]");
    if (line === null) return;
    const number = Number(line.dataset.number);
    setAt(number);
    if ((event.target as Element).closest("[data-pick]") === null) props.onOpen(number);
    else props.onPick(number);
  };

  const template = columns.map((column) => column.width).join(" ");
  return (
    <div
      ref={grid}
      class="grid"
      role="grid"
      aria-label="Trials. Use the arrow keys to move, Enter to open, X to compare."
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      aria-activedescendant={index >= 0 ? `hitl-row-${at}` : undefined}
      tabIndex={0}
      onKeyDown={move}
      onFocus={() => at === null && setAt(opened ?? rows[0]?.number ?? null)}
      style={{ "--columns": template, "--least": least > 0 ? `${least}px` : "0" }}
    >
      <div
        ref={scroller}
        class={least > 0 ? "grid-scroll sideways" : "grid-scroll"}
        style={{ height: `${virtual.height + HEAD + (least > 0 ? BAR : 0)}px` }}
      >
        <div role="rowgroup" class="grid-top">
          <div class="grid-head" role="row" aria-rowindex={1}>
            {columns.map((column) => {
              const sorted = sort.column === column.id;
              const way = !sorted ? "none" : sort.descending ? "descending" : "ascending";
              return (
                <div key={column.id} role="columnheader" aria-sort={way} class={column.right ? "r" : ""}>
                  {column.id === "pick" ? (
                    <span class="sr">compare</span>
                  ) : (
                    <button type="button" title={column.title} onClick={() => props.onSort(column.id)}>
                      {column.id === "interval" && props.axis !== null ? (
                        <AxisEnds axis={props.axis} label={column.label} />
                      ) : (
                        column.label
                      )}
                      {sorted && <span aria-hidden="true">{sort.descending ? " ↓" : " ↑"}</span>}
                    </button>
                  )}
                </div>
              );
            })}
          </div>
        </div>
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the grid's Enter does the same */}
        <div class="grid-rows" role="rowgroup" onClick={press} style={{ height: `${virtual.height}px` }}>
          {virtual.items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <GridRow
                key={item.index}
                row={row}
                index={item.index}
                top={item.start - HEAD}
                columns={columns}
                at={row.number === at}
                open={row.number === opened}
                grey={props.grey.has(row.number)}
                picked={props.picked.has(row.number)}
                axis={props.axis}
                metric={props.metric}
                families={props.families}
                folds={props.folds}
                beside={props.beside}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}
