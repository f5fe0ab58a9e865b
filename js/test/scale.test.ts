import { describe, expect, it } from "vitest";
import { stepsOf } from "../src/components/Handle";
import { axisOf, niceStep, place, stepped, tidy, valueAt, widerAt } from "../src/words/scale";

const rate = { low: 0.005, high: 0.3, log: true };
const share = { low: 0.3, high: 1, log: false };
const leaves = { low: 4, high: 256, log: true };

describe("a scale", () => {
  it.each([rate, share, leaves])("places values and gives them back", (scale) => {
    for (const at of [0, 0.25, 0.5, 1, 1.2, -0.1]) expect(place(scale, valueAt(scale, at))).toBeCloseTo(at);
  });

  it("has no place for zero on a scale by factors", () => {
    expect(place(rate, 0)).toBe(Number.NEGATIVE_INFINITY);
  });

  it("shows the widest of its parts, and never has no length", () => {
    expect(
      axisOf(
        [
          { low: 1, high: 3 },
          { low: 2, high: 9 },
        ],
        false,
      ),
    ).toEqual({ low: 1, high: 9, log: false });
    expect(
      axisOf(
        [
          { low: 0, high: 0 },
          { low: 2, high: 2 },
        ],
        true,
      ),
    ).toEqual({ low: 1, high: 4, log: true });
    expect(axisOf([{ low: 5, high: 5 }], false)).toEqual({ low: 2.5, high: 7.5, log: false });
    expect(axisOf([], true).low).toBeGreaterThan(0);
  });

  it("rounds to what a pixel can tell", () => {
    expect(tidy(0.0234567, rate, false)).toBe(0.0235);
    expect(tidy(0.612345, share, false)).toBe(0.612);
    expect(tidy(30.6, leaves, true)).toBe(31);
  });

  it("takes steps of 1, 2 and 5", () => {
    expect([0.007, 0.012, 0.03, 4, 0].map(niceStep)).toEqual([0.005, 0.01, 0.02, 5, 1]);
  });

  it.each([
    [0.02, rate, false],
    [0.6, share, false],
    [5, leaves, true],
    [200, leaves, true],
  ])("always moves by a key, and further with Shift: %d", (value, scale, whole) => {
    const one = stepped(value, scale, whole, 1);
    expect(one).toBeGreaterThan(value);
    expect(stepped(value, scale, whole, 10)).toBeGreaterThan(one);
    expect(stepped(value, scale, whole, -1)).toBeLessThan(value);
    expect(stepped(value, scale, whole, 0)).toBe(value);
    if (whole) expect(Number.isInteger(one)).toBe(true);
  });

  it("makes room at an end, and no further than is legal", () => {
    expect(widerAt(rate, "low", 1e-5, false)).toBe(0.001);
    expect(widerAt(rate, "high", 1, false)).toBe(1);
    expect(widerAt(share, "high", 1, false)).toBe(1);
    expect(widerAt({ low: 1, high: 64, log: true }, "low", 0, true)).toBe(1);
    expect(widerAt({ low: 1, high: 64, log: true }, "high", null, true)).toBeGreaterThan(64);
  });

  it("reads keys as steps", () => {
    expect(stepsOf("ArrowRight", false)).toBe(1);
    expect(stepsOf("ArrowLeft", true)).toBe(-10);
    expect(stepsOf("Home", true)).toBe(Number.NEGATIVE_INFINITY);
    expect(stepsOf("a", false)).toBeNull();
  });
});
