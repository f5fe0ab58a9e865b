import type { ActInfo, GenerationInfo } from "../../protocol/messages";

/** A change of the space as the chart wants it. */
export interface Steer {
  first: number;
  elapsed: number;
  author: "you" | "machine";
  /** The number of its flag. */
  text: string;
  /** Line of text, from the plot upwards. */
  level: number;
}

/** A change of the space with the number of its flag in the chart. */
export interface Flag {
  flag: number;
  author: "you" | "machine";
  title: string;
}

const LISTED = 6;

/** The changes of the space that the chart marks, oldest first. */
function changes(generations: readonly GenerationInfo[], acts: readonly ActInfo[]): GenerationInfo[] {
  const discards = new Set(acts.filter((act) => act.kind === "discard").map((act) => act.number));
  return generations
    .filter((one) => one.number > 0 && one.first > 0 && !(one.act !== null && discards.has(one.act)))
    .toReversed();
}

/** The changes of the space as numbered flags, newest first. */
export function steersOf(generations: readonly GenerationInfo[], acts: readonly ActInfo[]): Steer[] {
  return changes(generations, acts)
    .map((one, i) => ({
      first: one.first,
      elapsed: one.elapsed,
      author: one.author,
      text: String(i + 1),
      level: 0,
    }))
    .toReversed();
}

/** The words of the newest flags, in the order of the flags. */
export function flags(generations: readonly GenerationInfo[], acts: readonly ActInfo[]): Flag[] {
  return changes(generations, acts)
    .map((one, i) => ({ flag: i + 1, author: one.author, title: one.title }))
    .slice(-LISTED);
}
