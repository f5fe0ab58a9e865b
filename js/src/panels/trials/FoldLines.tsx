import { useRef } from "preact/hooks";
import { useWidth } from "../../components/useWidth";
import type { MetricInfo, TrialComparison } from "../../protocol/messages";
import { formatValue, shown } from "../../words/numbers";

interface Props {
  comparison: TrialComparison;
  metric: MetricInfo;
  /** The colour of each trial. */
  colours: readonly string[];
}

const WIDEST = 640;
const LEFT = 54;
const RIGHT = 64;
const TOP = 16;
const LINE = 26;
/** Least distance of two labels. */
const LABEL = 30;

/** Places of labels, moved to the right where they would overlap. */
function apart(places: readonly (number | null)[]): (number | null)[] {
  const order = places.map((x, i) => ({ x, i })).filter((one) => one.x !== null);
  order.sort((a, b) => (a.x ?? 0) - (b.x ?? 0));
  const moved = [...places];
  let last = Number.NEGATIVE_INFINITY;
  for (const { x, i } of order) {
    last = Math.max(x ?? 0, last + LABEL);
    moved[i] = last;
  }
  return moved;
}

/** A row for each fold with a dot for each trial, so that the folds pair the trials. */
export function FoldLines({ comparison, metric, colours }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const width = Math.min(useWidth(holder, WIDEST), WIDEST);
  const { trials, folds } = comparison;
  const values = trials.map((one) =>
    one.folds.map((score) => (score === null ? null : shown(score, metric))),
  );
  const known = values.flat().filter((one) => one !== null);
  if (known.length === 0) return null;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const at = (value: number) =>
    high === low ? width / 2 : LEFT + ((value - low) / (high - low)) * (width - LEFT - RIGHT);
  const height = TOP + LINE * folds.length + 18;
  const places = folds.map((_, row) => TOP + LINE * row + LINE / 2);
  const labels = apart(values.map((scores) => (scores[0] == null ? null : at(scores[0]))));
  return (
    <div ref={holder} class="compare-folds">
      <svg
        width={width}
        height={height}
        role="img"
        aria-label="Scores by fold; the table below has the numbers"
      >
        {trials.map((one, i) => {
          const points = places.flatMap((y, row) => {
            const value = values[i]?.[row] ?? null;
            return value === null ? [] : [`${at(value)},${y}`];
          });
          return (
            <polyline
              key={one.number}
              points={points.join(" ")}
              fill="none"
              stroke={colours[i]}
              stroke-opacity={0.45}
            />
          );
        })}
        {folds.map((fold, row) => {
          const y = places[row] ?? 0;
          return (
            <g key={fold}>
              <text x={0} y={y + 4}>
                fold {fold}
              </text>
              <line x1={LEFT} x2={width - RIGHT} y1={y} y2={y} stroke="var(--line)" />
              {trials.map((one, i) => {
                const value = values[i]?.[row] ?? null;
                if (value === null) return null;
                return (
                  <g key={one.number}>
                    <circle cx={at(value)} cy={y} r={5} fill={colours[i]} stroke="var(--paper)">
                      <title>{`#${one.number}: ${formatValue(value)}`}</title>
                    </circle>
                    {row === 0 && (
                      <text x={labels[i] ?? 0} y={y - 10} text-anchor="middle">
                        #{one.number}
                      </text>
                    )}
                  </g>
                );
              })}
            </g>
          );
        })}
        <text x={LEFT} y={height - 3}>
          {formatValue(low)}
        </text>
        <text x={width - RIGHT} y={height - 3} text-anchor="end">
          {formatValue(high)}
        </text>
      </svg>
    </div>
  );
}
