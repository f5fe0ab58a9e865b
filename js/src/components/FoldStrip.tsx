import type { FoldInfo, MetricInfo } from "../protocol/messages";
import { formatValue, shown } from "../words/numbers";
import "./FoldStrip.css";

interface Props {
  folds: readonly FoldInfo[];
  metric: MetricInfo;
  colour: string;
}

const WIDTH = 300;
const PAD = 26;

/** One dot a fold on a common scale, with the mean and one standard deviation to each side. */
export function FoldStrip({ folds, metric, colour }: Props) {
  const values = folds.map((fold) => shown(fold.score, metric));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const std = Math.sqrt(variance);
  const low = Math.min(...values, mean - std);
  const high = Math.max(...values, mean + std);
  const flat = high - low < 1e-12;
  const at = (value: number) => (flat ? WIDTH / 2 : PAD + ((value - low) / (high - low)) * (WIDTH - 2 * PAD));
  const said = values.map(formatValue).join(", ");
  return (
    <svg class="folds" viewBox={`0 0 ${WIDTH} 50`} role="img" aria-label={`Scores by fold: ${said}`}>
      <line x1={PAD} x2={WIDTH - PAD} y1={22} y2={22} stroke="var(--line-2)" />
      {values.length > 1 && (
        <rect
          x={at(mean - std)}
          y={14}
          width={Math.max(2, at(mean + std) - at(mean - std))}
          height={16}
          rx={3}
          fill="var(--paper-3)"
        />
      )}
      <line x1={at(mean)} x2={at(mean)} y1={10} y2={34} stroke="var(--ink)" stroke-width={1.5} />
      {values.map((value, i) => (
        <circle key={folds[i]?.fold} cx={at(value)} cy={22} r={4.5} fill={colour} stroke="var(--paper)">
          <title>{`fold ${folds[i]?.fold ?? i + 1}: ${formatValue(value)}`}</title>
        </circle>
      ))}
      {flat ? (
        <text x={WIDTH / 2} y={47} text-anchor="middle">
          {formatValue(mean)}
        </text>
      ) : (
        <>
          <text x={PAD - 4} y={47} text-anchor="start">
            {formatValue(low)}
          </text>
          <text x={WIDTH - PAD + 4} y={47} text-anchor="end">
            {formatValue(high)}
          </text>
        </>
      )}
    </svg>
  );
}
