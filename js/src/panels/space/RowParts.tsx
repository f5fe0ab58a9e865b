import type { ComponentChildren } from "preact";
import { Breakable } from "../../components/Breakable";
import type { Command } from "../../protocol/commands";
import type { BeliefInfo, MetricInfo, ParameterInfo, RangeInfo } from "../../protocol/messages";
import { isBounds, sameTarget, type Target, targetOf, targetWords } from "../../words/draft";
import { formatScore, formatSetting } from "../../words/numbers";
import { TERMS } from "../../words/terms";
import { beliefWords, Verdict } from "./BeliefParts";
import type { FamilyTable } from "./table";
import "./RowParts.css";

/** Properties of a row of the space panel. */
export interface RowProps {
  parameter: ParameterInfo;
  range: RangeInfo;
  /** The draft's target, or today's. */
  target: Target;
  table: FamilyTable;
  column: Float64Array;
  /** 1 for the trials that would count. */
  inside: Uint8Array;
  /** Importance as a share; null if it is not known. */
  share: number | null;
  belief: BeliefInfo | null;
  hue: string;
  dark: boolean;
  metric: MetricInfo;
  /** Nothing can be sent. */
  disabled: boolean;
  /** Number of the chosen trial. */
  chosen: number | null;
  /** It was chosen in this row. */
  chosenHere: boolean;
  open: boolean;
  onTarget(target: Target, gesture?: string): void;
  onRest(): void;
  onUndraft(): void;
  onChoose(number: number | null): void;
  onTrial(number: number): void;
  onToggle(): void;
  act(command: Command): Promise<unknown>;
}

/** The name in code without its family, where it differs from the label. */
function bareName({ name, label }: ParameterInfo): string {
  const bare = name.slice(name.indexOf(".") + 1);
  return label === "" || label === bare ? "" : bare;
}

export function RowHead({ parameter, target, share, open, onToggle }: RowProps) {
  const log = "log" in target && target.log;
  const percent = share === null ? null : Math.round(100 * share);
  return (
    <div class="param-head">
      <button type="button" class="param-name" aria-expanded={open} title={parameter.name} onClick={onToggle}>
        {parameter.label || parameter.name}
        <i class="chevron" aria-hidden="true" />
      </button>
      {bareName(parameter) !== "" && (
        <code class="param-code">
          <Breakable text={bareName(parameter)} at={/(?<=_)/} />
        </code>
      )}
      {log && (
        <span class="faint" title="Logarithmic scale: equal factors are equally far apart.">
          log scale
        </span>
      )}
      {percent !== null && (
        <span class="decides">
          <i class="imp" aria-hidden="true">
            <i style={{ width: `${Math.max(2, percent)}%` }} />
          </i>
          <span class="faint">{percent < 1 ? "hardly matters" : `importance ${percent}%`}</span>
        </span>
      )}
    </div>
  );
}

export function RowSide(props: RowProps & { onBelieve(): void; believing: boolean }) {
  const { parameter, range, target, belief } = props;
  const today = targetOf(range);
  const drafted = !sameTarget(target, today);
  const given = sameTarget(target, targetOf(parameter));
  const kind = drafted ? "drafted" : range.given ? "" : "steered";
  const words = targetWords(target);
  const original = isBounds(target) ? "original range" : "original choices";
  return (
    <div class="param-side">
      <button
        type="button"
        class={`range ${kind}`}
        aria-expanded={props.open}
        aria-label={`${parameter.label || parameter.name}: ${words}. ${props.open ? "Close" : "Type a range"}`}
        onClick={props.onToggle}
      >
        {words}
      </button>
      <span class={!drafted && range.given ? "faint as-given" : "faint"}>
        {drafted ? (
          <>
            {given ? `${original}; ` : ""}was {targetWords(today)}{" "}
            <button type="button" class="btn link" onClick={props.onUndraft}>
              undo
            </button>
          </>
        ) : range.given ? (
          original
        ) : (
          `originally ${targetWords(targetOf(parameter))}`
        )}
      </span>
      {belief === null ? (
        <button
          type="button"
          class="btn link quietly"
          title={TERMS.belief}
          aria-expanded={props.believing}
          onClick={props.onBelieve}
        >
          Add a belief…
        </button>
      ) : (
        <button
          type="button"
          class="btn belief"
          aria-expanded={props.believing}
          title={belief.sentence}
          onClick={props.onBelieve}
        >
          your belief: {beliefWords(belief)}, <Verdict belief={belief} />
        </button>
      )}
    </div>
  );
}

export function valueWords(
  props: Pick<RowProps, "table" | "column" | "metric">,
  index: number,
  value: unknown,
) {
  const { table, metric } = props;
  const score = formatScore(table.scores[index] ?? null, null, metric);
  return (
    <>
      <b>#{table.numbers[index]}</b>
      <span>
        {score?.value ?? "–"} at {formatSetting(value)}
      </span>
    </>
  );
}

interface ChosenProps {
  row: RowProps;
  value: unknown;
  index: number;
  fixed: boolean;
  onFix(): void;
}

/** The trial selected in a strip, with its actions. */
export function Chosen({ row, value, index, fixed, onFix }: ChosenProps) {
  const number = row.table.numbers[index] ?? 0;
  const score = formatScore(row.table.scores[index] ?? null, null, row.metric);
  return (
    <p class="chosen-line" aria-live="polite">
      <b>#{number}</b>{" "}
      <span class="mute">
        {score?.value ?? "–"} at {formatSetting(value)}
        {row.table.own[index] === 1 && ", proposed by you"}
        {row.inside[index] === 0 && ", outside the search space"}
      </span>{" "}
      {!fixed && (
        <button type="button" class="btn link" onClick={onFix}>
          fix at {formatSetting(value)}
        </button>
      )}
      <button type="button" class="btn link" onClick={() => row.onTrial(number)}>
        open #{number}
      </button>
    </p>
  );
}

export function CodeName({
  parameter,
  children,
}: {
  parameter: ParameterInfo;
  children?: ComponentChildren;
}) {
  return (
    <p class="faint code-name">
      <code>{parameter.name}</code>
      {children}
    </p>
  );
}
