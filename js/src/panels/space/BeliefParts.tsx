import { Segmented } from "../../components/Segmented";
import type { Strength } from "../../protocol/commands";
import type { BeliefInfo } from "../../protocol/messages";
import { formatSetting } from "../../words/numbers";
import { SURENESS } from "../../words/sureness";
import "./BeliefParts.css";

const STRENGTHS: readonly [Strength, string][] = [
  ["hint", "Guides the first few trials."],
  ["fair", "Guides the search until there is enough evidence."],
  ["strong", "Guides the search for long, unless the evidence contradicts it."],
];

export function beliefWords(belief: BeliefInfo): string {
  const what =
    belief.around === null
      ? belief.likely.map(formatSetting).join(" or ")
      : `about ${formatSetting(belief.around)}`;
  return `${what}, ${SURENESS[belief.strength]} sure`;
}

export function Verdict({ belief }: { belief: BeliefInfo }) {
  return <b class={`verdict-word ${belief.verdict}`}>{belief.verdict}</b>;
}

/** The verdict of the evidence on a belief, and its remaining influence. */
export function BeliefLine({ belief }: { belief: BeliefInfo }) {
  const weight = Math.round(100 * Math.min(1, Math.max(0, belief.weight)));
  return (
    <p class="belief-line">
      <Verdict belief={belief} /> <span class="mute">{belief.sentence}</span>{" "}
      <span class="faint">
        {weight >= 99
          ? "Your belief has its full influence on the search."
          : weight >= 1
            ? `Your belief still has ${weight}% of its initial influence on the search.`
            : "Your belief no longer influences the search."}
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

/** The strength of a belief, and the buttons that state or withdraw it. */
export function BeliefFoot(props: FootProps) {
  return (
    <div class="belief-foot">
      <Segmented
        label="How sure are you?"
        choices={STRENGTHS.map(([strength, sentence]) => ({
          value: strength,
          label: SURENESS[strength],
          title: sentence,
        }))}
        value={props.strength}
        onChoose={props.onStrength}
      />
      <button
        type="button"
        class="btn you small"
        disabled={props.disabled || !props.ready}
        onClick={props.onState}
      >
        {props.stated ? "Update belief" : "State belief"}
      </button>
      {props.stated && (
        <button type="button" class="btn small" disabled={props.disabled} onClick={props.onWithdraw}>
          Withdraw belief
        </button>
      )}
      <button type="button" class="btn quiet small" onClick={props.onCancel}>
        Close
      </button>
    </div>
  );
}
