import type { WarningInfo } from "../../protocol/messages";
import { SEVERITY } from "../../words/data";
import "./Severity.css";

const SHAPES: Readonly<Record<WarningInfo["severity"], string>> = {
  high: "M5 0.8H11L15.2 5V11L11 15.2H5L0.8 11V5Z",
  medium: "M8 1.2L15.4 14.6H0.6Z",
  low: "M8 1.2A6.8 6.8 0 1 1 7.99 1.2Z",
};

/** How grave a warning is, in shape and word; the word may be left to the reader of the label. */
export function Severity({ of, mute = false }: { of: WarningInfo["severity"]; mute?: boolean }) {
  return (
    <span class={`severity ${of}`}>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <path d={SHAPES[of]} />
        <rect x="7.1" y={of === "medium" ? 5.6 : 4.2} width="1.8" height="5" rx="0.8" />
        <circle cx="8" cy={of === "medium" ? 12.4 : 11.4} r="1.05" />
      </svg>
      <span class={mute ? "sr" : ""}>{SEVERITY[of]}</span>
    </span>
  );
}
