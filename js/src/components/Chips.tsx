import { useId, useState } from "preact/hooks";
import type { Chip } from "../protocol/messages";
import "./Chips.css";

/** Facts about the data. A chip shows its detail on hover, and keeps it open when pressed. */
export function Chips({ chips }: { chips: readonly Chip[] }) {
  const [held, setHeld] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const id = useId();
  if (chips.length === 0) return null;
  const at = held ?? over;
  const detail = at === null ? "" : (chips[at]?.detail ?? "");
  return (
    <div class="chips">
      {chips.map((chip, i) => {
        const tone = chip.tone === "warn" ? "chip warn" : "chip";
        if (chip.detail === "") return <span class={tone}>{chip.text}</span>;
        return (
          <button
            key={chip.text}
            type="button"
            class={tone}
            title={chip.detail}
            aria-expanded={at === i}
            aria-controls={id}
            onClick={() => setHeld(held === i ? null : i)}
            onFocus={() => setOver(i)}
            onBlur={() => setOver(null)}
            onKeyDown={(event) => {
              if (event.key !== "Escape") return;
              setHeld(null);
              setOver(null);
            }}
          >
            {chip.text}
          </button>
        );
      })}
      <p id={id} class={detail === "" ? "sr" : "chip-detail"} aria-live="polite">
        {detail}
      </p>
    </div>
  );
}
