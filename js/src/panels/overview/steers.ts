import type { ActInfo } from "../../protocol/messages";

/** A change of the search as the chart wants it. */
export interface Steer {
  first: number;
  elapsed: number;
  author: "you" | "machine";
  /** The number of its flag. */
  text: string;
  /** Line of text, from the plot upwards. */
  level: number;
}

/** A change of the search with the number of its flag in the chart. */
export interface Flag {
  flag: number;
  author: "you" | "machine";
  title: string;
}

const LISTED = 6;

/** The changes of the search, oldest first. */
const changesOf = (acts: readonly ActInfo[]) => acts.filter((act) => act.change).toReversed();

/** Changes closer than this share of all trials have one label, which would overlap otherwise. */
const NEAR = 0.03;

/** The changes of the search, newest first, as numbered flags, newest first. */
export function steersOf(acts: readonly ActInfo[], trials: number): Steer[] {
  const made: Steer[] = [];
  let [begins, flag] = [0, 0];
  for (const { first, elapsed, author } of changesOf(acts)) {
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
export function flags(acts: readonly ActInfo[]): Flag[] {
  return changesOf(acts)
    .map((one, i) => ({ flag: i + 1, author: one.author, title: one.title }))
    .slice(-LISTED);
}
