import type { Author, MetricInfo } from "../protocol/messages";
import type { Row } from "../store/row";
import { formatScore } from "../words/numbers";
import { originWords } from "../words/trial";
import "./marks.css";

export function Dot({ colour }: { colour: string }) {
  return <i class="dot" style={{ "--c": colour }} aria-hidden="true" />;
}

export function By({ author }: { author: Author }) {
  return <span class={`by ${author === "you" ? "you" : "machine"}`}>{authorWords(author)}</span>;
}

/** "you", or "search". */
export const authorWords = (author: Author) => (author === "you" ? "you" : "search");

/** Where a trial comes from, in the colour of who proposed it. */
export function From({ row, brief = false }: { row: Row; brief?: boolean }) {
  const words = originWords(row);
  return (
    <span class={`by ${row.author === "you" ? "you" : "machine"}${brief ? " brief" : ""}`} title={words}>
      {words}
    </span>
  );
}

interface ScoreProps {
  score: number | null;
  std: number | null;
  metric: MetricInfo;
}

export function Score({ score, std, metric }: ScoreProps) {
  const text = formatScore(score, std, metric);
  if (text === null) return <span class="faint">–</span>;
  return (
    <span class="num">
      <b>{text.value}</b>
      {text.spread !== null && <span class="mute"> ± {text.spread}</span>}
    </span>
  );
}
