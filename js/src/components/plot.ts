import { BROKEN, type Cloud, FRONT, placed, ticksOf } from "../words/front";
import type { Scale } from "../words/scale";

/** Room around the plot in CSS pixels. */
export const ROOM = { left: 54, right: 18, top: 14, bottom: 24 };

export interface Area {
  width: number;
  height: number;
}

export interface PlotHues {
  families: readonly string[];
  grey: string;
  ink: string;
  faint: string;
  line: string;
  font: string;
}

/** Position of every trial, in CSS pixels. */
export interface Places {
  readonly xs: Float32Array;
  readonly ys: Float32Array;
}

export const plotX = ({ width }: Area, share: number) => ROOM.left + share * (width - ROOM.left - ROOM.right);
export const plotY = ({ height }: Area, share: number) =>
  ROOM.top + (1 - share) * (height - ROOM.top - ROOM.bottom);
export const shareX = ({ width }: Area, x: number) => (x - ROOM.left) / (width - ROOM.left - ROOM.right);
export const shareY = ({ height }: Area, y: number) => 1 - (y - ROOM.top) / (height - ROOM.top - ROOM.bottom);

export function placesOf(cloud: Cloud, x: Scale, y: Scale, area: Area): Places {
  const [xs, ys] = cloud.columns;
  return {
    xs: Float32Array.from(xs ?? [], (value) => plotX(area, placed(x, value))),
    ys: Float32Array.from(ys ?? [], (value) => plotY(area, placed(y, value))),
  };
}

const MANY = 1200;

export interface Drawn {
  cloud: Cloud;
  places: Places;
  /** Indices of the front in these two, in order. */
  stairs: readonly number[];
  /** 1 for trials inside the selected range. */
  inside: Uint8Array;
  x: Scale;
  y: Scale;
  xText(value: number): string;
  yText(value: number): string;
}

/** Axes, front and trials; of many trials the plain ones become specks. */
export function paintPlot(context: CanvasRenderingContext2D, area: Area, drawn: Drawn, hues: PlotHues): void {
  context.clearRect(0, 0, area.width, area.height);
  paintAxes(context, area, drawn, hues);
  const { cloud, places, stairs, inside } = drawn;
  const many = cloud.numbers.length > MANY;
  const radius = many ? 2 : 3.4;
  const each = (wanted: (i: number) => boolean, draw: (x: number, y: number, i: number) => void) => {
    for (let i = 0; i < cloud.numbers.length; i += 1) {
      if (wanted(i)) draw(places.xs[i] ?? 0, places.ys[i] ?? 0, i);
    }
  };
  const dim = (i: number) => (inside[i] === 1 ? 1 : 0.18);
  context.lineWidth = 1.2;
  context.strokeStyle = hues.grey;
  each(
    (i) => cloud.marks[i] === BROKEN,
    (x, y, i) => {
      context.globalAlpha = 0.75 * dim(i);
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.stroke();
    },
  );
  each(
    (i) => cloud.marks[i] !== BROKEN && cloud.marks[i] !== FRONT,
    (x, y, i) => {
      context.globalAlpha = (many ? 0.4 : 0.5) * dim(i);
      context.fillStyle = hues.families[i] ?? hues.grey;
      if (many) {
        context.fillRect(x - 1.5, y - 1.5, 3, 3);
        return;
      }
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.fill();
    },
  );
  context.globalAlpha = 1;
  paintStairs(context, places, stairs, hues);
  each(
    (i) => cloud.marks[i] === FRONT,
    (x, y, i) => {
      context.globalAlpha = inside[i] === 1 ? 1 : 0.35;
      context.fillStyle = hues.families[i] ?? hues.grey;
      context.strokeStyle = hues.ink;
      context.lineWidth = 1.5;
      context.beginPath();
      context.arc(x, y, 4.6, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    },
  );
  context.globalAlpha = 1;
}

function paintAxes(context: CanvasRenderingContext2D, area: Area, drawn: Drawn, hues: PlotHues): void {
  context.font = hues.font;
  context.fillStyle = hues.faint;
  context.strokeStyle = hues.line;
  context.lineWidth = 1;
  context.globalAlpha = 1;
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const tick of ticksOf(drawn.y)) {
    const y = Math.round(plotY(area, placed(drawn.y, tick))) + 0.5;
    context.beginPath();
    context.moveTo(ROOM.left, y);
    context.lineTo(area.width - ROOM.right, y);
    context.stroke();
    context.fillText(drawn.yText(tick), ROOM.left - 8, y);
  }
  context.textBaseline = "top";
  context.textAlign = "center";
  let free = Number.NEGATIVE_INFINITY;
  for (const tick of ticksOf(drawn.x, area.width < 420 ? 3 : 6)) {
    const x = plotX(area, placed(drawn.x, tick));
    const text = drawn.xText(tick);
    const half = context.measureText(text).width / 2;
    if (x - half < free || x + half > area.width) continue;
    context.fillText(text, x, area.height - ROOM.bottom + 8);
    free = x + half + 10;
  }
}

/** From trial to trial in steps: between two of them, the worse of both is sure to be had. */
function paintStairs(
  context: CanvasRenderingContext2D,
  { xs, ys }: Places,
  stairs: readonly number[],
  hues: PlotHues,
): void {
  if (stairs.length < 2) return;
  context.strokeStyle = hues.ink;
  context.lineWidth = 1.3;
  context.globalAlpha = 0.75;
  context.beginPath();
  stairs.forEach((at, k) => {
    const x = xs[at] ?? 0;
    const y = ys[at] ?? 0;
    if (k === 0) context.moveTo(x, y);
    else {
      context.lineTo(x, ys[stairs[k - 1] ?? at] ?? y);
      context.lineTo(x, y);
    }
  });
  context.stroke();
  context.globalAlpha = 1;
}

/** Index of the trial nearest to a point, within reach; those of the front go first. */
export function nearestIn(cloud: Cloud, { xs, ys }: Places, x: number, y: number, reach = 12): number {
  let found = -1;
  let least = reach * reach;
  for (let i = 0; i < xs.length; i += 1) {
    const distance = ((xs[i] ?? 0) - x) ** 2 + ((ys[i] ?? 0) - y) ** 2;
    const near = cloud.marks[i] === FRONT ? distance / 2 : distance;
    if (near < least) {
      least = near;
      found = i;
    }
  }
  return found;
}
