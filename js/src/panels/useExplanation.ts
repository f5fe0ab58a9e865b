import { useEffect, useRef } from "preact/hooks";
import type { ViewInfo } from "../protocol/messages";
import type { Explanation, Explanations, Options } from "../store/explanations";

export interface Followed {
  explanation: Explanation;
  /** The answer; until it is there, the one to the options before. */
  info: ViewInfo | null;
  /** True if the answer is to the options before. */
  stale: boolean;
}

/** Asks for an explanation while a component is in sight; another one is asked when its options change. */
export function useExplanation(
  explanations: Explanations,
  name: string,
  options: Options,
  stamp: number,
  asks: boolean,
): Followed {
  const explanation = explanations.of(name, options).value;
  const chosen = useRef(options);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new stamp alone asks nothing
  useEffect(() => {
    if (!asks) return;
    explanations.want(name, options, stamp, chosen.current !== options);
    chosen.current = options;
  }, [explanations, name, options, asks]);
  useEffect(() => () => explanations.leave(name, options), [explanations, name, options]);
  const last = useRef<ViewInfo | null>(null);
  if (explanation.info !== null) last.current = explanation.info;
  return {
    explanation,
    info: explanation.info ?? last.current,
    stale: explanation.info === null && last.current !== null,
  };
}
