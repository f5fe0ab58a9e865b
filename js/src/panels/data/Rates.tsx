import { useState } from "preact/hooks";
import { CodeLine, CodeToggle } from "../../components/Copy";
import type { RatesInfo } from "../../protocol/messages";
import { formatCount, formatValue } from "../../words/numbers";
import "./Rates.css";

interface Props {
  rates: RatesInfo;
  name: string;
  /** True where values have an order: they are drawn from left to right. */
  ordered: boolean;
  onClass(of: string): void;
}

interface Bar {
  label: string;
  rows: number;
  value: number | null;
  low: number;
  high: number;
}

/** The target by the values of a column: share or mean with its 95% interval, and the rows behind it. */
export function Rates({ rates, name, ordered, onClass }: Props) {
  const [code, setCode] = useState(false);
  const bars: Bar[] = rates.labels.map((label, i) => {
    const value = rates.values[i] ?? null;
    return {
      label,
      rows: rates.rows[i] ?? 0,
      value,
      low: rates.low[i] ?? value ?? 0,
      high: rates.high[i] ?? value ?? 0,
    };
  });
  const share = rates.of !== "";
  const text = (value: number) => (share ? percent(value) : formatValue(value));
  const known = bars.filter((one) => one.value !== null);
  if (known.length === 0) return null;
  const floor = share ? 0 : Math.min(rates.overall, ...known.map((one) => one.low));
  const top = Math.max(rates.overall, ...known.map((one) => one.high));
  const place = (value: number) => (top > floor ? (100 * (value - floor)) / (top - floor) : 50);
  const said = (one: Bar) =>
    one.value === null
      ? "too few rows"
      : `${text(one.value)} (95% interval ${text(one.low)} to ${text(one.high)})`;
  const drawn = { bars, place, said, text, overall: rates.overall };
  return (
    <section class="rates" aria-labelledby="hitl-q-rates">
      <div class="card-head">
        <h4 id="hitl-q-rates">{`${rates.what.charAt(0).toUpperCase()}${rates.what.slice(1)}`}</h4>
        <CodeToggle shown={code} onToggle={setCode} />
      </div>
      {code && <CodeLine code={rates.python} label="Copy" />}
      {rates.classes.length > 0 && (
        <select
          class="field"
          aria-label="Class whose share is shown"
          value={rates.of}
          onChange={(event) => onClass(event.currentTarget.value)}
        >
          {rates.classes.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      )}
      {rates.sentence !== "" && <p>{rates.sentence}</p>}
      {ordered ? <Along {...drawn} name={name} what={rates.what} /> : <Listed {...drawn} />}
      <p class="faint rates-key">
        With 95% intervals, on {formatCount(rates.total)} rows of the search. Dashed line: all of these rows,{" "}
        {text(rates.overall)}.
      </p>
    </section>
  );
}

interface Drawn {
  bars: readonly Bar[];
  /** Place of a value on the axis, in per cent. */
  place(value: number): number;
  said(bar: Bar): string;
  text(value: number): string;
  overall: number;
}

/** A line for each category: its share of rows, and the target. */
function Listed({ bars, place, said, text, overall }: Drawn) {
  return (
    <ul class="rate-list">
      {bars.map((one, i) => (
        <li key={i} title={`${one.label}: ${formatCount(one.rows)} rows, ${said(one)}`}>
          <span class="rate-label">{one.label}</span>
          <span class="num faint">{formatCount(one.rows)}</span>
          <i class="rate-axis" aria-hidden="true">
            <i class="rate-overall" style={{ left: `${place(overall)}%` }} />
            {one.value !== null && (
              <>
                <i
                  class="rate-interval"
                  style={{ left: `${place(one.low)}%`, width: `${place(one.high) - place(one.low)}%` }}
                />
                <i class="rate-dot" style={{ left: `${place(one.value)}%` }} />
              </>
            )}
          </i>
          <span class="num">{one.value === null ? "–" : text(one.value)}</span>
        </li>
      ))}
    </ul>
  );
}

/** A column for each bin of ordered values, under the bins of the histogram; values without a place are listed. */
function Along(props: Drawn & { name: string; what: string }) {
  const { bars, place, said, text, overall, name, what } = props;
  const apart = bars.filter((one) => one.label === "missing" || one.label === "all others");
  const bins = bars.filter((one) => !apart.includes(one));
  const known = bins.filter((one) => one.value !== null);
  if (known.length === 0) return <Listed {...props} bars={apart} />;
  const wide = Math.max(bins.length, 4);
  const most = known.reduce((a, b) => ((b.value ?? 0) > (a.value ?? 0) ? b : a));
  const least = known.reduce((a, b) => ((b.value ?? 0) < (a.value ?? 0) ? b : a));
  return (
    <>
      <figure class="rate-along">
        <div
          role="img"
          aria-label={`The ${what} by ${name}: from ${text(least.value ?? 0)} at ${least.label} to ${text(most.value ?? 0)} at ${most.label}`}
        >
          <i class="rate-overall" style={{ bottom: `${place(overall)}%` }} />
          {bins.map((one, i) => (
            <i
              key={one.label}
              class="rate-bin"
              style={{ left: `${(100 * i) / wide}%`, width: `${100 / wide}%` }}
              title={`${one.label}: ${formatCount(one.rows)} rows, ${said(one)}`}
            >
              {one.value !== null && (
                <>
                  <i
                    class="rate-interval"
                    style={{ bottom: `${place(one.low)}%`, height: `${place(one.high) - place(one.low)}%` }}
                  />
                  <i class="rate-dot" style={{ bottom: `${place(one.value)}%` }} />
                </>
              )}
            </i>
          ))}
        </div>
        <figcaption>
          <span>{bins[0]?.label}</span>
          <span>{bins.at(-1)?.label}</span>
        </figcaption>
      </figure>
      {apart.length > 0 && <Listed {...props} bars={apart} />}
      <details class="rate-table">
        <summary>Show as a table</summary>
        <Listed {...props} bars={bins} />
      </details>
    </>
  );
}

const percent = (value: number) => {
  const hundred = 100 * value;
  return `${hundred > 0 && hundred < 9.95 ? hundred.toFixed(1) : Math.round(hundred)}%`;
};
