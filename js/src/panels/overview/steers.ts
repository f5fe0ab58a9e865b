import type { ActInfo, GenerationInfo } from "../../protocol/messages";

/** A change of the space as the chart wants it. */
export interface Steer {
  first: number;
  elapsed: number;
  author: "you" | "machine";
  /** Beside its line; "" for nothing. */
  text: string;
  /** Line of text, from the plot upwards. */
  level: number;
}

const NAMED = 2;

/** The changes of the space; only the last ones are labelled, so that labels fit. */
export function steersOf(generations: readonly GenerationInfo[], acts: readonly ActInfo[]): Steer[] {
  const discards = new Set(acts.filter((act) => act.kind === "discard").map((act) => act.number));
  const changes = generations.filter(
    (one) => one.number > 0 && one.first > 0 && !(one.act !== null && discards.has(one.act)),
  );
  return changes.map((one, i) => ({
    first: one.first,
    elapsed: one.elapsed,
    author: one.author,
    text: i < NAMED ? `${one.author}: ${one.title}` : "",
    level: i < NAMED ? i : 0,
  }));
}
