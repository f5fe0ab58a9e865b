import { afterEach, describe, expect, it } from "vitest";
import { bestSteps } from "../src/panels/journal/ScoreCurve";
import { toRow } from "../src/store/row";
import { clockTime } from "../src/words/numbers";
import { manyRows } from "./many";
import { Screen, soon } from "./screen";

describe("the journal", () => {
  let screen: Screen;

  afterEach(() => screen?.close());

  it("shows the clock time beside the time in the search", async () => {
    screen = await Screen.show("journal");
    await soon(() => expect(screen.all(".history-line time").length).toBeGreaterThan(3));
    for (const one of screen.all(".history-line time")) expect(one.textContent).toMatch(/^\d\d:\d\d:\d\d \d/);
    expect(clockTime(new Date(2026, 10, 30, 4, 5, 6))).toBe("04:05:06");
    expect(clockTime(new Date(Number.NaN))).toBe("–");
  });

  it("asks the kernel for the Markdown that it downloads", async () => {
    screen = await Screen.show("journal", { answers: { journal_markdown: () => "# Journal" } });
    await screen.press("Download Markdown");
    expect(screen.asked("journal_markdown")).toHaveLength(1);
  });

  it("draws only what raised the best score, without trials that do not count", () => {
    const rows = manyRows(60).map(toRow);
    const steps = bestSteps(rows, () => true);
    const scores = steps.map((one) => one.score);
    expect(scores.length).toBeGreaterThan(1);
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
    expect(new Set(scores).size).toBe(scores.length);
    expect(bestSteps(rows, () => false)).toEqual([]);
  });
});
