import { Component } from "preact";
import { useRef, useState } from "preact/hooks";
import { useVirtual } from "../../components/useVirtual";
import type { ColumnRole, RoleInfo, WarningInfo } from "../../protocol/messages";
import { type Column, type ColumnSort, roleLabel, type SortKey, shareWords } from "../../words/data";
import { formatCount } from "../../words/numbers";
import type { GridColumn } from "./columns";
import { Severity } from "./Severity";
import { Sparks } from "./Spread";
import "./ColumnGrid.css";

interface Props {
  columns: readonly Column[];
  shown: readonly GridColumn[];
  sort: ColumnSort | null;
  /** Rows of the table. */
  rows: number;
  roles: readonly RoleInfo[];
  target: { name: string; bars: readonly number[] };
  drafted: Readonly<Record<string, ColumnRole>>;
  /** Columns with a draft of any kind. */
  touched: ReadonlySet<string>;
  warned: ReadonlyMap<string, WarningInfo>;
  opened: string | null;
  disabled: boolean;
  onSort(key: SortKey): void;
  /** "" for the target. */
  onOpen(name: string): void;
  onRole(column: Column, role: ColumnRole): void;
}

const ROW = 36;
const HEAD = 31;

/** All columns, of which only the visible ones are in the page. The target comes first and stays visible. */
export function ColumnGrid(props: Props) {
  const { columns, shown, sort, opened, target } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const top = HEAD + ROW;
  const virtual = useVirtual(scroller, { count: columns.length, row: ROW, head: top });
  const [at, setAt] = useState<string | null>(null);
  const index = at === null || at === "" ? -1 : columns.findIndex((one) => one.name === at);

  const move = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const last = columns.length - 1;
    const page = Math.max(1, Math.floor(((scroller.current?.clientHeight ?? top + ROW) - top) / ROW) - 1);
    const targets: Record<string, number> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + page,
      PageUp: Math.max(0, index - page),
      Home: -1,
      End: last,
    };
    if ((event.key === "Enter" || event.key === " ") && at !== null) {
      event.preventDefault();
      props.onOpen(at);
      return;
    }
    const wanted = targets[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    const next = Math.min(last, Math.max(-1, wanted));
    setAt(next < 0 ? "" : (columns[next]?.name ?? ""));
    if (next >= 0) virtual.scrollTo(next);
  };

  const press = (event: MouseEvent) => {
    const line = (event.target as Element).closest<HTMLElement>("[data-place]");
    if (line === null || (event.target as Element).closest("select") !== null) return;
    const place = Number(line.dataset.place);
    const name = place < 0 ? "" : (columns[place]?.name ?? "");
    setAt(name);
    props.onOpen(name);
  };

  const read = (event: Event) => {
    const field = event.target as HTMLSelectElement;
    const place = Number(field.closest<HTMLElement>("[data-place]")?.dataset.place ?? -1);
    const column = columns[place];
    if (column !== undefined) props.onRole(column, field.value as ColumnRole);
  };

  return (
    <div
      class="grid columns-grid"
      role="grid"
      aria-label="Columns. Use the arrow keys to move, Enter to open."
      aria-rowcount={columns.length + 2}
      aria-colcount={shown.length}
      aria-activedescendant={
        at === null ? undefined : at === "" ? "hitl-column-target" : `hitl-column-${index}`
      }
      tabIndex={0}
      onKeyDown={move}
      onClick={press}
      onChange={read}
      onFocus={(event) => event.target === event.currentTarget && at === null && setAt(opened ?? "")}
      style={{ "--columns": shown.map((column) => column.width).join(" ") }}
    >
      <div ref={scroller} class="grid-scroll" style={{ height: `${virtual.height + top}px` }}>
        <div role="rowgroup" class="grid-top">
          <div class="grid-head" role="row" aria-rowindex={1}>
            {shown.map((column) => (
              <Head key={column.id} column={column} sort={sort} onSort={props.onSort} />
            ))}
          </div>
          <div
            class={`grid-row target-row${at === "" ? " at" : ""}${opened === "" ? " open" : ""}`}
            id="hitl-column-target"
            role="row"
            aria-rowindex={2}
            data-place={-1}
          >
            {shown.map(({ id }) => (
              <div key={id} role="gridcell">
                {id === "name" ? (
                  <b title={target.name}>{target.name}</b>
                ) : id === "role" ? (
                  <span class="is-target">target</span>
                ) : id === "spread" ? (
                  <Sparks bars={target.bars} />
                ) : null}
              </div>
            ))}
          </div>
        </div>
        <div class="grid-rows" role="rowgroup" style={{ height: `${virtual.height}px` }}>
          {virtual.items.map((item) => {
            const column = columns[item.index];
            if (column === undefined) return null;
            return (
              <Line
                key={item.index}
                column={column}
                index={item.index}
                top={item.start - top}
                shown={shown}
                rows={props.rows}
                roles={props.roles}
                drafted={props.drafted[column.name]}
                touched={props.touched.has(column.name)}
                warning={props.warned.get(column.name)}
                at={column.name === at}
                opened={column.name === opened}
                disabled={props.disabled}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface HeadProps {
  column: GridColumn;
  sort: ColumnSort | null;
  onSort(key: SortKey): void;
}

function Head({ column, sort, onSort }: HeadProps) {
  const { id, label, title, right } = column;
  const sorted = sort !== null && sort.key === id;
  const way = !sorted ? "none" : sort.descending ? "descending" : "ascending";
  return (
    <div role="columnheader" aria-sort={way} class={right === true ? "r" : ""}>
      {id === "spread" ? (
        <span class="plain-head" title={title}>
          {label}
        </span>
      ) : (
        <button type="button" title={title} onClick={() => onSort(id)}>
          {label}
          {sorted && <span aria-hidden="true">{sort.descending ? " ↓" : " ↑"}</span>}
        </button>
      )}
    </div>
  );
}

interface LineProps {
  column: Column;
  index: number;
  top: number;
  shown: readonly GridColumn[];
  rows: number;
  roles: readonly RoleInfo[];
  drafted: ColumnRole | undefined;
  touched: boolean;
  warning: WarningInfo | undefined;
  at: boolean;
  opened: boolean;
  disabled: boolean;
}

/** One column; drawn again only when something of it has changed, so that scrolling is cheap. */
class Line extends Component<LineProps> {
  override shouldComponentUpdate(next: Readonly<LineProps>): boolean {
    return (Object.keys(next) as (keyof LineProps)[]).some((key) => next[key] !== this.props[key]);
  }

  override render(props: LineProps) {
    const { column, index, at, opened, drafted } = props;
    const out = (drafted ?? column.role) === "ignored";
    const marks = ["grid-row", at ? "at" : "", opened ? "open" : "", out ? "grey" : ""];
    return (
      <div
        id={`hitl-column-${index}`}
        class={marks.filter((mark) => mark !== "").join(" ")}
        data-place={index}
        data-column={column.name}
        role="row"
        aria-rowindex={index + 3}
        aria-selected={opened}
        style={{ transform: `translateY(${props.top}px)` }}
      >
        {props.shown.map(({ id, right }) => (
          <div key={id} role="gridcell" class={right === true ? "r" : ""}>
            <Cell id={id} {...props} />
          </div>
        ))}
      </div>
    );
  }
}

function Cell({ id, column, ...props }: LineProps & { id: GridColumn["id"] }) {
  switch (id) {
    case "name": {
      const { warning } = props;
      return (
        <span class="column-name" title={column.name}>
          {warning !== undefined && (
            <span title={warning.sentence}>
              <Severity of={warning.severity} mute />
            </span>
          )}
          <span class="cut">{column.name}</span>
          {props.touched && (
            <i class="star" role="img" aria-label="changed, not applied" title="changed, not applied">
              ●
            </i>
          )}
        </span>
      );
    }
    case "role": {
      const { drafted } = props;
      return (
        <select
          class={`field role-field${drafted !== undefined ? " drafted" : column.given ? " given" : ""}`}
          aria-label={`Role of ${column.name}`}
          value={drafted ?? column.role}
          disabled={props.disabled}
        >
          {props.roles.map(({ role, label }) => (
            <option key={role} value={role}>
              {label}
            </option>
          ))}
        </select>
      );
    }
    case "kind":
      return <span class="mute">{column.kind}</span>;
    case "missing":
      return <Missing column={column} rows={props.rows} />;
    case "distinct":
      return <span class="num">{formatCount(column.distinct)}</span>;
    case "spread":
      return <Sparks bars={column.bars} />;
    default:
      return <Tells strength={column.strength} role={roleLabel(props.roles, column.role)} />;
  }
}

function Missing({ column, rows }: { column: Column; rows: number }) {
  if (column.missing === 0) return <span class="faint">–</span>;
  const share = Math.max(2, (100 * column.missing) / Math.max(rows, 1));
  return (
    <span class="gauge" title={`${formatCount(column.missing)} of ${formatCount(rows)} cells`}>
      <i aria-hidden="true">
        <i style={{ width: `${Math.min(100, share)}%` }} />
      </i>
      <span class="num">{shareWords(column.missing, rows)}</span>
    </span>
  );
}

function Tells({ strength, role }: { strength: number | null; role: string }) {
  if (strength === null)
    return (
      <span class="faint" title={role}>
        –
      </span>
    );
  const value = Math.max(0, Math.min(1, strength));
  return (
    <span class="gauge tells" title={`Predictive power alone: ${value.toFixed(2)} (0 is none, 1 is perfect)`}>
      <i aria-hidden="true">
        <i style={{ width: `${100 * value}%` }} />
      </i>
      <span class="num">{value.toFixed(2)}</span>
    </span>
  );
}
