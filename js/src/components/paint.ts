import { place, type Scale } from "../words/scale";

/** Room for the handles at each end of a strip, in CSS pixels. */
export const PAD = 12;

/** Arrays that a strip draws; one index is one trial. */
export interface Dots {
  readonly values: Float64Array;
  readonly heights: Float32Array;
  /** 0 scored, 1 stopped without a comparable score, 2 running. */
  readonly marks: Uint8Array;
  readonly own: Uint8Array;
  readonly inside: Uint8Array;
  /** Index of the best; -1 if there is none. */
  readonly best: number;
}

export interface Hues {
  family: string;
  grey: string;
  you: string;
  machine: string;
  ink: string;
  line: string;
  paper: string;
}

interface Area {
  width: number;
  height: number;
}

const TOP = 7;
const FLOOR = 9;

export function xOf(scale: Scale, value: number, width: number): number {
  return PAD + place(scale, value) * (width - 2 * PAD);
}

export function yOf(height: number, area: number): number {
  return TOP + (1 - height) * (area - TOP - FLOOR);
}

/** A fixed number between 0 and 1 for each trial, which spreads the dots of one choice. */
export function jitter(number: number): number {
  return ((Math.imul(number + 1, 0x9e3779b1) >>> 8) & 0xffff) / 0xffff;
}

const MANY = 1500;

/** Draws the dots of a strip. If there are many, one dot represents all within two pixels. */
export function paint(
  context: CanvasRenderingContext2D,
  area: Area,
  dots: Dots,
  xs: Float64Array,
  hues: Hues,
): void {
  const count = xs.length;
  const many = count > MANY;
  const radius = many ? 1.8 : count > 300 ? 2.3 : 2.9;
  const taken = many
    ? new Uint8Array(Math.ceil(area.width / 2 + 1) * Math.ceil(area.height / 2 + 1) * 2)
    : null;
  const across = Math.ceil(area.width / 2 + 1);
  const free = (x: number, y: number, layer: number) => {
    if (taken === null) return true;
    const at = (Math.floor(y / 2) * across + Math.floor(x / 2)) * 2 + layer;
    if (taken[at] === 1) return false;
    taken[at] = 1;
    return true;
  };
  const each = (wanted: (i: number) => boolean, draw: (x: number, y: number) => void, layer: number) => {
    for (let i = count - 1; i >= 0; i -= 1) {
      if (!wanted(i)) continue;
      const x = xs[i] ?? Number.NaN;
      if (!(x > -4 && x < area.width + 4)) continue;
      const y = yOf(dots.heights[i] ?? 0, area.height);
      if (free(Math.max(0, x), y, layer)) draw(x, y);
    }
  };
  const dot = (x: number, y: number) => {
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  };
  const speck = (x: number, y: number) => context.fillRect(x - 1.5, y - 1.5, 3, 3);
  const fill = (wanted: (i: number) => boolean, colour: string, alpha: number, layer: number) => {
    context.globalAlpha = alpha;
    context.fillStyle = colour;
    if (many) return each(wanted, speck, layer);
    context.beginPath();
    each(wanted, dot, layer);
    return context.fill();
  };
  context.clearRect(0, 0, area.width, area.height);
  rug(context, area, dots, xs, hues);
  fill((i) => dots.marks[i] === 0 && dots.inside[i] === 0, hues.grey, 0.5, 0);
  fill((i) => dots.marks[i] === 0 && dots.inside[i] === 1, hues.family, many ? 0.75 : 0.9, 1);
  const ring = (i: number, size: number, colour: string, width: number) => {
    const x = xs[i] ?? Number.NaN;
    if (Number.isNaN(x)) return;
    context.globalAlpha = 1;
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.arc(x, yOf(dots.heights[i] ?? 0, area.height), size, 0, 2 * Math.PI);
    context.stroke();
  };
  for (let i = 0; i < count; i += 1) {
    if (dots.own[i] === 1 && dots.marks[i] === 0)
      ring(i, radius + (many ? 1.6 : 2.6), hues.you, many ? 1.2 : 1.6);
  }
  if (dots.best >= 0) ring(dots.best, radius + 1.4, hues.ink, 1.4);
  context.globalAlpha = 1;
}

/** Draws trials without a comparable score as ticks at the bottom. */
function rug(context: CanvasRenderingContext2D, area: Area, dots: Dots, xs: Float64Array, hues: Hues): void {
  for (let i = 0; i < xs.length; i += 1) {
    const mark = dots.marks[i];
    const x = xs[i] ?? Number.NaN;
    if (mark === 0 || Number.isNaN(x)) continue;
    const work = mark === 2;
    context.globalAlpha = work ? 1 : xs.length > MANY ? 0.2 : 0.5;
    context.fillStyle = work ? hues.machine : dots.inside[i] === 1 ? hues.family : hues.grey;
    context.fillRect(x - (work ? 1 : 0.5), area.height - (work ? 7 : 5), work ? 2 : 1, work ? 6 : 4);
  }
}

/** Index of the dot nearest to a point within reach; -1 if there is none. */
export function nearest(
  dots: Dots,
  xs: Float64Array,
  height: number,
  x: number,
  y: number,
  reach = 9,
): number {
  let found = -1;
  let least = reach * reach;
  for (let i = 0; i < xs.length; i += 1) {
    if (dots.marks[i] !== 0) continue;
    const dx = (xs[i] ?? Number.NaN) - x;
    const dy = yOf(dots.heights[i] ?? 0, height) - y;
    const distance = dx * dx + dy * dy;
    if (distance < least) {
      least = distance;
      found = i;
    }
  }
  return found;
}
