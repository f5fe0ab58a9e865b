import type { FamilyInfo, ImportanceInfo } from "../protocol/messages";
import { formatCount } from "./numbers";

const NUMBERS = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

/** A number as a word up to ten. */
export function numberWord(count: number): string {
  return NUMBERS[count] ?? formatCount(count);
}

/** The headline of the space panel: the number of varied settings, and how many of them matter. */
export function spaceHeadline(
  family: Pick<FamilyInfo, "label" | "parameters">,
  included: boolean,
  deciding: number | null,
): string {
  const count = family.parameters.length;
  const settings = `${numberWord(count)} ${count === 1 ? "setting" : "settings"}`;
  if (count === 0) return `${family.label} has no settings to search.`;
  if (!included)
    return `${family.label} is excluded; its ${settings} ${count === 1 ? "is" : "are"} not searched.`;
  if (deciding === null || deciding >= count) return `${family.label}: the search varies ${settings}.`;
  return `${family.label}: the search varies ${settings}; ${numberWord(deciding)} of them ${deciding === 1 ? "matters" : "matter"} most.`;
}

export function spaceAside(importance: ImportanceInfo | null): string {
  const early = importance !== null && Object.keys(importance.shares).length === 0;
  return `${early ? "There are too few trials to say which settings matter. " : ""}Drag the violet handles to change a range.`;
}
