import { afterEach, describe, expect, it } from "vitest";
import { apart } from "../src/charts/apart";
import type { ProgressPoint } from "../src/charts/ProgressChart";
import { timeWords } from "../src/components/Jobs";
import { gapWords } from "../src/panels/overview/Hero";
import { axisBreak, breakWords, familyEnds } from "../src/panels/overview/progress";
import { byName } from "../src/words/trial";
import BREAKS from "./breaks.json";
import { recordedSnapshot } from "./recorded";
import { Screen, soon } from "./screen";

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

  it("are followed by questions, each one click from its answer", async () => {
    const snapshot = recordedSnapshot();
    snapshot.status.best = { number: 3, family: "lightgbm", score: 0.85, std: 0.01, predict_ms: 63 };
    screen = await Screen.show("overview", { snapshot });
    await screen.press("Where does it make the most errors?");
    await soon(() => expect(screen.all('[aria-current="true"]')[0]?.dataset.question).toBe("slices"));
    await screen.fill(screen.one(".picker input") as HTMLElement, "2");
    await soon(() => expect(screen.text(".explained")).toContain("#2 Explain the recommended model"));
    await screen.click(screen.one("[data-tab=overview]"));
    await screen.press("Where does it make the most errors?");
    await soon(() => expect(screen.text(".explained")).toContain("Explaining the recommended model"));
    await screen.click(screen.one("[data-tab=overview]"));
    await screen.press("What did the search do?");
    await soon(() =>
      expect(screen.all('.filters [aria-pressed="true"]').map((one) => one.textContent)).toEqual([
        "the search",
      ]),
    );
  });

  it("give the caution a line of its own, and minor warnings a figure", async () => {
    const snapshot = recordedSnapshot();
    snapshot.status.best = { number: 3, family: "lightgbm", score: 0.85, std: 0.01, predict_ms: 63 };
    snapshot.status.preferred = null;
    const sentence = `${EVIL} leaks.`;
    const caution = `Scores may be misleading. ${sentence}`;
    snapshot.status.warnings = { open: 2, severity: "high", sentence, caution };
    screen = await Screen.show("overview", { snapshot });
    expect(screen.text(".hero-caution")).toContain(caution);
    expect(screen.text(".hero-figures")).not.toContain("warning");
    expect(screen.all("img")).toHaveLength(0);
    screen.close();
    snapshot.status.warnings = { open: 1, severity: "medium", sentence: "Minor.", caution: "" };
    screen = await Screen.show("overview", { snapshot });
    expect(screen.text(".hero-figures")).toContain("Open warnings1");
    expect(screen.all(".hero-caution")).toHaveLength(0);
  });

  it("hold the goal against the holdout, of each offered model", async () => {
    const snapshot = recordedSnapshot();
    const { rows } = snapshot.session;
    snapshot.session.goal = `recall of at least 0.8 at 5% false alarms ${EVIL}`;
    snapshot.status.best = { number: 3, family: "lightgbm", score: 0.85, std: 0.01, predict_ms: 63 };
    snapshot.status.preferred = null;
    snapshot.status.holdout = null;
    screen = await Screen.show("overview", { snapshot });
    expect(screen.text(".hero")).toContain(`Goalchecked at the end${snapshot.session.goal}`);
    screen.close();
    const model = { cv: 0.85, std: 0.01, low: null, high: null, predict_ms: 63, size_mb: 0.1, score: 0.84 };
    snapshot.status.phase = "finished";
    snapshot.status.holdout = {
      rows,
      best: 0.84,
      ensemble: null,
      sentence: "",
      gap: "",
      far: false,
      rival: "",
      newer: "",
      evaluated: "once",
      delivered: "",
      goal: { outcome: "unlikely", sentence: "Goal not reached, but it may still be within reach." },
      expected: { outcome: "worse", sentence: "Worse than expected." },
      models: [
        {
          ...model,
          name: "best",
          label: "LightGBM, #3",
          number: 3,
          python: "session.model(3)",
          notes: ["3 predictions on the holdout (1.7%) were clipped to at least 0."],
          goal: { outcome: "unlikely", value: "0.78", interval: "0.71 to 0.85" },
        },
        {
          ...model,
          name: "simpler",
          label: "Tree, #1",
          number: 1,
          python: "session.model(1)",
          goal: null,
          notes: [],
        },
      ],
    };
    screen = await Screen.show("overview", { snapshot });
    expect(screen.text(".hero")).toContain("Goalprobably missed");
    expect(screen.text(".take")).toContain("Goal not reached, but it may still be within reach.");
    expect(screen.text(".take")).toContain("Worse than expected.");
    expect(screen.text(".take")).toContain("were clipped to at least 0");
    const cells = screen.all('.take [data-label="goal"]').map((one) => one.textContent);
    expect(cells).toEqual(["(✗) 0.78 0.71 to 0.85", "–"]);
    expect(screen.all("img")).toHaveLength(0);
  });

  it("call a difference far below the noise the same", () => {
    expect(gapWords(0.8522, 0.008, { score: 0.8521 }, metric)).toBe("0.0001 worse, statistically tied");
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
  const points = (scores: readonly number[], baselines: readonly number[] = []) => [
    ...scores.map((score) => ({ score, baseline: false, past: 0 })),
    ...baselines.map((score) => ({ score, baseline: true, past: 0 })),
  ];

  it("breaks as in Python, and only where few trials would stretch it", () => {
    for (const { scores, baselines, floor, count } of BREAKS) {
      const found = axisBreak(points(scores, baselines));
      if (floor === null) expect(found).toBeNull();
      else {
        expect(found?.floor).toBeCloseTo(floor, 6);
        expect(found?.count).toBe(count);
      }
    }
  });

  it("says what is beyond the break, in the units on screen", () => {
    const cut = { floor: 0.8362, low: 0.5, high: 0.85, count: 12 };
    expect(breakWords(cut, metric)).toBe("12 trials below 0.8362, not to scale");
    const errors = { floor: -71.2, low: -1204, high: -60, count: 1 };
    expect(breakWords(errors, { ...metric, sign: -1 })).toBe("1 trial above 71.20, not to scale");
  });

  it("carries each family's name once, by its best trial that counts", () => {
    const families = byName(recordedSnapshot().session.families);
    const point = { family: "linear", baseline: false, outside: false, past: 0 };
    const drawn = [
      { ...point, score: 0.8 },
      { ...point, score: 0.84, baseline: true },
      { ...point, score: 0.9, outside: true },
      { ...point, score: 0.95, past: 1 },
      { ...point, family: "lightgbm", score: 0.85 },
      { ...point, family: "dummy", score: 0.5, baseline: true },
    ] as ProgressPoint[];
    expect(familyEnds(drawn, families).map(({ name, score }) => [name, score])).toEqual([
      ["linear", 0.84],
      ["lightgbm", 0.85],
    ]);
  });
});

describe("names beside the chart", () => {
  it("are at least a line apart, in order, near their places, and inside", () => {
    for (const wanted of [
      [],
      [40],
      [10, 11, 12, 13],
      [100, 101, 102, 250, 251],
      [-20, 5, 5, 300],
      [0, 30, 60, 61, 90],
    ]) {
      const found = apart(wanted, 17, 8, 256);
      expect(found).toHaveLength(wanted.length);
      found.forEach((at, i) => {
        expect(at).toBeGreaterThanOrEqual(8);
        expect(at).toBeLessThanOrEqual(256);
        if (i > 0) expect(at - (found[i - 1] ?? 0)).toBeGreaterThanOrEqual(17 - 1e-9);
      });
    }
    expect(apart([40, 90], 17, 8, 256)).toEqual([40, 90]);
    expect(apart([100, 101], 17, 8, 256)).toEqual([92, 109]);
    expect(
      apart(
        Array.from({ length: 40 }, () => 100),
        17,
        8,
        256,
      ).at(-1),
    ).toBeCloseTo(256);
  });
});
