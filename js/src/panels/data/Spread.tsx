import type { DistributionInfo } from "../../protocol/messages";
import { sharesWords, shareWords } from "../../words/data";
import { formatCount } from "../../words/numbers";
import "./Spread.css";

/** A small picture of how values are spread: one path, so that many rows stay cheap. */
export function Sparks({ bars }: { bars: readonly number[] }) {
  if (bars.length === 0) return <span class="faint">–</span>;
  const wide = Math.max(bars.length, 6);
  const path = bars
    .map((height, i) => (height > 0 ? `M${i + 0.08} 100V${100 - Math.min(100, height)}h.84V100Z` : ""))
    .join("");
  return (
    <svg class="sparks" viewBox={`0 0 ${wide} 100`} preserveAspectRatio="none" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

/** How values are spread, with words: bars by name for categories, standing ones for numbers. */
export function Spread({ spread, name }: { spread: DistributionInfo; name: string }) {
  const total = spread.counts.reduce((sum, one) => sum + one, spread.below + spread.above + spread.other);
  if (total === 0 || spread.counts.length === 0) return <p class="faint">No values.</p>;
  if (spread.kind === "categories") return <Levels spread={spread} total={total} />;
  const most = Math.max(...spread.counts);
  const { labels, counts } = spread;
  const first = labels[0]?.split(" to ")[0] ?? "";
  const last = labels.at(-1)?.split(" to ").at(-1) ?? "";
  const beyond = [
    spread.below > 0 ? `${formatCount(spread.below)} below` : "",
    spread.above > 0 ? `${formatCount(spread.above)} above` : "",
  ].filter((words) => words !== "");
  return (
    <figure class="spread">
      <svg
        viewBox={`0 0 ${Math.max(counts.length, 4)} 100`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Values of ${name} from ${first} to ${last}`}
      >
        {counts.map((count, i) => (
          <g key={labels[i]}>
            <title>{`${labels[i] ?? ""}: ${formatCount(count)} rows, ${shareWords(count, total) || "none"}`}</title>
            <rect class="reach" x={i} y={0} width={1} height={100} />
            <rect
              class="bar-of"
              x={i + 0.06}
              width={0.88}
              y={100 - (97 * count) / most}
              height={(97 * count) / most}
            />
          </g>
        ))}
      </svg>
      <figcaption>
        <span>{first}</span>
        <span>{last}</span>
      </figcaption>
      {spread.kind === "lengths" && <p class="faint">Length of the texts in letters.</p>}
      {beyond.length > 0 && <p class="faint">Not drawn, far from the others: {beyond.join(", ")}.</p>}
    </figure>
  );
}

function Levels({ spread, total }: { spread: DistributionInfo; total: number }) {
  const most = Math.max(...spread.counts, spread.other, 1);
  const bars = spread.labels.map((label, i) => ({ label, count: spread.counts[i] ?? 0, rest: false }));
  if (spread.other > 0) bars.push({ label: "all others", count: spread.other, rest: true });
  const shares = sharesWords(
    bars.map((one) => one.count),
    total,
  );
  return (
    <ul class="levels">
      {bars.map(({ label, count, rest }, i) => (
        <li key={i}>
          <span class={rest ? "faint" : ""} title={label}>
            {label}
          </span>
          <i aria-hidden="true">
            <i class={rest ? "rest" : ""} style={{ width: `${(100 * count) / most}%` }} />
          </i>
          <span class="num mute">{shares[i]}</span>
        </li>
      ))}
    </ul>
  );
}
