import { describe, expect, it } from "vitest";
import { picturePoints } from "../src/charts/picture";
import { columnsFor } from "../src/panels/trials/columns";
import type { AuditInfo, PreferencesInfo } from "../src/protocol/messages";
import { type Row, toRow } from "../src/store/row";
import { cellOf, figureScale } from "../src/words/audit";
import { nameOf, plainCosts, readCosts } from "../src/words/costs";
import { axisFor, cloudOf, type Measured, stairs, ticksOf } from "../src/words/front";
import { certaintyWords, goalShares, learnedSentences, movedShares, weightsOf } from "../src/words/goals";
import {
  constraintWords,
  formatMeasure,
  formatWorth,
  keeps,
  reader,
  whyBroken,
} from "../src/words/objective";
import { cutsOf, isWithin, onlyWords, withRange } from "../src/words/only";
import { savedOn, savedSentence, savedWords } from "../src/words/saved";
import { recordedResult } from "./recorded";

const PREFERENCES = recordedResult<PreferencesInfo>("preferences", {});
const metric = { scorer: "rmse", label: "RMSE", sign: -1, of_target: true };
const measure = (unit: string, points = false) => ({ unit, points });

function row(number: number, score: number, measures: (number | null)[], family = "lightgbm"): Row {
  return toRow([
    number,
    "complete",
    family,
    score,
    0.1,
    5,
    1,
    10,
    "machine",
    "sampler",
    null,
    0,
    [],
    measures,
  ]);
}

describe("values", () => {
  it.each([
    [3.44, "ms", "3.4 ms"],
    [41.2, "ms", "41 ms"],
    [1520, "ms", "1.5 s"],
    [0.42, "s", "420 ms"],
    [0.0456, "MB", "46 kB"],
    [12.3, "MB", "12 MB"],
    [41234, "values", "41,234 values"],
    [7, "columns", "7 columns"],
  ])("%d %s is said as %s", (value, unit, said) => {
    expect(formatMeasure(value, measure(unit))).toBe(said);
  });

  it("has worth between 0 and 100", () => {
    expect([-0.3, 0.456, 1.2].map(formatWorth)).toEqual(["0", "46", "100"]);
  });

  it("is read by name, the metric as people read it, and missing ones as null", () => {
    const read = reader(metric, ["predict_ms", "complexity"]);
    const one = row(1, -30.5, [4]);
    expect(["rmse", "predict_ms", "complexity", "other"].map((name) => read(one, name))).toEqual([
      30.5,
      4,
      null,
      null,
    ]);
  });
});

describe("limits", () => {
  const read = reader(metric, ["predict_ms"]);
  const rule = (op: "<" | "<=" | ">" | ">=", limit: number) => ({
    about: "predict_ms",
    op,
    limit,
    families: [],
    label: "prediction time",
    text: `predict_ms ${op} ${limit}`,
  });
  const families = {
    about: "family",
    op: "in" as const,
    limit: null,
    families: ["logistic"],
    label: "model",
    text: "family in logistic",
  };

  it("are kept, broken, or not known", () => {
    expect(keeps(row(1, -1, [5]), rule("<", 5), read)).toBe(false);
    expect(keeps(row(1, -1, [5]), rule("<=", 5), read)).toBe(true);
    expect(keeps(row(1, -1, [5]), rule(">", 5), read)).toBe(false);
    expect(keeps(row(1, -1, []), rule("<", 5), read)).toBeNull();
    expect(keeps(row(1, -1, [], "logistic"), families, read)).toBe(true);
  });

  it("are said in words, and so is why a trial does not count", () => {
    expect(constraintWords(rule("<", 5), measure("ms"), String)).toBe("prediction time below 5 ms");
    expect(constraintWords(families, measure(""), () => "Logistic")).toBe("model is one of Logistic");
    const why = (one: Row, rules: (typeof families | ReturnType<typeof rule>)[]) =>
      whyBroken(one, rules, read, () => measure("ms"));
    expect(why(row(1, -1, [9]), [rule("<", 5)])).toBe(
      "prediction time is 9 ms; the constraint is below 5 ms",
    );
    expect(why(row(1, -1, []), [rule("<", 5)])).toContain("not measured");
    expect(why(row(1, -1, [2]), [rule("<", 5)])).toBe("");
    expect(why(row(1, -1, [2]), [families])).toContain("model is not among the allowed ones");
  });
});

describe("only here", () => {
  const read = reader(metric, ["predict_ms"]);
  const rows = [row(1, -10, [2]), row(2, -20, [6]), row(3, -30, [])];
  const objectives = [{ name: "predict_ms", label: "prediction time", ...measure("ms") }];

  it("holds what is measured and lies inside", () => {
    const only = withRange({}, "predict_ms", 1, 5);
    expect(rows.map((one) => isWithin(one, only, read))).toEqual([true, false, false]);
    expect(rows.map((one) => isWithin(one, {}, read))).toEqual([true, true, true]);
    expect(withRange(only, "predict_ms", null, null)).toEqual({});
  });

  it("is said in words, and as limits on the sides that cut", () => {
    const only = withRange({}, "predict_ms", 1, 5);
    expect(onlyWords(only, objectives)).toBe("prediction time 1 ms to 5 ms");
    expect(onlyWords(withRange({}, "predict_ms", null, 5), objectives)).toBe("prediction time at most 5 ms");
    expect(cutsOf(only, rows, read)).toEqual(["predict_ms <= 5"]);
    expect(cutsOf(withRange({}, "rmse", 15, null), rows, read)).toEqual(["rmse >= 15"]);
  });
});

describe("goals", () => {
  const of = (name: string, goal: number | null, share: number | null) => ({ name, goal, share });

  it("start at the user's goals, else at the learned weights, else equal", () => {
    expect([...goalShares([of("a", 3, 0.1), of("b", 1, 0.9)]).values()]).toEqual([0.75, 0.25]);
    expect([...goalShares([of("a", null, 0.1), of("b", null, 0.9)]).values()]).toEqual([0.1, 0.9]);
    expect([...goalShares([of("a", null, null), of("b", null, null)]).values()]).toEqual([0.5, 0.5]);
    expect([...goalShares([of("a", 2, null), of("b", null, null)]).values()]).toEqual([0.5, 0.5]);
  });

  it("make room for the one that moves and keep their proportions", () => {
    const shares = new Map([
      ["a", 0.5],
      ["b", 0.4],
      ["c", 0.1],
    ]);
    const moved = movedShares(shares, "a", 0.75);
    expect(weightsOf(moved)).toEqual({ a: 75, b: 20, c: 5 });
    expect(movedShares(shares, "a", 7).get("a")).toBeCloseTo(0.98);
    expect(movedShares(shares, "a", -1).get("a")).toBe(0);
  });

  it("state the expected accuracy: a toss-up is right half of the time", () => {
    const said = (certainty: number) =>
      certaintyWords({ ...PREFERENCES, certainty, goals: { weights: { a: 1 }, strength: "fair" } });
    expect(said(0)).toContain(" 50% of your choices");
    expect(said(0.4)).toContain(" 70% of your choices");
    expect(certaintyWords(PREFERENCES)).toBe("");
  });

  it("tells what is known first, and each sentence once", () => {
    const info = {
      ...PREFERENCES,
      learnt: ["You like a."],
      trades: [
        { give: "a", take: "c", known: false, confidence: 0.1, sentence: "c is open." },
        { give: "a", take: "b", known: true, confidence: 0.9, sentence: "You like a." },
      ],
    };
    expect(learnedSentences(info)).toEqual([
      { text: "You like a.", known: true },
      { text: "c is open.", known: false },
    ]);
  });
});

describe("trade-offs", () => {
  const time: Measured = { name: "t", label: "t", unit: "ms", direction: "lower", log: true, points: false };
  const score: Measured = { name: "s", label: "s", unit: "", direction: "higher", log: false, points: true };
  const table = [
    [1, 0.8],
    [2, 0.85],
    [4, 0.84],
    [8, 0.9],
    [9, 0.2],
  ] as const;
  const rows = table.map(([t, s], number) => row(number, s, [t, s]));
  const read = reader(metric, ["t", "s"]);

  it("is a stair of trials that nothing beats, without what is broken", () => {
    const cloud = cloudOf(rows, [time, score], read, new Set(), new Set([3]));
    expect(stairs(cloud, time, score)).toEqual([0, 1]);
    const known = cloudOf(rows, [time, score], read, new Set([1, 3]), new Set());
    expect(stairs(known, time, score)).toEqual([1, 3]);
  });

  it("leaves out what has no place on an axis", () => {
    const odd = [row(7, 0.5, [0, 0.5]), row(8, 0.5, [null, 0.5])];
    expect(cloudOf(odd, [time, score], read, new Set(), new Set()).numbers).toHaveLength(0);
  });

  it("is not pressed together by one bad trial, and reaches further for the front", () => {
    const marks = new Uint8Array(6);
    const column = Float64Array.from([0.5, 0.9, 0.89, 0.88, 0.87, 0.86]);
    expect(axisFor(column, marks, score).low).toBeGreaterThan(0.7);
    const near = axisFor(column, marks, score).low;
    marks[0] = 1;
    const low = axisFor(column, marks, score).low;
    expect(low).toBeLessThan(near);
    expect(low).toBeGreaterThan(0.7);
    expect(axisFor(column, marks, score, 0).high).toBe(0.9);
    expect(axisFor(new Float64Array(), marks, time)).toEqual({ low: 0.1, high: 10, log: true });
  });

  it("has ticks inside its axis", () => {
    expect(ticksOf({ low: 0.78, high: 0.86, log: false })).toEqual([0.78, 0.8, 0.82, 0.84, 0.86]);
    const ticks = ticksOf({ low: 0.8, high: 130, log: true });
    expect(Math.min(...ticks)).toBeGreaterThanOrEqual(0.8);
    expect(Math.max(...ticks)).toBeLessThanOrEqual(130);
    expect(ticks.length).toBeGreaterThan(2);
    expect(ticksOf({ low: 1, high: 1, log: false })).toEqual([1]);
  });
});

describe("the leaderboard", () => {
  const further = ["a", "b", "c", "d"].map((name) => ({
    name,
    label: name,
    unit: "",
    story: "",
    direction: "lower" as const,
  }));

  it("shows as many further objectives as find room, never at the cost of which trial it is", () => {
    const ids = (width: number, ranked = false) => columnsFor(width, further, ranked).map((one) => one.id);
    expect(ids(300, true)).not.toContain("worth");
    expect(ids(480, true)).toContain("worth");
    expect(ids(480).filter((id) => id.startsWith("measure:"))).toHaveLength(1);
    expect(ids(1200).filter((id) => id.startsWith("measure:"))).toHaveLength(3);
    expect(ids(1200)).toContain("interval");
    for (const width of [300, 480, 900]) expect(ids(width)).toContain("score");
  });

  it("never is wider than its place", () => {
    for (const ranked of [false, true]) {
      for (let width = 440; width <= 1600; width += 10) {
        const columns = columnsFor(width, further, ranked);
        const least = columns.reduce((sum, one) => sum + Number(/\d+/.exec(one.width)?.[0]), 0);
        expect(least + 14 * (columns.length - 1) + 24, `at ${width} px`).toBeLessThanOrEqual(width);
      }
    }
  });

  it("gives the reason of a proposal enough room, or leaves it out", () => {
    const by = (width: number) => columnsFor(width, further).find((one) => one.id === "by");
    expect(by(1400)).toMatchObject({ width: "minmax(160px, 1fr)" });
    expect(by(1400)?.brief).toBe(false);
    expect(by(600)).toMatchObject({ width: "84px", brief: true });
  });
});

describe("costs", () => {
  it("are read when every cell is a number", () => {
    expect(readCosts(plainCosts(2))).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(readCosts([["1,000", "-2.5"]])).toEqual([[1000, -2.5]]);
    expect(readCosts([["", "1"]])).toBeNull();
    expect(readCosts([["x", "1"]])).toBeNull();
  });

  it.each([
    ["Letters & losses", "letters_losses"],
    ["3 × Größe", "grosse"],
    ["…", "cost"],
  ])("called %s are %s for Python", (label, name) => {
    expect(nameOf(label, new Set())).toBe(name);
  });

  it("take another name than those taken", () => {
    expect(nameOf("cost", new Set(["cost", "cost_2"]))).toBe("cost_3");
  });
});

describe("pictures", () => {
  const curves = [
    {
      number: 4,
      points: [
        [0, 0],
        [0.3, 0.5],
        [1, 1],
      ],
    },
    {
      number: 9,
      points: [
        [0, 0],
        [0.3, 0.8],
        [1, 1],
      ],
    },
  ];

  it("name each curve once, the higher one above", () => {
    const points = picturePoints({ kind: "roc", curves }, [4, 9]);
    expect(points).toHaveLength(6);
    const named = points.filter((point) => point.name !== "");
    expect(named.map(({ name, above }) => [name, above])).toEqual([
      ["A", false],
      ["B", true],
    ]);
  });

  it("leave out a curve that is not there", () => {
    expect(picturePoints({ kind: "roc", curves }, [4, 7])).toHaveLength(3);
  });
});

describe("groups", () => {
  const groups = recordedResult<AuditInfo>("audit", { number: 7, column: "Contract" }).groups;

  it("stand on one axis for each figure, shares as per cent", () => {
    expect(figureScale(groups, 0, true)).toEqual({ low: 0, high: 1, share: false });
    const errors = [{ label: "a", rows: 9, share: 1, small: false, figures: [[0.4, 0.3, 0.5]] }];
    expect(figureScale(errors, 0, false)).toEqual({ low: 0, high: 0.5, share: false });
    expect(cellOf([0.28, 0.25, 0.314], { low: 0, high: 1, share: true })).toEqual({
      value: "28%",
      interval: "25 to 31%",
      at: 0.28,
      low: 0.25,
      high: 0.314,
    });
  });

  it("have as many decimals as their intervals warrant", () => {
    const scale = { low: -30, high: 20, share: false };
    expect(cellOf([-9.685, -12.012, -7.366], scale)).toMatchObject({
      value: "−9.7",
      interval: "−12.0 to −7.4",
    });
    expect(cellOf([-0.0236, -4.022, 3.975], scale)?.value).toBe("0.0");
    expect(cellOf([0.8527, 0.8392, 0.8657], scale)?.interval).toBe("0.839 to 0.866");
  });

  it("say nothing where a figure is not known", () => {
    expect(cellOf([null, null, null], figureScale(groups, 1, true))).toBeNull();
    expect(cellOf(undefined, figureScale(groups, 1, true))).toBeNull();
    expect(cellOf([12.5, null, null], { low: 0, high: 20, share: false })?.interval).toBe("");
  });
});

describe("a circled trial that is dominated on the axes in sight", () => {
  const aims = [
    { name: "rmse", label: "RMSE", direction: "lower" as const },
    { name: "predict_ms", label: "prediction time", direction: "lower" as const },
    { name: "complexity", label: "complexity", direction: "lower" as const },
  ] as const;
  const read = reader(metric, ["predict_ms", "complexity"]);
  const rows = [row(1, -3, [5, 90]), row(2, -4, [9, 10]), row(3, -5, [2, 80]), row(4, -6, [1, 95])];
  const front = [1, 2, 3, 4];

  it("names the objective that keeps it on the front", () => {
    const found = savedOn(rows, front, aims, [aims[0], aims[1]], read);
    expect([...found]).toEqual([[2, { by: 1, labels: ["complexity"] }]]);
    const saved = found.get(2);
    expect(saved && savedWords(saved)).toBe(
      "Dominated by #1 on these axes; on the Pareto front because it is better in complexity.",
    );
    expect(savedSentence(found)).toBe(
      "1 circled model is dominated on these two axes, and on the Pareto front because of complexity.",
    );
  });

  it("is not looked for among two objectives, nor where nothing dominates it", () => {
    expect(savedOn(rows, front, aims.slice(0, 2), [aims[0], aims[1]], read).size).toBe(0);
    expect(savedOn(rows, [1, 3, 4], aims, [aims[0], aims[1]], read).size).toBe(0);
    expect(savedSentence(new Map())).toBe("");
  });
});
