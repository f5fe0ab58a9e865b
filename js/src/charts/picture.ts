import type { PictureInfo } from "../protocol/messages";

export interface PicturePoint {
  letter: "A" | "B";
  x: number;
  y: number;
  low: number | null;
  high: number | null;
  rows: number | null;
  order: number;
  /** The letter, at one point of each curve. */
  name: string;
  /** The letter is drawn above the curve. */
  above: boolean;
}

/** Position of the letter along each curve, far enough apart that letters do not overlap. */
const NAMED: Record<PictureInfo["kind"], readonly [number, number]> = {
  roc: [0.22, 0.36],
  calibration: [0.95, 0.75],
  residuals: [-1, -1],
};

/** The points of A and B as the chart wants them. */
export function picturePoints(
  { kind, curves }: Pick<PictureInfo, "kind" | "curves">,
  numbers: readonly [number, number],
): PicturePoint[] {
  const both = numbers.map((number) => curves.find((curve) => curve.number === number)?.points ?? []);
  const [a = 0, b = 0] = both.map(meanHeight);
  return both.flatMap((points, side) => {
    const named = nearest(points, NAMED[kind][side] ?? 0);
    const letter = side === 0 ? ("A" as const) : ("B" as const);
    return points.map((point, order) => ({
      letter,
      x: point[0] ?? 0,
      y: point[1] ?? 0,
      low: point[2] ?? null,
      high: point[3] ?? null,
      rows: point[4] ?? null,
      order,
      name: order === named ? letter : "",
      above: side === 0 ? a >= b : b > a,
    }));
  });
}

function meanHeight(points: readonly (readonly number[])[]): number {
  return points.reduce((sum, point) => sum + (point[1] ?? 0), 0) / (points.length || 1);
}

function nearest(points: readonly (readonly number[])[], share: number): number {
  const xs = points.map((point) => point[0] ?? 0);
  const low = Math.min(...xs);
  const wanted = low + share * (Math.max(...xs) - low);
  return xs.reduce(
    (found, x, i) => (Math.abs(x - wanted) < Math.abs((xs[found] ?? 0) - wanted) ? i : found),
    0,
  );
}
