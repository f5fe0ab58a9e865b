import { useEffect, useRef, useState } from "preact/hooks";
import { stepsOf } from "./Handle";
import "./LimitLine.css";

interface Props {
  /** The axis on which the line marks a value. */
  along: "x" | "y";
  /** Place in the plot, in CSS pixels. */
  pixels(value: number): number;
  value: number;
  label: string;
  text(value: number): string;
  hard: boolean;
  disabled: boolean;
  min: number;
  max: number;
  /** The value under a pointer. */
  valueAt(event: PointerEvent): number;
  step(value: number, steps: number): number;
  /** False when it was refused. */
  onSet(value: number): Promise<boolean>;
}

/** Arrow keys move the line in steps; the limit is sent after this pause. */
const REST_MS = 700;

/** A limit as a line through the plot: dragged, or moved by arrows; applied on release. */
export function LimitLine(props: Props) {
  const [draft, setDraft] = useState<number | null>(null);
  const newest = useRef<number | null>(null);
  const dragging = useRef(false);
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the new limit has come
  useEffect(() => {
    if (!dragging.current) put(null);
  }, [props.value]);
  const put = (value: number | null) => {
    newest.current = value;
    setDraft(value);
  };
  const send = async () => {
    clearTimeout(timer.current);
    const wanted = newest.current;
    if (wanted === null) return;
    const done = wanted !== props.value && (await props.onSet(wanted));
    if (!done && newest.current === wanted) put(null);
  };
  const value = draft ?? props.value;
  const at = props.pixels(value);
  const low = props.pixels(props.min);
  const share = (at - low) / (props.pixels(props.max) - low || 1);
  // Near an end the text stands inside the plot.
  const side = share > 0.7 ? "before" : share < 0.3 ? "after" : "";
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Escape" && newest.current !== null) {
      event.stopPropagation();
      dragging.current = false;
      clearTimeout(timer.current);
      put(null);
      return;
    }
    if (event.key === "Enter") {
      send();
      return;
    }
    const steps = stepsOf(event.key, event.shiftKey);
    if (steps === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    put(Number.isFinite(steps) ? props.step(value, steps) : steps > 0 ? props.max : props.min);
    clearTimeout(timer.current);
    timer.current = setTimeout(send, REST_MS) as unknown as number;
  };
  return (
    <div
      class={`limit ${props.along} ${side} ${props.hard ? "hard" : "soft"} ${draft === null ? "" : "moved"}`}
      role="slider"
      tabIndex={props.disabled ? -1 : 0}
      aria-orientation={props.along === "x" ? "horizontal" : "vertical"}
      aria-label={props.label}
      aria-valuemin={props.min}
      aria-valuemax={props.max}
      aria-valuenow={value}
      aria-valuetext={props.text(value)}
      aria-disabled={props.disabled}
      style={props.along === "x" ? { left: `${at}px` } : { top: `${at}px` }}
      onPointerDown={(event) => {
        if (props.disabled || event.button !== 0) return;
        event.preventDefault();
        event.stopPropagation();
        event.currentTarget.setPointerCapture?.(event.pointerId);
        event.currentTarget.focus({ preventScroll: true });
        dragging.current = true;
      }}
      onPointerMove={(event) => {
        if (!dragging.current) return;
        event.stopPropagation();
        put(Math.min(props.max, Math.max(props.min, props.valueAt(event))));
      }}
      onPointerUp={(event) => {
        if (!dragging.current) return;
        event.stopPropagation();
        dragging.current = false;
        send();
      }}
      onPointerCancel={() => {
        dragging.current = false;
        put(null);
      }}
      onClick={(event) => event.stopPropagation()}
      onKeyDown={keys}
    >
      <span class="limit-text">{props.text(value)}</span>
    </div>
  );
}
