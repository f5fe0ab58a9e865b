import type { ViewOffer } from "../../protocol/messages";

/** A question of the index: a view, or the comparison of groups. */
export interface Question {
  name: string;
  question: string;
}

export interface Topic {
  heading: string;
  questions: readonly Question[];
}

/** The name of the comparison of groups, which is no view. */
export const GROUPS = "groups";

const OF_GROUPS: Question = { name: GROUPS, question: "Does the model make more errors for some groups?" };
/** The question after which that of groups is listed. */
const BEFORE_GROUPS = "slices";

/** The offered views under their headings; where rows form groups, with the question about them. */
export function topicsOf(offers: readonly ViewOffer[], grouped: boolean): Topic[] {
  const topics = new Map<string, Question[]>();
  for (const { name, topic, question } of offers) {
    const own = topics.get(topic) ?? [];
    topics.set(topic, own);
    own.push({ name, question });
    if (name === BEFORE_GROUPS && grouped) own.push(OF_GROUPS);
  }
  return [...topics].map(([heading, questions]) => ({ heading, questions }));
}
