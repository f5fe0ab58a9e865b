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

/** Changes closer than this share of all trials have one label, which would overlap otherwise. */
const NEAR = 0.03;

/** The changes of the space as numbered flags, newest first. */
export function steersOf(
  generations: readonly GenerationInfo[],
  acts: readonly ActInfo[],
  trials: number,
): Steer[] {
  const made: Steer[] = [];
  let [begins, flag] = [0, 0];
  for (const { first, elapsed, author } of changes(generations, acts)) {
    flag += 1;
    const label = made[begins];
    const near = label !== undefined && first - label.first <= NEAR * trials;
    if (near) label.text = spanWords(begins + 1, flag);
    else begins = made.length;
    made.push({ first, elapsed, author, text: near ? "" : String(flag), level: 0 });
  }
  return made.toReversed();
}

const spanWords = (from: number, to: number) => (to === from + 1 ? `${from}, ${to}` : `${from}–${to}`);

/** The words of the newest flags, in the order of the flags. */
export function flags(generations: readonly GenerationInfo[], acts: readonly ActInfo[]): Flag[] {
  return changes(generations, acts)
    .map((one, i) => ({ flag: i + 1, author: one.author, title: one.title }))
    .slice(-LISTED);
}
