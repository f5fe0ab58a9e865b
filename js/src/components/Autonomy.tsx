import { LEVELS, type Level } from "../words/autonomy";
import "./Autonomy.css";

interface Props {
  level: Level;
  disabled: boolean;
  onLevel(level: Level): void;
}

/** Who has the wheel. A row of three, a list where there is no room. */
export function Autonomy({ level, disabled, onLevel }: Props) {
  return (
    <div class="autonomy">
      <div class="seg" role="group" aria-label="Who drives?">
        {LEVELS.map((one) => (
          <button
            key={one.level}
            type="button"
            class={`level-${one.level}`}
            aria-pressed={one.level === level}
            title={one.sentence}
            disabled={disabled}
            onClick={() => one.level !== level && onLevel(one.level)}
          >
            {one.label}
          </button>
        ))}
      </div>
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
    </div>
  );
}
