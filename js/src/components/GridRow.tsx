import { Component } from "preact";
import type { FamilyInfo, MetricInfo } from "../protocol/messages";
import type { Row } from "../store/row";
import type { Worth } from "../store/session";
import type { ColumnId } from "../store/ui";
import { formatDuration } from "../words/numbers";
import { formatWorth } from "../words/objective";
import type { ScoreAxis } from "../words/scoreAxis";
import { familyColour, familyLabel, stateWords } from "../words/trial";
import { Interval } from "./Interval";
import { Dot, From, Score } from "./marks";
import "./GridRow.css";

export interface GridColumn {
  id: ColumnId;
  label: string;
  width: string;
  right?: boolean;
  title?: string;
  /** Only the essential part of its cells has room. */
  brief?: boolean;
}

/** Extra cells of a row: further objectives as text, and its utility. */
export interface Beside {
  measure(row: Row, column: ColumnId): string | null;
  /** The tags and the note of a trial. */
  tags(row: Row): string;
  /** The value of a hyperparameter; null if the family of the trial does not have it. */
  setting(row: Row, column: ColumnId): string | null;
  worth: ReadonlyMap<number, Worth> | null;
  preferred: number | null;
  /** Trials that violate a hard constraint, or may because a value is not measured yet. */
  broken: ReadonlySet<number>;
}

export interface GridContext {
  beside: Beside;
  /** The axis of the scores; null without scores. */
  axis: ScoreAxis | null;
  metric: MetricInfo;
  families: ReadonlyMap<string, FamilyInfo>;
  folds: number;
}

const BREAKS = "Violates a constraint, or is not measured yet. Open the trial for the reason.";

interface Props extends GridContext {
  row: Row;
  index: number;
  top: number;
  columns: readonly GridColumn[];
  at: boolean;
  open: boolean;
  /** It does not count today. */
  grey: boolean;
  /** Chosen for a comparison. */
  picked: boolean;
}

/** One line of the leaderboard; drawn again only when something of it has changed, so that scrolling is cheap. */
export class GridRow extends Component<Props> {
  override shouldComponentUpdate(next: Readonly<Props>): boolean {
    const held = this.props;
    return (Object.keys(next) as (keyof Props)[]).some((key) => next[key] !== held[key]);
  }

  override render({ row, index, top, columns, at, open, grey, picked, ...context }: Props) {
    const plain = row.state === "complete" && row.origin !== "baseline";
    const yours = context.beside.preferred === row.number ? "yours" : "";
    const marks = [
      "grid-row",
      yours,
      at ? "at" : "",
      open ? "open" : "",
      plain ? "" : "dim",
      grey ? "grey" : "",
    ];
    return (
      <div
        class={marks.filter((mark) => mark !== "").join(" ")}
        id={`hitl-row-${row.number}`}
        data-number={row.number}
        data-state={row.state}
        role="row"
        aria-rowindex={index + 2}
        aria-selected={open}
        style={{ transform: `translateY(${top}px)` }}
      >
        {columns.map((column) => (
          <div key={column.id} role="gridcell" class={column.right ? "r" : ""}>
            <Cell column={column.id} brief={column.brief ?? false} row={row} picked={picked} {...context} />
          </div>
        ))}
      </div>
    );
  }
}

function Cell({
  column,
  brief,
  row,
  metric,
  families,
  folds,
  beside,
  axis,
  picked,
}: GridContext & { column: ColumnId; brief: boolean; row: Row; picked: boolean }) {
  switch (column) {
    case "pick":
      return (
        <span
          class={picked ? "pick on" : "pick"}
          role="img"
          aria-label={picked ? "chosen to compare" : "not chosen to compare"}
          title={picked ? "Remove from the comparison" : "Compare"}
          data-pick
        />
      );
    case "interval":
      return axis === null ? null : (
        <Interval row={row} axis={axis} metric={metric} colour={familyColour(families, row.family)} />
      );
    case "worth":
      return <WorthCell row={row} beside={beside} />;
    case "number":
      return <span class={row.author === "you" ? "mine" : "faint"}>{row.number}</span>;
    case "family":
      return (
        <>
          <Dot colour={familyColour(families, row.family)} />
          {familyLabel(families, row.family)}
          {beside.broken.has(row.number) && (
            <span class="breaks" role="img" aria-label={BREAKS} title={BREAKS}>
              ⊘
            </span>
          )}
        </>
      );
    case "score":
      if (row.score === null) {
        // Without a column of states, the state is here.
        if (brief) return <span class={`state-${row.state}`}>{stateWords(row.state)}</span>;
        return <span class="faint">–</span>;
      }
      return <Score score={row.score} std={row.std} metric={metric} />;
    case "folds":
      return (
        <span class={row.folds < folds ? "" : "faint"}>
          {row.folds}/{folds}
        </span>
      );
    case "seconds":
      return <span class="mute">{row.seconds > 0 ? formatDuration(row.seconds) : "–"}</span>;
    case "finished":
      return <span class="mute">{row.finishedAt === null ? "–" : formatDuration(row.finishedAt)}</span>;
    case "state":
      return <span class={`state-${row.state}`}>{stateWords(row.state)}</span>;
    case "tags": {
      const text = beside.tags(row);
      return <span title={text}>{text}</span>;
    }
    case "by":
      return <From row={row} brief={brief} />;
    default: {
      if (column.startsWith("setting:")) {
        const value = beside.setting(row, column);
        return value === null ? <span class="faint">–</span> : <span class="num">{value}</span>;
      }
      const text = beside.measure(row, column);
      if (text !== null) return <span class="num">{text}</span>;
      return (
        <span class="faint" title={row.state === "complete" ? "not measured" : stateWords(row.state)}>
          –
        </span>
      );
    }
  }
}

function WorthCell({ row, beside }: { row: Row; beside: Beside }) {
  const held = beside.worth?.get(row.number);
  if (held === undefined) return <span class="faint">–</span>;
  return (
    <span class="num">
      <b class={beside.preferred === row.number ? "you-ink" : ""}>{formatWorth(held.worth)}</b>
      {held.worth > 0 && <span class="mute"> ± {formatWorth(held.spread)}</span>}
    </span>
  );
}
