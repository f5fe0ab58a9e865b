import type { MetricInfo } from "../protocol/messages";
import type { Row } from "../store/row";
import { formatScore, formatValue, shown } from "../words/numbers";
import { along, type ScoreAxis } from "../words/scoreAxis";
import "./Interval.css";

interface Props {
  row: Row;
  axis: ScoreAxis;
  metric: MetricInfo;
  colour: string;
}

const percent = (share: number) => `${100 * Math.min(1, Math.max(0, share))}%`;

/** The score of a trial as a dot with one standard deviation to each side, on the axis of all trials. */
export function Interval({ row, axis, metric, colour }: Props) {
  if (row.score === null) return null;
  const value = shown(row.score, metric);
  const at = along(axis, value);
  const text = formatScore(row.score, row.std, metric);
  const said =
    text?.spread == null ? text?.value : `${text.value} ± ${text.spread} (SD over ${row.folds} folds)`;
  const complete = row.state === "complete";
  const from = along(axis, value - (row.std ?? 0));
  const to = along(axis, value + (row.std ?? 0));
  const beyond = at < 0 || at > 1;
  return (
    <span class="iv" title={beyond ? `${said}, beyond the end of the axis` : said}>
      <i class="iv-best" style={{ left: percent(along(axis, axis.best)) }} />
      {beyond ? (
        <i class={at < 0 ? "iv-beyond" : "iv-beyond right"}>{at < 0 ? "◂" : "▸"}</i>
      ) : (
        <>
          {complete && row.std !== null && (
            <i
              class="iv-span"
              style={{ left: percent(from), right: `calc(100% - ${percent(to)})`, "--c": colour }}
            />
          )}
          <i class={complete ? "iv-dot" : "iv-dot open"} style={{ left: percent(at), "--c": colour }} />
        </>
      )}
    </span>
  );
}

/** The ends of the axis, in the head of the column. */
export function AxisEnds({ axis, label }: { axis: ScoreAxis; label: string }) {
  return (
    <span class="iv-ends">
      <span class="num">{formatValue(axis.low)}</span>
      <span>{label}</span>
      <span class="num">{formatValue(axis.high)}</span>
    </span>
  );
}
