/** An axis: its ends, and whether equal factors rather than equal steps lie equally far apart. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
}

/** Position of a value: 0 at the lower end, 1 at the upper; may lie outside. */
export function place({ low, high, log }: Scale, value: number): number {
  if (log) {
    if (value <= 0) return Number.NEGATIVE_INFINITY;
    return (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low));
  }
  return (value - low) / (high - low);
}

/** The value at a position. */
export function valueAt({ low, high, log }: Scale, share: number): number {
  if (log) return low * (high / low) ** share;
  return low + (high - low) * share;
}

/** 1, 2 or 5 times a power of ten, near a size. */
export function niceStep(size: number): number {
  if (!(size > 0) || !Number.isFinite(size)) return 1;
  const power = 10 ** Math.floor(Math.log10(size));
  const lead = size / power;
  return (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10) * power;
}

const clean = (value: number) => Number(value.toPrecision(12));

const PIXELS = 300;

/** Significant digits that one pixel of a logarithmic axis can tell apart. */
function digitsOf({ low, high }: Scale): number {
  const ratio = (high / low) ** (1 / PIXELS);
  return ratio > 1.02 ? 2 : ratio > 1.002 ? 3 : 4;
}

/** A value rounded to the precision of the pointer. */
export function tidy(value: number, scale: Scale, whole: boolean): number {
  if (whole) return Math.round(value);
  if (scale.log) return Number(value.toPrecision(digitsOf(scale)));
  const step = niceStep((scale.high - scale.low) / PIXELS);
  return clean(Math.round(value / step) * step);
}

/** The value so many key presses away: a hundredth of the axis each, and at least one whole number. */
export function stepped(value: number, scale: Scale, whole: boolean, steps: number): number {
  const way = Math.sign(steps);
  if (way === 0) return value;
  let next: number;
  if (scale.log) {
    const from = value > 0 ? value : scale.low;
    next = tidy(from * (scale.high / scale.low) ** (steps / 100), scale, whole);
  } else {
    const step = niceStep((scale.high - scale.low) / 100);
    next = clean(Math.round((value + steps * step) / step) * step);
    if (whole) next = Math.round(next);
  }
  if ((next - value) * way > 0) return next;
  if (whole) return value + way;
  const least = scale.log
    ? 10 ** (Math.floor(Math.log10(Math.abs(value) || scale.low)) - digitsOf(scale) + 1)
    : niceStep((scale.high - scale.low) / 100);
  return clean(value + way * least);
}

interface Ends {
  low: number;
  high: number;
}

/** The axis that shows all of these; never of no length. */
export function axisOf(parts: readonly Ends[], log: boolean): Scale {
  const usable = log ? parts.filter((one) => one.low > 0) : parts;
  let low = Math.min(...usable.map((one) => one.low));
  let high = Math.max(...usable.map((one) => one.high));
  if (!Number.isFinite(low) || !Number.isFinite(high))
    return log ? { low: 0.1, high: 10, log } : { low: 0, high: 1, log };
  if (low === high) {
    const room = log ? 2 : Math.max(Math.abs(low) * 0.5, 1);
    low = log ? low / room : low - room;
    high = log ? high * room : high + room;
  }
  return { low, high, log };
}

/** One more step of room at an end of the axis: a third of it, and no further than is legal. */
export function widerAt(scale: Scale, end: "low" | "high", legal: number | null, whole: boolean): number {
  const raw = valueAt(scale, end === "low" ? -1 / 3 : 4 / 3);
  let value = scale.log ? Number(raw.toPrecision(1)) : tidy(raw, scale, false);
  if (whole) value = end === "low" ? Math.floor(raw) : Math.ceil(raw);
  if (scale.log && whole) value = Math.max(1, value);
  if (legal !== null) value = end === "low" ? Math.max(value, legal) : Math.min(value, legal);
  if (scale.log && value <= 0) return scale.low;
  return value;
}
