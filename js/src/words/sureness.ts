import type { Strength } from "../protocol/commands";

/** Strengths as answers to "How sure are you?". */
export const SURENESS: Readonly<Record<Strength, string>> = {
  hint: "slightly",
  fair: "fairly",
  strong: "very",
};
