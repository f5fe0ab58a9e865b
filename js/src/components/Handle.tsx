import { useRef } from "preact/hooks";
import { PAD } from "./paint";
import "./Handle.css";

interface Props {
  kind: "low" | "high" | "centre" | "spread";
  label: string;
  /** Place on the axis, 0 to 1. */
  at: number;
  /** Height from the top in CSS pixels; only of the bell's handles. */
  top?: number;
  min: number;
  max: number;
  now: number;
  text: string;
  disabled: boolean;
  onStart(): void;
  /** Called with the pointer's position on the axis, which may be beyond its ends, and the axis length in CSS pixels. */
  onDrag(share: number, pixels: number): void;
  onEnd(): void;
  onCancel(): void;
  /** Steps of the keyboard: ±1, ±10 with Shift; infinite for Home and End. */
  onStep(steps: number): void;
}

const STEPS: Record<string, number> = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: 10,
  PageDown: -10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

export function stepsOf(key: string, shift: boolean): number | null {
  const steps = STEPS[key];
  if (steps === undefined) return null;
  return shift && Math.abs(steps) === 1 ? steps * 10 : steps;
}

/** A violet handle on a strip: pointer, arrows, Home and End. */
export function Handle(props: Props) {
  const { kind, at, top } = props;
  const dragging = useRef<{ offset: number } | null>(null);
  const axis = (event: PointerEvent) => {
    const strip = (event.currentTarget as HTMLElement).parentElement?.getBoundingClientRect();
    const pixels = Math.max(1, (strip?.width ?? 1) - 2 * PAD);
    return { share: (event.clientX - (strip?.left ?? 0) - PAD) / pixels, pixels };
  };
  const end = (event: PointerEvent, cancelled = false) => {
    if (dragging.current === null) return;
    dragging.current = null;
    (event.currentTarget as HTMLElement).releasePointerCapture?.(event.pointerId);
    if (cancelled) props.onCancel();
    else props.onEnd();
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Escape" && dragging.current !== null) {
      event.stopPropagation();
      dragging.current = null;
      props.onCancel();
      return;
    }
    const steps = stepsOf(event.key, event.shiftKey);
    if (steps === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    props.onStep(steps);
  };
  const shown = Math.min(1, Math.max(0, Number.isNaN(at) ? 0 : at));
  return (
    <div
      class={`handle ${kind}`}
      role="slider"
      tabIndex={props.disabled ? -1 : 0}
      aria-label={props.label}
      aria-valuemin={props.min}
      aria-valuemax={props.max}
      aria-valuenow={props.now}
      aria-valuetext={props.text}
      aria-disabled={props.disabled}
      style={{
        left: `calc(${PAD}px + (100% - ${2 * PAD}px) * ${shown})`,
        ...(top === undefined ? {} : { top: `${top}px` }),
      }}
      onPointerDown={(event) => {
        if (props.disabled || event.button !== 0) return;
        event.preventDefault();
        event.stopPropagation();
        const element = event.currentTarget;
        element.setPointerCapture?.(event.pointerId);
        element.focus({ preventScroll: true });
        dragging.current = { offset: axis(event).share - at };
        props.onStart();
      }}
      onPointerMove={(event) => {
        if (dragging.current === null) return;
        const { share, pixels } = axis(event);
        props.onDrag(share - dragging.current.offset, pixels);
      }}
      onPointerUp={(event) => end(event)}
      onPointerCancel={(event) => end(event, true)}
      onClick={(event) => event.stopPropagation()}
      onDblClick={(event) => event.stopPropagation()}
      onKeyDown={keys}
    />
  );
}
