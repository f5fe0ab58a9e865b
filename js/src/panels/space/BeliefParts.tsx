import type { Strength } from "../../protocol/commands";
import type { BeliefInfo } from "../../protocol/messages";
import { formatSetting } from "../../words/numbers";
import "./BeliefParts.css";

const STRENGTHS: readonly [Strength, string][] = [
  ["hint", "It may lead a few trials."],
  ["fair", "It leads for a while, then the evidence does."],
  ["strong", "It leads long, unless the evidence speaks against it."],
];

export function beliefWords(belief: BeliefInfo): string {
  const what =
    belief.around === null
      ? belief.likely.map(formatSetting).join(" or ")
      : `about ${formatSetting(belief.around)}`;
  return `${what}, ${belief.strength}`;
}

export function Verdict({ belief }: { belief: BeliefInfo }) {
  return <b class={`verdict-word ${belief.verdict}`}>{belief.verdict}</b>;
}

/** What the evidence says to a belief, and how much it still leads. */
export function BeliefLine({ belief }: { belief: BeliefInfo }) {
  const weight = Math.round(100 * Math.min(1, Math.max(0, belief.weight)));
  return (
    <p class="belief-line">
      <Verdict belief={belief} /> <span class="mute">{belief.sentence}</span>{" "}
      <span class="faint">
        {weight >= 99
          ? "It leads with its full weight."
          : weight >= 1
            ? `It still leads with ${weight} % of its weight.`
            : "It no longer leads."}
      </span>
    </p>
  );
}

interface FootProps {
  strength: Strength;
  /** Something is chosen, so that it can be stated. */
  ready: boolean;
  /** There is a belief to take back. */
  stated: boolean;
  disabled: boolean;
  onStrength(strength: Strength): void;
  onState(): void;
  onWithdraw(): void;
  onCancel(): void;
}

/** How sure the person is, and the buttons that state a belief or take it back. */
export function BeliefFoot(props: FootProps) {
  return (
    <div class="belief-foot">
      <div class="seg" role="group" aria-label="How sure are you?">
        {STRENGTHS.map(([strength, sentence]) => (
          <button
            key={strength}
            type="button"
            title={sentence}
            aria-pressed={strength === props.strength}
            onClick={() => props.onStrength(strength)}
          >
            {strength}
          </button>
        ))}
      </div>
      <button
        type="button"
        class="btn you small"
        disabled={props.disabled || !props.ready}
        onClick={props.onState}
      >
        {props.stated ? "State it anew" : "State it"}
      </button>
      {props.stated && (
        <button type="button" class="btn small" disabled={props.disabled} onClick={props.onWithdraw}>
          Withdraw
        </button>
      )}
      <button type="button" class="btn quiet small" onClick={props.onCancel}>
        Close
      </button>
    </div>
  );
}
