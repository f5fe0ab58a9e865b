import type { HistoryRow, SessionInfo } from "../../protocol/messages";
import type { Row } from "../../store/row";
import type { SessionStore } from "../../store/session";
import { formatDuration, formatValue, shown } from "../../words/numbers";
import { numberWord } from "../../words/space";
import "./ScoreCurve.css";

interface Props {
  store: SessionStore;
  session: SessionInfo;
  history: readonly HistoryRow[];
}

const WIDTH = 600;
const HEIGHT = 44;

export interface Step {
  at: number;
  score: number;
}

/** Each new best score with its time; trials that do not count today are left out. */
export function bestSteps(rows: Iterable<Row>, counts: (number: number) => boolean): Step[] {
  const ended = [...rows].filter(
    (row) =>
      row.state === "complete" && row.origin !== "baseline" && row.score !== null && counts(row.number),
  );
  ended.sort((a, b) => (a.finishedAt ?? 0) - (b.finishedAt ?? 0));
  const steps: Step[] = [];
  for (const { finishedAt, score } of ended) {
    if (finishedAt === null || score === null) continue;
    const best = steps.at(-1)?.score ?? Number.NEGATIVE_INFINITY;
    if (score > best) steps.push({ at: finishedAt, score });
  }
  return steps;
}

/** What the dashed lines mark; changes at about the same time share a line. */
export function marksWords(changes: number, lines: number): string {
  if (lines > 1) return "Dashed lines mark your changes.";
  return `The dashed line marks your ${changes === 1 ? "change" : `${numberWord(changes)} changes`}.`;
}

/** The best score over the time of the search, with a mark at each change by the user. */
export function ScoreCurve({ store, session, history }: Props) {
  store.version.value;
  const grey = store.grey.value;
  const earlier = store.past.value.size > 0;
  const steps = bestSteps(store.rows.values(), (number) => !grey.has(number));
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined || steps.length < 2) return null;
  const end = Math.max(last.at, ...history.map((row) => row.elapsed), 1);
  const x = (seconds: number) => (seconds / end) * WIDTH;
  const y = (score: number) =>
    HEIGHT - 4 - ((score - first.score) / (last.score - first.score)) * (HEIGHT - 10);
  const path = steps.map(({ at, score }, i) => (i === 0 ? `M${x(at)},${y(score)}` : `H${x(at)}V${y(score)}`));
  const yours = history.filter((row) => row.author === "you" && row.act !== null);
  const places = new Set(yours.map((row) => Math.round(x(row.elapsed) / 3)));
  const [from, to] = [first, last].map((one) => formatValue(shown(one.score, session.metric)));
  return (
    <figure class="score-curve">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {yours.map((row) => (
          <line key={row.seq} class="yours" x1={x(row.elapsed)} x2={x(row.elapsed)} y1={0} y2={HEIGHT} />
        ))}
        <path d={`${path.join("")}H${WIDTH}`} />
      </svg>
      <figcaption class="mute">
        {earlier
          ? `On the current data, the best ${session.metric.label} went from ${from} to ${to}; earlier results are left out.`
          : `The best ${session.metric.label} went from ${from} to ${to} in ${formatDuration(Math.round(end))}.`}
        {yours.length > 0 && <span class="you-ink"> {marksWords(yours.length, places.size)}</span>}
      </figcaption>
    </figure>
  );
}
