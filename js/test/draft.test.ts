import { describe, expect, it } from "vitest";
import type { ParameterInfo } from "../src/protocol/messages";
import { DraftStore } from "../src/store/draft";
import {
  changeOf,
  commandOf,
  holds,
  isEmpty,
  NO_DRAFT,
  pruned,
  readBounds,
  sameTarget,
  targetOf,
  targetWords,
  withEnd,
  withFamily,
  withTarget,
} from "../src/words/draft";
import { recordedSnapshot } from "./recorded";

const steering = recordedSnapshot().steering;
const features = { choices: ["sqrt", "log2", null], low: null, high: null, log: false };
const asFeatures = <T extends { name: string }>(one: T): T =>
  one.name === "extra_trees.max_features" ? { ...one, ...features, name: one.name } : one;
steering.ranges = steering.ranges.map(asFeatures);
const FAMILIES = recordedSnapshot().session.families.map((family) => ({
  ...family,
  parameters: family.parameters.map(asFeatures),
}));
const parameters = new Map(FAMILIES.flatMap((one) => one.parameters.map((p) => [p.name, p] as const)));
const of = (name: string) => parameters.get(name) as ParameterInfo;
const rate = of("lightgbm.learning_rate");
const today = targetOf(rate);

describe("a draft", () => {
  it("is empty again when everything in it is as today", () => {
    const once = withTarget(NO_DRAFT, rate.name, { low: 0.02, high: 0.08, log: true }, today);
    expect(isEmpty(once)).toBe(false);
    expect(isEmpty(withTarget(once, rate.name, today, today))).toBe(true);
    const out = withFamily(NO_DRAFT, "mlp", false, steering.families);
    expect(out.families).toEqual({ mlp: false });
    expect(isEmpty(withFamily(out, "mlp", true, steering.families))).toBe(true);
    expect(commandOf(NO_DRAFT, steering, parameters)).toBeNull();
  });

  it("becomes one command", () => {
    let draft = withTarget(NO_DRAFT, rate.name, { low: 0.02, high: 0.08, log: true }, today);
    draft = withTarget(draft, "extra_trees.max_features", { choices: ["sqrt", null] }, targetOf(features));
    draft = withFamily(draft, "mlp", false, steering.families);
    expect(commandOf({ ...draft, cancels: true }, steering, parameters)).toEqual({
      type: "edit",
      changes: {
        "lightgbm.learning_rate": [0.02, 0.08],
        "extra_trees.max_features": { remove: ["log2"] },
      },
      include: [],
      exclude: ["mlp"],
      running: "cancel",
    });
  });

  it.each([
    [{ low: 0.05, high: 0.05, log: true }, { fix: 0.05 }],
    [
      { low: 0.01, high: 0.1, log: false },
      { low: 0.01, high: 0.1, log: false },
    ],
    [{ low: 0.001, high: 0.3, log: true }, [0.001, 0.3]],
  ])("says a change of numbers as a person would", (target, change) => {
    expect(changeOf(target, today, today)).toEqual(change);
  });

  it.each([
    [["sqrt", "log2", null, 0.5], { add: [0.5] }],
    [["sqrt"], { fix: "sqrt" }],
    [[null], { fix: null }],
    [["sqrt", 0.5], { choices: ["sqrt", 0.5] }],
  ])("says a change of choices as a person would", (choices, change) => {
    const now = targetOf(features);
    expect(changeOf({ choices }, now, now)).toEqual(change);
  });

  it("says null for what is as first given", () => {
    const narrowed = { low: 0.02, high: 0.08, log: true };
    expect(changeOf(today, narrowed, today)).toBeNull();
  });

  it("drops what the space has become meanwhile, and keeps its identity when nothing is dropped", () => {
    const target = { low: 0.02, high: 0.08, log: true };
    const draft = withFamily(withTarget(NO_DRAFT, rate.name, target, today), "mlp", false, steering.families);
    expect(pruned(draft, steering)).toBe(draft);
    const ranges = steering.ranges.map((range) =>
      range.name === rate.name ? { ...range, ...target, given: false } : range,
    );
    const families = steering.families.filter((name) => name !== "mlp");
    expect(isEmpty(pruned(draft, { ...steering, ranges }))).toBe(false);
    expect(isEmpty(pruned(draft, { ...steering, ranges, families }))).toBe(true);
  });

  it("knows what lies in it, by type too", () => {
    expect(holds({ low: 1, high: 2, log: false }, 2)).toBe(true);
    expect(holds({ low: 1, high: 2, log: false }, 2.1)).toBe(false);
    expect(holds({ low: 0, high: 1, log: false }, true)).toBe(false);
    expect(holds({ choices: [true] }, 1)).toBe(false);
    expect(holds({ choices: [null, "a"] }, null)).toBe(true);
    expect(sameTarget({ choices: ["a", "b"] }, { choices: ["b", "a"] })).toBe(true);
  });

  it("moves an end within what is legal, and not past the other", () => {
    const from = { low: 0.01, high: 0.1, log: true };
    expect(withEnd(from, "high", 5, rate).high).toBe(1);
    expect(withEnd(from, "low", 0.5, rate).low).toBe(0.1);
    expect(withEnd(from, "low", 0, { legal_low: null, legal_high: null })).toEqual(from);
  });

  it("reads typed bounds, or says why not", () => {
    expect(readBounds(rate, "0,02", " 0.08 ", true)).toEqual({
      ok: true,
      target: { low: 0.02, high: 0.08, log: true },
    });
    const why = (low: string, high: string, parameter = rate, log = true) => {
      const read = readBounds(parameter, low, high, log);
      return read.ok ? "" : read.message;
    };
    expect(why("0.1", "0.02")).toBe("The lower bound 0.1 is above the upper bound 0.02.");
    expect(why("0.1", "2")).toBe("Learning rate cannot be above 1.");
    expect(why("much", "1")).toContain("Enter a number");
    expect(why("1.5", "3", of("catboost.depth"), false)).toContain("whole number");
    expect(why("0", "3", of("mlp.alpha"))).toContain("above 0");
  });

  it("says a range in words", () => {
    expect(targetWords({ low: 0.02, high: 0.08, log: true })).toBe("0.02 – 0.08");
    expect(targetWords({ low: 5, high: 5, log: false })).toBe("5 only");
    expect(targetWords({ choices: ["gini", null] })).toBe("gini, none");
  });
});

describe("DraftStore", () => {
  const narrowed = (low: number) => withTarget(NO_DRAFT, rate.name, { low, high: 0.3, log: true }, today);

  it("takes a whole gesture back at once, and forth again", () => {
    const store = new DraftStore();
    store.set(narrowed(0.01), rate.name, "drag 1");
    store.set(narrowed(0.02), rate.name, "drag 1");
    store.rest();
    store.set(narrowed(0.03), rate.name, "drag 2");
    expect(store.back()).toBe(true);
    expect(store.now.value).toEqual(narrowed(0.02));
    store.back();
    expect(isEmpty(store.now.value)).toBe(true);
    expect(store.forth()).toBe(true);
    expect(store.now.value).toEqual(narrowed(0.02));
  });

  it("has nothing to take back when it is empty, and forgets the way forth then", () => {
    const store = new DraftStore();
    store.set(narrowed(0.01));
    store.back();
    expect(store.back()).toBe(false);
    expect(store.forth()).toBe(false);
  });

  it("is cleared when the space has become what it says", () => {
    const store = new DraftStore();
    store.set(narrowed(0.01), rate.name);
    const ranges = steering.ranges.map((range) =>
      range.name === rate.name ? { ...range, low: 0.01 } : range,
    );
    store.follow({ ...steering, ranges });
    expect(isEmpty(store.now.value)).toBe(true);
    expect(store.touched.value).toBe("");
  });
});
