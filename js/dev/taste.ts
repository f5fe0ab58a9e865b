import type { ObjectiveInfo, TrialRow } from "../src/protocol/messages";
import { measured } from "./objectives";
import { random } from "./scripted";

export interface Answer {
  first: number;
  second: number;
  answer: "a" | "b" | "equal" | "skip";
  act: number;
}

type Axis = Pick<ObjectiveInfo, "name" | "direction" | "log">;

const TASTES = 300;
const SHARP = 7;

/** Tastes as weights of linear utilities, weighed by the answers: enough to be lively, not the kernel's model. */
export class Taste {
  readonly numbers: number[];
  /** By trial, by objective: 1 the best of the front, 0 its worst. */
  private readonly merits: Map<number, number[]>;
  private readonly tastes: number[][];
  private readonly chances: number[];

  constructor(
    readonly axes: readonly Axis[],
    rows: readonly TrialRow[],
    readonly front: readonly number[],
    readonly answers: readonly Answer[],
    goals: Readonly<Record<string, number>> | null,
  ) {
    const raw = new Map(rows.map((row) => [row[0], axes.map((axis) => natural(axis, row))] as const));
    const ends = axes.map((_, i) => {
      const held = front.map((number) => raw.get(number)?.[i] ?? 0);
      return [Math.min(...held), Math.max(...held)] as const;
    });
    this.merits = new Map(
      [...raw].map(([number, values]) => [
        number,
        values.map((value, i) => {
          const [low, high] = ends[i] ?? [0, 1];
          return high > low ? (value - low) / (high - low) : 0.5;
        }),
      ]),
    );
    this.numbers = [...raw.keys()];
    const rnd = random(5);
    this.tastes = Array.from({ length: TASTES }, () => {
      const draws = axes.map(() => -Math.log(1 - rnd()));
      const sum = draws.reduce((a, b) => a + b, 0);
      return draws.map((draw) => draw / sum);
    });
    const likely = this.tastes.map((taste) => {
      let log = 0;
      for (const answer of answers) log += this.chance(taste, answer);
      const total = axes.reduce((sum, axis) => sum + (goals?.[axis.name] ?? 0), 0);
      if (goals !== null && total > 0) {
        axes.forEach((axis, i) => {
          log -= 30 * ((taste[i] ?? 0) - (goals[axis.name] ?? 0) / total) ** 2;
        });
      }
      return Math.exp(log);
    });
    const sum = likely.reduce((a, b) => a + b, 0) || 1;
    this.chances = likely.map((one) => one / sum);
  }

  private chance(taste: readonly number[], { first, second, answer }: Answer): number {
    if (answer === "skip") return 0;
    const gap = SHARP * (this.utility(taste, first) - this.utility(taste, second));
    if (answer === "equal") return -((gap / 6) ** 2);
    return -Math.log(1 + Math.exp(answer === "a" ? -gap : gap));
  }

  private utility(taste: readonly number[], number: number): number {
    const merits = this.merits.get(number) ?? [];
    return taste.reduce((sum, weight, i) => sum + weight * (merits[i] ?? 0), 0);
  }

  /** Expected worth of a trial, and its standard deviation. */
  worth(number: number): [number, number] {
    let mean = 0;
    let square = 0;
    this.tastes.forEach((taste, k) => {
      const utility = this.utility(taste, number);
      mean += (this.chances[k] ?? 0) * utility;
      square += (this.chances[k] ?? 0) * utility * utility;
    });
    return [mean, Math.sqrt(Math.max(0, square - mean * mean))];
  }

  /** Mean and the 80 % interval of an objective's weight. */
  share(i: number): [number, number, number] {
    const order = this.tastes
      .map((_, k) => k)
      .sort((a, b) => (this.tastes[a]?.[i] ?? 0) - (this.tastes[b]?.[i] ?? 0));
    let sum = 0;
    let mean = 0;
    let low: number | null = null;
    let high = 1;
    for (const k of order) {
      const weight = this.tastes[k]?.[i] ?? 0;
      sum += this.chances[k] ?? 0;
      mean += (this.chances[k] ?? 0) * weight;
      if (low === null && sum >= 0.1) low = weight;
      if (sum <= 0.9) high = weight;
    }
    return [mean, low ?? 0, Math.max(high, mean)];
  }

  best(): number | null {
    let found: number | null = null;
    for (const number of this.front) {
      if (found === null || this.worth(number)[0] > this.worth(found)[0]) found = number;
    }
    return found;
  }

  /** Chance that the taste prefers A. */
  prefers(first: number, second: number): number {
    return this.tastes.reduce(
      (sum, taste, k) =>
        sum + (this.utility(taste, first) > this.utility(taste, second) ? (this.chances[k] ?? 0) : 0),
      0,
    );
  }

  /** The pair whose better member is expected to be best, and what the answer would gain. */
  next(asked: ReadonlySet<string>): { first: number; second: number; gain: number } | null {
    const numbers = [...this.front].sort((a, b) => this.worth(b)[0] - this.worth(a)[0]).slice(0, 18);
    const top = Math.max(...numbers.map((number) => this.worth(number)[0]));
    let found: { first: number; second: number; gain: number } | null = null;
    for (const first of numbers) {
      for (const second of numbers) {
        if (first >= second || asked.has(pairKey(first, second))) continue;
        const both = this.tastes.reduce(
          (sum, taste, k) =>
            sum + (this.chances[k] ?? 0) * Math.max(this.utility(taste, first), this.utility(taste, second)),
          0,
        );
        const open = Math.min(this.prefers(first, second), this.prefers(second, first));
        const gain = both - top + 0.02 * open;
        if (found === null || gain > found.gain) found = { first, second, gain };
      }
    }
    return found;
  }
}

export function pairKey(first: number, second: number): string {
  return `${Math.min(first, second)} ${Math.max(first, second)}`;
}

function natural(axis: Axis, row: TrialRow): number {
  const value = measured(row, axis.name) ?? 0;
  const scaled = axis.log ? Math.log(Math.max(value, 1e-9)) : value;
  return axis.direction === "higher" ? scaled : -scaled;
}

/** Numbers of the trials that no other beats in everything. */
export function frontOf(axes: readonly Axis[], rows: readonly TrialRow[]): number[] {
  const values = rows.map((row) => ({ number: row[0], values: axes.map((axis) => natural(axis, row)) }));
  return values
    .filter(
      (mine) =>
        !values.some(
          (other) =>
            other.values.every((value, i) => value >= (mine.values[i] ?? 0)) &&
            other.values.some((value, i) => value > (mine.values[i] ?? 0)),
        ),
    )
    .map((mine) => mine.number);
}
