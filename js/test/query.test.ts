import { describe, expect, it } from "vitest";
import { toRow } from "../src/store/row";
import { reader } from "../src/words/objective";
import { readQuery, type Subject } from "../src/words/query";
import { scoreAxis } from "../src/words/scoreAxis";
import { settingOf, sharedSettings } from "../src/words/settings";
import { FAMILIES, manyRows } from "./many";
import { recordedSnapshot } from "./recorded";

const rows = manyRows(200).map(toRow);
const { metric } = recordedSnapshot().session;
const measured = ["predict_ms", "complexity"];
const subject: Subject = {
  families: FAMILIES,
  metric,
  measured,
  read: reader(metric, measured),
  written: (number) => (number === 7 ? "candidate for Monday" : ""),
  rows,
};
const found = (text: string) => rows.filter(readQuery(text, subject).test);
const problem = (text: string) => readQuery(text, subject).problem;
const leaves = sharedSettings(FAMILIES).get("num_leaves");

describe("readQuery", () => {
  it("finds trials by a setting, with or without its family, and with or without spaces", () => {
    if (leaves === undefined) throw new Error("the recordings have no num_leaves");
    const expected = rows.filter((row) => Number(settingOf(row, leaves) ?? 0) > 12);
    expect(expected.length).toBeGreaterThan(0);
    for (const text of ["num_leaves > 12", "num_leaves>12", "lightgbm.num_leaves >12", "NUM_LEAVES > 12"])
      expect(found(text)).toEqual(expected);
  });

  it("joins words and comparisons: all must hold", () => {
    const kept = found("lightgbm num_leaves > 12 score >= 0.8");
    expect(kept.length).toBeGreaterThan(0);
    for (const row of kept) {
      expect(row.family).toBe("lightgbm");
      expect(row.score).toBeGreaterThanOrEqual(0.8);
    }
  });

  it("finds a setting that several families share in each of them", () => {
    const families = new Set(found("learning_rate < 0.1").map((row) => row.family));
    expect(families.size).toBeGreaterThan(1);
  });

  it("finds the slowest quarter of the complete trials", () => {
    const slow = found("slow");
    const fast = found("fast");
    expect(Math.min(...slow.map((row) => row.seconds))).toBeGreaterThan(
      Math.max(...fast.map((row) => row.seconds)),
    );
  });

  it("finds numbers, states, objectives and what a user wrote", () => {
    expect(found("#26").map((row) => row.number)).toEqual([26]);
    expect(found("EDITED you").map((row) => row.number)).toEqual([26]);
    expect(found("failed").every((row) => row.state === "failed")).toBe(true);
    expect(found("predict_ms < 5").every((row) => (row.measures[0] ?? 9) < 5)).toBe(true);
    expect(found('"for monday"').map((row) => row.number)).toEqual([7]);
    expect(found("")).toHaveLength(rows.length);
  });

  it("says what it cannot read, and ignores only that", () => {
    expect(problem("num_leafs > 60")).toContain("Did you mean “num_leaves”?");
    expect(problem("num_leaves >")).toBe("“num_leaves >” needs a value.");
    expect(problem("num_leaves > many")).toBe("“num_leaves >” needs a number; got “many”.");
    expect(problem("> 60")).toContain("Write a setting before “>”");
    expect(problem("lightgbm slow")).toBe("");
    expect(found("#26 num_leafs > 60").map((row) => row.number)).toEqual([26]);
  });
});

describe("scoreAxis", () => {
  it("holds the good trials with their spreads, and leaves out what lies far below", () => {
    const far = { ...rows[0], score: -40, state: "complete" } as (typeof rows)[0];
    const axis = scoreAxis([...rows, far], metric);
    if (axis === null) throw new Error("there is no axis");
    expect(axis.low).toBeGreaterThan(0.5);
    expect(axis.high).toBeGreaterThan(axis.best);
    expect(scoreAxis([], metric)).toBeNull();
  });

  it("has a length if all scores are equal, and rises to the right for errors too", () => {
    const one = { ...rows[1], score: -3, std: 0, state: "complete" } as (typeof rows)[0];
    const axis = scoreAxis([one], { ...metric, sign: -1 });
    expect(axis?.best).toBe(3);
    expect(axis?.low).toBeLessThan(3);
    expect(axis?.high).toBeGreaterThan(3);
  });
});
