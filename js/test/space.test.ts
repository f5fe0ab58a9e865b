import { describe, expect, it } from "vitest";
import { beside } from "../src/components/DotStrip";
import { jitter, nearest, xOf, yOf } from "../src/components/paint";
import { flags, steersOf } from "../src/panels/overview/steers";
import { bellPath, lengthOn } from "../src/panels/space/Bell";
import { found } from "../src/panels/space/Space";
import { choicesOf, extent, insideOf, tableOf } from "../src/panels/space/table";
import { byShare, deciders, matterLittle } from "../src/panels/space/useImportance";
import type { ActInfo, FamilyInfo, ParameterInfo } from "../src/protocol/messages";
import { toRow } from "../src/store/row";
import { holds, targetOf } from "../src/words/draft";
import { configOf, todaysFamily, valuesOf } from "../src/words/family";
import { gridValues, readGrid } from "../src/words/grid";
import { spaceAside, spaceHeadline } from "../src/words/space";
import { FAMILIES, manyRows } from "./many";
import { recordedSnapshot } from "./recorded";

const TODAY = recordedSnapshot("binary", "ready").steering.ranges;

const family = FAMILIES.find((one) => one.name === "lightgbm") as FamilyInfo;
const forest = FAMILIES.find((one) => one.name === "extra_trees") as FamilyInfo;
const rows = manyRows(240).map(toRow);
const ranges = new Map(TODAY.map((range) => [range.name, range]));
const table = tableOf(rows, family, ranges, new Set([rows[12]?.number ?? 0]));
const targets = family.parameters.map(targetOf);
const choices = family.parameters.map((one) => choicesOf(one, ranges.get(one.name)));

describe("a family's table", () => {
  it("holds its trials without the failed ones, column by column", () => {
    const own = rows.filter((row) => row.family === "lightgbm" && row.state !== "failed");
    expect([...table.numbers]).toEqual(own.map((row) => row.number));
    expect([...(table.columns[0] ?? [])]).toEqual(own.map((row) => row.values[0]));
    const extra = table.columns[8] ?? new Float64Array();
    own.forEach((row, i) => {
      expect(choices[8]?.[extra[i] ?? -1]).toBe(row.values[8]);
    });
  });

  it("gives a height only to scores that compare, the best the highest", () => {
    table.marks.forEach((mark, i) => {
      expect(Number.isNaN(table.scores[i] ?? Number.NaN)).toBe(mark !== 0);
      expect(table.heights[i]).toBeGreaterThanOrEqual(0);
      expect(table.heights[i]).toBeLessThanOrEqual(1);
    });
    expect(table.heights[table.best]).toBe(1);
  });

  it("finds the same trials inside as looking at each", () => {
    const narrowed = targets.with(0, { low: 0.02, high: 0.08, log: true }).with(8, { choices: [false] });
    const inside = insideOf(table, family, narrowed, choices, true, new Set());
    table.numbers.forEach((number, i) => {
      const row = rows.find((one) => one.number === number);
      const all = narrowed.every((target, at) => holds(target, row?.values[at]));
      expect(inside[i]).toBe(all ? 1 : 0);
    });
    expect(inside.some((one) => one === 1)).toBe(true);
    expect(inside.some((one) => one === 0)).toBe(true);
  });

  it("has nothing inside when the family is out, and not what was discarded", () => {
    expect(insideOf(table, family, targets, choices, false, new Set()).some((one) => one === 1)).toBe(false);
    const number = table.numbers[0] ?? -1;
    expect(insideOf(table, family, targets, choices, true, new Set([number]))[0]).toBe(0);
  });

  it("stays quick with 10,000 trials", () => {
    const many = manyRows(10_000).map(toRow);
    const begun = performance.now();
    const large = tableOf(many, family, ranges, new Set());
    for (let i = 0; i < 20; i += 1) insideOf(large, family, targets, choices, true, new Set());
    expect(performance.now() - begun).toBeLessThan(3000);
    expect(extent(large.columns[0] ?? new Float64Array())?.low).toBeGreaterThanOrEqual(0.005);
    expect(extent(new Float64Array())).toBeNull();
  });
});

describe("what decides", () => {
  it("is counted up to three quarters", () => {
    expect(deciders({ a: 0.46, b: 0.21, c: 0.13, d: 0.2 })).toBe(3);
    expect(deciders({ a: 0.9, b: 0.1 })).toBe(1);
    expect(deciders({})).toBeNull();
    expect(deciders({ a: 0 })).toBeNull();
  });

  it("calls settings below a twentieth little", () => {
    expect([...matterLittle({ a: 0.9, b: 0.06, c: 0.04, d: 0 })]).toEqual(["c", "d"]);
    expect(matterLittle({}).size).toBe(0);
  });

  it("orders the rows, the unknown behind", () => {
    const names = byShare([{ name: "a" }, { name: "b" }, { name: "c" }], { b: 0.2, c: 0.5 });
    expect(names.map((one) => one.name)).toEqual(["c", "b", "a"]);
  });

  it("leads the panel in words", () => {
    expect(spaceHeadline(family, true, 3)).toBe(
      "LightGBM: the search varies 11 settings; three of them matter most.",
    );
    expect(spaceHeadline(family, true, 1)).toContain("one of them matters most.");
    expect(spaceHeadline(family, true, null)).toBe("LightGBM: the search varies 11 settings.");
    expect(spaceHeadline(forest, false, 1)).toBe(
      "Extra trees is excluded; its four settings are not searched.",
    );
    expect(spaceAside({ family: "x", trials: 1, shares: {}, sentence: "" })).toContain("too few trials");
  });
});

describe("looking for a setting", () => {
  it("finds it over all models, by its words or its name in code", () => {
    const names = (text: string, only: string | null = "mlp") =>
      found(FAMILIES, text, only).map((group) => group.family.name);
    expect(names("learning rate")).toEqual(["lightgbm", "catboost", "xgboost", "mlp"]);
    expect(names("min_data_in_leaf")).toEqual(["lightgbm"]);
    expect(names("")).toEqual(["mlp"]);
    expect(names("", null)).not.toContain("dummy");
    expect(names("nothing like it")).toEqual([]);
  });
});

describe("a strip", () => {
  const scale = { low: 1, high: 100, log: true };
  const xs = Float64Array.from([1, 10, 100], (value) => xOf(scale, value, 224));
  const marks = Uint8Array.from([0, 1, 0]);
  const heights = Float32Array.from([0, 0, 1]);

  it("finds the dot under the pointer, not those without a score", () => {
    const dots = { values: xs, heights, marks, own: marks, inside: marks, best: 2 };
    expect(nearest(dots, xs, 46, (xs[2] ?? 0) + 3, yOf(1, 46) + 2)).toBe(2);
    expect(nearest(dots, xs, 46, xs[1] ?? 0, yOf(0, 46))).toBe(-1);
  });

  it("goes from dot to dot by keys", () => {
    expect(beside(xs, { marks }, -1, 1)).toBe(0);
    expect(beside(xs, { marks }, -1, -1)).toBe(2);
    expect(beside(xs, { marks }, 0, 1)).toBe(2);
    expect(beside(xs, { marks }, 2, 1)).toBe(2);
    expect(beside(xs, { marks }, 2, Number.NEGATIVE_INFINITY)).toBe(0);
    expect(beside(xs, { marks: Uint8Array.from([1, 1, 1]) }, -1, 1)).toBe(-1);
  });

  it("spreads the dots of a choice the same way every time", () => {
    expect(jitter(7)).toBe(jitter(7));
    expect(jitter(7)).not.toBe(jitter(8));
    expect(jitter(7)).toBeLessThanOrEqual(1);
  });

  it("draws a bell that peaks at its centre", () => {
    const ys = bellPath(0.5, 0.1, 46)
      .match(/[\d.]+,[\d.]+/g)
      ?.map((pair) => Number(pair.split(",")[1]));
    expect(Math.min(...(ys ?? []))).toBe(10);
    expect(lengthOn(scale, 1, 10)).toBeCloseTo(0.5);
  });
});

describe("changes on the chart", () => {
  const change = (number: number, counts = true): ActInfo => ({
    number,
    author: number % 2 === 0 ? "machine" : "you",
    kind: "space",
    title: `change ${number}`,
    why: "",
    effect: "",
    change: counts,
    first: 5 * number,
    gain: "",
    tone: "none",
    elapsed: number,
    undone: false,
  });

  it("stand where they were made, as numbered flags; a note has none", () => {
    const acts = [change(4), change(3, false), change(2), change(1)];
    const steers = steersOf(acts, 10);
    expect(steers.map((one) => [one.first, one.text, one.level])).toEqual([
      [20, "3", 0],
      [10, "2", 0],
      [5, "1", 0],
    ]);
    const near = [change(3), change(2), change(1)].map((one, i) => ({ ...one, first: [30, 9, 9][i] ?? 0 }));
    expect(steersOf(near, 40).map((one) => one.text)).toEqual(["3", "", "1, 2"]);
    const listed = flags(acts);
    expect(listed.map((one) => `${one.flag} ${one.author}: ${one.title}`)).toEqual([
      "1 you: change 1",
      "2 machine: change 2",
      "3 machine: change 4",
    ]);
  });
});

describe("configurations", () => {
  it("come by name and go back in order", () => {
    const values = [0.01, 15, 20, 0.8, 0.9, 0.01, 0.01, 63, true, 5, 1];
    expect(valuesOf(family, configOf(family, values))).toEqual(values);
    expect(valuesOf(family, { family: "lightgbm" })).toEqual(family.parameters.map((one) => one.default));
  });

  it("take today's ranges, with defaults inside them", () => {
    const narrowed = TODAY.map((range) =>
      range.name === "lightgbm.learning_rate" ? { ...range, low: 0.1, high: 0.2 } : range,
    );
    const steering = { ranges: narrowed } as Parameters<typeof todaysFamily>[1];
    const [rate] = todaysFamily(family, steering).parameters;
    expect(rate).toMatchObject({ low: 0.1, high: 0.2, default: 0.1 });
  });

  it("make a grid over today's range, which can be typed", () => {
    const [rate, leaves] = family.parameters;
    if (rate === undefined || leaves === undefined) throw new Error("no such setting");
    const values = gridValues(rate);
    expect(values).toHaveLength(7);
    expect([values[0], values[6]]).toEqual([0.005, 0.3]);
    expect(gridValues(leaves).every(Number.isInteger)).toBe(true);
    expect(readGrid(rate, values.join(" "))).toEqual({ ok: true, values });
    expect(readGrid(rate, "0.01, 0.02 0.01")).toEqual({ ok: true, values: [0.01, 0.02] });
    expect(readGrid(rate, " ")).toMatchObject({ ok: false });
    expect(readGrid(rate, "7")).toMatchObject({ ok: false });
    expect(readGrid(rate, Array(201).fill("0.01").join(" "))).toMatchObject({ ok: false });
    const features = { ...forest.parameters[0], choices: ["sqrt", "log2", null] } as ParameterInfo;
    expect(readGrid(features, "sqrt none")).toEqual({ ok: true, values: ["sqrt", null] });
    expect(readGrid(features, "cube")).toMatchObject({ ok: false });
  });
});
