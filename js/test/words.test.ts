import { describe, expect, it } from "vitest";
import { parseLimit } from "../src/components/BudgetPopover";
import type { MetricInfo, ParameterInfo, Status } from "../src/protocol/messages";
import { fitWords, longFits, shareDone } from "../src/words/fit";
import { checkForm, formTexts, initialText, parseSetting } from "../src/words/form";
import {
  formatBytes,
  formatDuration,
  formatLeft,
  formatScore,
  formatSetting,
  formatValue,
} from "../src/words/numbers";
import { part, phaseWords } from "../src/words/phase";
import { FAMILIES } from "./many";
import { recordedSnapshot } from "./recorded";

describe("a fit in progress", () => {
  const fit = { trial: 7, fold: 2, started: 10, rounds: 180, most: 500, choosing: false };
  const plain = { ...fit, rounds: null, most: null };

  it("says its fold, its rounds and its time", () => {
    expect(fitWords(fit, 5, 22.4)).toBe("fold 2 of 5, round 180 of 500, 12 s");
    expect(fitWords({ ...fit, rounds: 1180, most: 2000, choosing: true }, 5, 200)).toBe(
      "fold 2 of 5, round 1,180 of up to 2,000, 3 min 10 s",
    );
    expect(fitWords(plain, 5, 22)).toBe("fold 2 of 5, 12 s");
  });

  it("has a share only if the number of rounds is known", () => {
    expect([fit, { ...fit, choosing: true }, plain].map(shareDone)).toEqual([0.36, null, null]);
  });

  it("is not spoken of before it has lasted two seconds", () => {
    expect(longFits([fit, { ...fit, trial: 8 }], 7, 11.9)).toEqual([]);
    expect(longFits([fit, { ...fit, trial: 8 }], 7, 12)).toEqual([fit]);
  });
});

describe("numbers", () => {
  it.each([
    [0.85274, "0.8527"],
    [0.00123456, "0.00123"],
    [0, "0.0000"],
    [-0.25, "−0.2500"],
    [12.3456, "12.35"],
    [312.34, "312.3"],
    [15870.4, "15,870"],
    [3e9, "3.00e+9"],
    [Number.NaN, "–"],
  ])("%d is shown as %s", (value, text) => {
    expect(formatValue(value)).toBe(text);
  });

  it("turns the sign back for metrics of which less is better", () => {
    const rmse: MetricInfo = { scorer: "neg_rmse", label: "RMSE", sign: -1, of_target: true };
    expect(formatScore(-14753.2, 890.4, rmse)).toEqual({ value: "14,753", spread: "890" });
    expect(formatScore(null, null, rmse)).toBeNull();
    expect(formatScore(-0.5, null, rmse)).toEqual({ value: "0.5000", spread: null });
  });

  it.each([
    [0, "0 s"],
    [0.0001, "under 1 ms"],
    [0.0034, "3 ms"],
    [0.9999, "1 s"],
    [1.25, "1.3 s"],
    [9.97, "10 s"],
    [18.2, "18 s"],
    [59.7, "1 min"],
    [190, "3 min 10 s"],
    [300, "5 min"],
    [3900, "1 h 5 min"],
    [7199.9, "2 h"],
    [-1, "–"],
  ])("%d seconds are %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it("counts down in whole seconds and not below none", () => {
    expect(formatLeft(189.2)).toBe("3 min 10 s left");
    expect(formatLeft(-3)).toBe("0 s left");
    expect(formatLeft(4.2)).toBe("5 s left");
  });

  it("shows settings without needless digits", () => {
    expect([0.0126399, 31, true, null, "sqrt", 1e-6].map(formatSetting)).toEqual([
      "0.01264",
      "31",
      "yes",
      "none",
      "sqrt",
      "1e−6",
    ]);
  });

  it("shows bytes in thousands", () => {
    expect([900, 4200, 412_000, 3_400_000].map(formatBytes)).toEqual(["900 B", "4.2 kB", "412 kB", "3.4 MB"]);
  });
});

describe("phase", () => {
  const status: Status = {
    ...recordedSnapshot("binary", "ready").status,
    phase: "running",
    autonomy: "cruise",
    budget: { seconds: 300, trials: null, used_seconds: 110, ticking: true },
  };

  it("says what is left, with the time since the message", () => {
    expect(phaseWords(status, 10)).toEqual(["starting", "3 min left"]);
    expect(part(status, 40)).toBeCloseTo(0.5);
  });

  it("counts trials when they are the limit", () => {
    const budget = { seconds: null, trials: 40, used_seconds: 5, ticking: true };
    const counts = { queued: 0, running: 2, complete: 10, stopped: 0, failed: 0 };
    expect(phaseWords({ ...status, budget, counts }, 0)).toEqual(["12 of 40 trials", "5 s so far"]);
    expect(part({ ...status, budget, counts }, 0)).toBeCloseTo(0.25);
  });

  it("has no part of a budget without limits", () => {
    expect(part({ ...status, budget: { ...status.budget, seconds: null } }, 0)).toBeNull();
  });
});

describe("form", () => {
  const family = FAMILIES.find((one) => one.name === "lightgbm");
  if (family === undefined) throw new Error("no such family");
  const [rate, leaves] = family.parameters as [ParameterInfo, ParameterInfo];
  const extra = family.parameters[8] as ParameterInfo;

  it("reads numbers as people type them", () => {
    expect(parseSetting(rate, " 0,05 ")).toEqual({ ok: true, value: 0.05 });
    expect(parseSetting(rate, "5e-2")).toEqual({ ok: true, value: 0.05 });
    expect(parseSetting(leaves, "31")).toEqual({ ok: true, value: 31 });
  });

  it.each([
    ["", "Enter a number from 0.005 to 0.3."],
    ["much", "Enter a number from 0.005 to 0.3."],
    ["1", "Outside the search space: enter a number from 0.005 to 0.3; got 1."],
  ])("says in words what is wrong with %o", (text, message) => {
    expect(parseSetting(rate, text)).toEqual({ ok: false, message });
  });

  it("wants whole numbers where the setting is one", () => {
    expect(parseSetting(leaves, "31.5")).toMatchObject({
      ok: false,
      message: expect.stringContaining("whole number"),
    });
  });

  it("keeps the type of a choice", () => {
    expect(parseSetting(extra, "1")).toEqual({ ok: true, value: true });
    expect(parseSetting(extra, "")).toMatchObject({ ok: false });
    expect(initialText(extra, false)).toBe("0");
  });

  it("starts from a trial's values and gives the same configuration back", () => {
    const values = [0.01, 15, 20, 0.8, 0.9, 0.01, 0.01, 63, true, 5, 1];
    const { config, problems } = checkForm(family, formTexts(family, values));
    expect(problems).toEqual({});
    expect(Object.values(config)).toEqual(["lightgbm", ...values]);
  });

  it("reads limits", () => {
    expect(parseLimit("", "minutes", false)).toBeNull();
    expect(parseLimit("2.5", "minutes", false)).toBe(2.5);
    expect(parseLimit("-1", "minutes", false)).toContain("above 0");
    expect(parseLimit("2.5", "trials", true)).toContain("whole");
  });
});
