import { Handle } from "../../components/Handle";
import { PAD } from "../../components/paint";
import type { Strength } from "../../protocol/commands";
import type { BeliefInfo } from "../../protocol/messages";
import { formatSetting } from "../../words/numbers";
import { place, type Scale, stepped, tidy, valueAt } from "../../words/scale";
import "./Bell.css";

/** A bell that is being drawn: its spread is one standard deviation as a share of today's range. */
export interface BellDraft {
  around: number;
  spread: number;
  strength: Strength;
}

const PEAK = 10;
const SAMPLES = 72;
export const LEAST_SPREAD = 0.01;
const MOST_SPREAD = 0.5;

/** The bell's outline in a box 100 wide, over the axis from 0 to 1. */
export function bellPath(centre: number, deviation: number, height: number): string {
  const points = Array.from({ length: SAMPLES + 1 }, (_, i) => {
    const x = i / SAMPLES;
    const z = (x - centre) / Math.max(deviation, 1e-6);
    const y = height - (height - PEAK) * Math.exp(-0.5 * z * z);
    return `${(100 * x).toFixed(2)},${y.toFixed(2)}`;
  });
  return `M0,${height} L${points.join(" L")} L100,${height} Z`;
}

interface CurveProps {
  centre: number;
  deviation: number;
  height: number;
  /** 1 when it was just stated, falling to 0. */
  weight: number;
  drawing: boolean;
}

export function BellCurve({ centre, deviation, height, weight, drawing }: CurveProps) {
  return (
    <svg
      class={drawing ? "bell drawing" : "bell"}
      viewBox={`0 0 100 ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      style={{ left: `${PAD}px`, width: `calc(100% - ${2 * PAD}px)`, "--weight": String(weight) }}
    >
      <path d={bellPath(centre, deviation, height)} vector-effect="non-scaling-stroke" />
    </svg>
  );
}

export function beliefPlaces(belief: BeliefInfo, scale: Scale): { centre: number; deviation: number } | null {
  if (belief.around === null) return null;
  const centre = place(scale, belief.around);
  const low = belief.low === null ? centre : place(scale, belief.low);
  const high = belief.high === null ? centre : place(scale, belief.high);
  if (!Number.isFinite(centre) || !Number.isFinite(low) || !Number.isFinite(high)) return null;
  return { centre, deviation: Math.abs(high - low) / 2 };
}

/** Length of today's range on the axis, of which a spread is a share. */
export function lengthOn(scale: Scale, low: number, high: number): number {
  return place(scale, high) - place(scale, low);
}

interface HandlesProps {
  label: string;
  bell: BellDraft;
  scale: Scale;
  /** Today's range. */
  low: number;
  high: number;
  whole: boolean;
  height: number;
  onBell(bell: BellDraft): void;
}

/** The bell's centre and width, to be dragged. */
export function BellHandles({ label, bell, scale, low, high, whole, height, onBell }: HandlesProps) {
  const length = lengthOn(scale, low, high);
  const centre = place(scale, bell.around);
  const edge = centre + bell.spread * length;
  const left = edge > 1;
  const around = (value: number) =>
    onBell({ ...bell, around: Math.min(high, Math.max(low, tidy(value, scale, whole))) });
  const spread = (value: number) =>
    onBell({
      ...bell,
      spread: Math.round(1000 * Math.min(MOST_SPREAD, Math.max(LEAST_SPREAD, value))) / 1000,
    });
  const none = () => {};
  return (
    <>
      <Handle
        kind="centre"
        label={`${label}: centre of your belief`}
        at={centre}
        top={PEAK}
        min={low}
        max={high}
        now={bell.around}
        text={formatSetting(bell.around)}
        disabled={false}
        onStart={none}
        onEnd={none}
        onCancel={none}
        onDrag={(share) => around(valueAt(scale, share))}
        onStep={(steps) =>
          around(Number.isFinite(steps) ? stepped(bell.around, scale, whole, steps) : steps > 0 ? high : low)
        }
      />
      <Handle
        kind="spread"
        label={`${label}: width of your belief`}
        at={left ? centre - bell.spread * length : edge}
        top={height - (height - PEAK) * 0.607}
        min={LEAST_SPREAD}
        max={MOST_SPREAD}
        now={bell.spread}
        text={`${Math.round(100 * bell.spread)}% of the range to each side`}
        disabled={false}
        onStart={none}
        onEnd={none}
        onCancel={none}
        onDrag={(share) => spread(Math.abs(share - centre) / Math.max(length, 1e-9))}
        onStep={(steps) => {
          if (Number.isFinite(steps)) spread(bell.spread + steps / 100);
          else spread(steps > 0 ? MOST_SPREAD : LEAST_SPREAD);
        }}
      />
    </>
  );
}
