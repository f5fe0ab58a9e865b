import { useState } from "preact/hooks";
import { Dot } from "../../components/marks";
import { type Command, commands, type Strength } from "../../protocol/commands";
import type { BeliefInfo, FamilyInfo, MetricInfo } from "../../protocol/messages";
import { formatCount, formatScore } from "../../words/numbers";
import { TERMS } from "../../words/terms";
import { familyColour } from "../../words/trial";
import { BeliefFoot, BeliefLine } from "./BeliefParts";
import { OwnLearner } from "./OwnLearner";
import "./FamilyChips.css";

export interface FamilyFacts {
  trials: number;
  best: number | null;
}

interface Props {
  families: readonly FamilyInfo[];
  byName: ReadonlyMap<string, FamilyInfo>;
  facts: ReadonlyMap<string, FamilyFacts>;
  metric: MetricInfo;
  today: readonly string[];
  /** Families that the draft includes or excludes. */
  drafted: Readonly<Record<string, boolean>>;
  belief: BeliefInfo | null;
  disabled: boolean;
  onInclude(name: string, included: boolean): void;
  act(command: Command): Promise<unknown>;
}

interface Believing {
  likely: readonly string[];
  strength: Strength;
}

/** Which models are tried: a chip takes one in or out, into the draft. */
export function FamilyChips(props: Props) {
  const { families, today, drafted, belief, disabled } = props;
  const [believing, setBelieving] = useState<Believing | null>(null);
  const [adding, setAdding] = useState(false);
  const likely: readonly unknown[] = believing?.likely ?? belief?.likely ?? [];
  return (
    <section class="families" aria-label="Which models are tried?">
      <div class="chips">
        {families.map((family) => {
          const included = drafted[family.name] ?? today.includes(family.name);
          const ticked = likely.includes(family.name);
          const facts = factsWords(props.facts.get(family.name), props.metric);
          const dot = <Dot colour={included ? familyColour(props.byName, family.name) : "var(--f-base)"} />;
          if (believing !== null) {
            return (
              <label key={family.name} class="chip family">
                <input
                  type="checkbox"
                  checked={ticked}
                  onChange={() => {
                    const others = believing.likely.filter((one) => one !== family.name);
                    setBelieving({ ...believing, likely: ticked ? others : [...others, family.name] });
                  }}
                />
                {dot}
                {family.label}
              </label>
            );
          }
          const changed = drafted[family.name] !== undefined;
          const stays = family.baseline && included;
          const click = stays
            ? "Always included: every score is compared with it."
            : included
              ? "Click to exclude."
              : "Click to include.";
          return (
            <button
              key={family.name}
              type="button"
              class={`chip family ${included ? "" : "out"} ${changed ? "changed" : ""}`}
              aria-pressed={included}
              aria-label={`${family.label}: ${included ? "included" : "excluded"}. ${facts}`}
              title={`${facts} ${click}`}
              disabled={disabled || stays}
              onClick={() => props.onInclude(family.name, !included)}
            >
              {dot}
              <span class="word">{family.label}</span>
              {ticked && (
                <i class="star" role="img" aria-label="likely, by your belief" title="likely, by your belief">
                  ★
                </i>
              )}
              {included && (
                <span class="check" aria-hidden="true">
                  ✓
                </span>
              )}
            </button>
          );
        })}
        <button type="button" class="chip add" aria-expanded={adding} onClick={() => setAdding(!adding)}>
          + Add your own learner…
        </button>
        {believing === null && (
          <button
            type="button"
            class="btn link quietly"
            title={TERMS.belief}
            onClick={() =>
              setBelieving({
                likely: (belief?.likely ?? []).map(String),
                strength: belief?.strength ?? "fair",
              })
            }
          >
            {belief === null ? "Mark the models you expect to do best…" : "Change your belief…"}
          </button>
        )}
      </div>
      {belief !== null && <BeliefLine belief={belief} />}
      {believing !== null && (
        <div class="believing">
          <p>
            Tick the models that you expect to be best.{" "}
            <span class="mute">The search tries them more often until the evidence contradicts it.</span>
          </p>
          <BeliefFoot
            strength={believing.strength}
            ready={believing.likely.length > 0}
            stated={belief !== null}
            disabled={disabled}
            onStrength={(strength) => setBelieving({ ...believing, strength })}
            onState={async () => {
              const { likely: chosen, strength } = believing;
              const done = await props.act(
                commands.believe({ about: "family", likely: [...chosen], strength }),
              );
              if (done !== null) setBelieving(null);
            }}
            onWithdraw={async () => {
              if ((await props.act({ type: "withdraw", about: "family" })) !== null) setBelieving(null);
            }}
            onCancel={() => setBelieving(null)}
          />
        </div>
      )}
      {adding && <OwnLearner onClose={() => setAdding(false)} />}
    </section>
  );
}

function factsWords(facts: FamilyFacts | undefined, metric: MetricInfo): string {
  if (facts === undefined || facts.trials === 0) return "No trials yet.";
  const trials = `${formatCount(facts.trials)} ${facts.trials === 1 ? "trial" : "trials"}`;
  const best = formatScore(facts.best, null, metric);
  return best === null ? `${trials}.` : `${trials}, best ${best.value}.`;
}
