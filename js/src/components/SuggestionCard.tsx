import type { FamilyInfo, Suggestion } from "../protocol/messages";
import { formatSetting } from "../words/numbers";
import { familyColour, familyLabel } from "../words/trial";
import { Dot } from "./marks";
import "./SuggestionCard.css";

interface Props {
  suggestion: Suggestion;
  families: ReadonlyMap<string, FamilyInfo>;
  disabled: boolean;
  onRun(): void;
  onChange(): void;
  onClose(): void;
}

/** A suggestion with its reason; nothing runs until the user accepts it. */
export function SuggestionCard({ suggestion, families, disabled, onRun, onChange, onClose }: Props) {
  const name = String(suggestion.config.family ?? "");
  const family = families.get(name);
  const labels = new Map(family?.parameters.map((one) => [one.name, one.label || one.name]));
  const settings = Object.entries(suggestion.config).filter(([key]) => key !== "family");
  return (
    <section class="suggestion" aria-label="Suggested configuration">
      <p>
        <Dot colour={familyColour(families, name)} />
        <b>{familyLabel(families, name)}</b> <span class="mute">{suggestion.why}</span>
      </p>
      <dl class="settings">
        {settings.map(([key, value]) => (
          <div key={key}>
            <dt title={key}>{labels.get(key) ?? key}</dt>
            <dd>{formatSetting(value)}</dd>
          </div>
        ))}
      </dl>
      <div class="foot">
        <button type="button" class="btn you" disabled={disabled} onClick={onRun}>
          Run this trial
        </button>
        <button type="button" class="btn" disabled={disabled} onClick={onChange}>
          Edit this trial…
        </button>
        <button type="button" class="btn quiet" onClick={onClose}>
          Close
        </button>
      </div>
    </section>
  );
}
