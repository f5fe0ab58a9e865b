import type { CardInfo, DifferenceInfo, PairInfo } from "../protocol/messages";
import { Dot } from "./marks";
import "./Versus.css";

interface Props {
  pair: PairInfo;
  /** Name of the metric, which gets a separate line if it is not among the facts. */
  metric: string;
  onOpen(number: number): void;
}

const hueOf = (colour: string) =>
  /^[a-z0-9-]+$/i.test(colour) ? `var(--f-${colour}, var(--f-base))` : "var(--f-base)";

const WORDS: Record<DifferenceInfo["better"], string> = {
  a: "A is better",
  b: "B is better",
  equal: "no measurable difference",
  unknown: "not known yet",
};

/** Two trials side by side, with their differences in words between them. */
export function Versus({ pair, metric, onOpen }: Props) {
  const { a, b, differences } = pair;
  const scored = [a, b].some((card) => card.facts.some((fact) => fact.name === metric));
  const settings = a.settings.length > 0 || b.settings.length > 0;
  return (
    <table class="versus" aria-label={pair.sentence}>
      <thead>
        <tr>
          <Head letter="A" card={a} scored={scored} onOpen={onOpen} />
          <td class="mid" />
          <Head letter="B" card={b} scored={scored} onOpen={onOpen} />
        </tr>
      </thead>
      <tbody>
        {differences.map((one) => (
          <tr key={one.name}>
            <Value side="a" card={a} difference={one} />
            <th scope="row" class={`mid ${one.better}`}>
              <span class="mid-label">{one.label}</span>
              <span class="mid-text">
                {one.better === "a" && <i aria-hidden="true">◂ </i>}
                {one.better === "a" || one.better === "b"
                  ? `${one.better.toUpperCase()}: ${one.text}`
                  : one.text}
                {one.better === "b" && <i aria-hidden="true"> ▸</i>}
              </span>
              <span class="sr">{WORDS[one.better]}</span>
            </th>
            <Value side="b" card={b} difference={one} />
          </tr>
        ))}
        {settings && (
          <tr class="set">
            <td class="vs a">
              <Settings settings={a.settings} />
            </td>
            <th scope="row" class="mid">
              <span class="mid-label">settings</span>
            </th>
            <td class="vs b">
              <Settings settings={b.settings} />
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

interface HeadProps {
  letter: "A" | "B";
  card: CardInfo;
  /** True if the score is among the facts. */
  scored: boolean;
  onOpen(number: number): void;
}

function Head({ letter, card, scored, onOpen }: HeadProps) {
  return (
    <th scope="col" class={`vs head ${letter.toLowerCase()}`}>
      <span class="vs-name">
        <b class="letter">{letter}</b>
        <Dot colour={hueOf(card.colour)} />
        <button
          type="button"
          class="open-trial"
          title={`Open trial ${card.number}`}
          onClick={() => onOpen(card.number)}
        >
          {card.label} <span class="faint">#{card.number}</span>
        </button>
      </span>
      {!scored && <span class="mute num">{card.score}</span>}
    </th>
  );
}

interface ValueProps {
  side: "a" | "b";
  card: CardInfo;
  difference: DifferenceInfo;
}

function Value({ side, card, difference }: ValueProps) {
  const better = difference.better === side;
  const text = card.facts.find((fact) => fact.name === difference.name)?.text ?? "";
  return (
    <td class={`vs ${side} ${better ? "better" : ""}`}>
      <span class="value">{text}</span>
      {better && <span class="tag">better</span>}
    </td>
  );
}

function Settings({ settings }: { settings: readonly string[] }) {
  const text = settings.length === 0 ? "all settings at their defaults" : settings.join(" · ");
  return (
    <span class="vs-settings" title={text}>
      {text}
    </span>
  );
}
