import { afterEach, describe, expect, it } from "vitest";
import type { ProgressPoint } from "../src/charts/ProgressChart";
import { timeWords } from "../src/components/Jobs";
import { gapWords } from "../src/panels/overview/Hero";
import { below } from "../src/panels/overview/progress";
import { recordedSnapshot } from "./recorded";
import { Screen } from "./screen";

const EVIL = '<img src=x onerror="window.hacked=1">';
const { metric } = recordedSnapshot().session;

describe("the figures of the model", () => {
  let screen: Screen;

  afterEach(() => screen?.close());

  it("name the uncertainty, the baselines and the time, as text", async () => {
    const snapshot = recordedSnapshot();
    snapshot.status.best = { number: 3, family: "lightgbm", score: 0.85, std: 0.01, predict_ms: 63 };
    snapshot.status.preferred = null;
    snapshot.status.baselines = [{ number: 0, label: EVIL, score: 0.5, std: 0.01 }];
    screen = await Screen.show("overview", { snapshot });
    expect(screen.text(".hero")).toContain("Best so far");
    expect(screen.text(".hero")).toContain(`0.8500± 0.010 SD over ${snapshot.session.folds} folds`);
    expect(screen.text(".hero")).toContain(`${EVIL}0.50000.350 worse`);
    expect(screen.text(".hero")).toContain("evaluated at the end");
    expect(screen.text(".hero")).toContain("63 ms");
    expect(screen.all("img")).toHaveLength(0);
  });

  it("call a difference far below the noise the same", () => {
    expect(gapWords(0.8522, 0.008, { score: 0.8521 }, metric)).toBe("the same");
    expect(gapWords(0.8522, null, { score: 0.85219 }, metric)).toBe("the same");
    expect(gapWords(0.8522, 0.008, { score: 0.8322 }, metric)).toBe("0.020 worse");
    expect(gapWords(-30, 1, { score: -25 }, { ...metric, sign: -1 })).toBe("5.00 better");
  });
});

describe("the workers", () => {
  it("are shown with the time of each trial, and the expected end where there is evidence", () => {
    expect(timeWords({ started: 10, expected: 20 }, 18)).toBe("8 s, about 12 s left");
    expect(timeWords({ started: 10, expected: 20 }, 40)).toBe("30 s, longer than usual");
    expect(timeWords({ started: 10, expected: null }, 18)).toBe("8 s");
    expect(timeWords({ started: null, expected: 20 }, 18)).toBe("queued, takes about 20 s");
  });
});

describe("the axis of the chart", () => {
  it("counts the trials below its end", () => {
    const point = (score: number, baseline = false) => ({ score, baseline, past: 0 }) as ProgressPoint;
    const good = [0.85, 0.84, 0.85, 0.83].map((one) => point(one));
    expect(below([...good, point(0.5, true), point(0.84, true)], 1)).toMatchObject({ count: 1 });
    expect(below(good, 1)).toBeNull();
    expect(below([], 1)).toBeNull();
  });
});
