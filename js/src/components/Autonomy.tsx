import { LEVELS, type Level } from "../words/autonomy";
import { Segmented } from "./Segmented";
import "./Autonomy.css";

interface Props {
  level: Level;
  disabled: boolean;
  onLevel(level: Level): void;
}

/** The autonomy level: three buttons, or a list where space is short. */
export function Autonomy({ level, disabled, onLevel }: Props) {
  return (
    <div class="autonomy">
      <Segmented
        label="Who drives?"
        choices={LEVELS.map((one) => ({
          value: one.level,
          label: one.label,
          title: one.sentence,
          class: `level-${one.level}`,
        }))}
        value={level}
        disabled={disabled}
        onChoose={(next) => next !== level && onLevel(next)}
      />
      <select
        class={`field level-${level}`}
        aria-label="Who drives?"
        title={LEVELS.find((one) => one.level === level)?.sentence}
        value={level}
        disabled={disabled}
        onChange={(event) => onLevel(event.currentTarget.value as Level)}
      >
        {LEVELS.map((one) => (
          <option key={one.level} value={one.level}>
            {one.label}
          </option>
        ))}
      </select>
      <p class="autonomy-says">{LEVELS.find((one) => one.level === level)?.says}</p>
    </div>
  );
}
