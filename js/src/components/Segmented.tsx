import "./Segmented.css";

interface Choice<T> {
  value: T;
  label: string;
  /** Tooltip that explains the choice. */
  title?: string | undefined;
  /** Extra class, for a colour. */
  class?: string;
}

interface Props<T> {
  /** Label for screen readers. */
  label: string;
  choices: readonly Choice<T>[];
  /** One of the values; another presses no button. */
  value: T | null;
  disabled?: boolean;
  /** Called for the chosen value too. */
  onChoose(value: T): void;
}

/** A row of buttons of which one at most is pressed. */
export function Segmented<T extends string | boolean>(props: Props<T>) {
  const { label, choices, value, disabled = false, onChoose } = props;
  return (
    <div class="seg" role="group" aria-label={label}>
      {choices.map((one) => (
        <button
          key={String(one.value)}
          type="button"
          class={one.class}
          title={one.title}
          aria-pressed={one.value === value}
          disabled={disabled}
          onClick={() => onChoose(one.value)}
        >
          {one.label}
        </button>
      ))}
    </div>
  );
}
