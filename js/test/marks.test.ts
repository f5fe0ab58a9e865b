import { expect, test } from "vitest";
import type { TrialRow } from "../src/protocol/messages";
import { marked, toRow } from "../src/store/row";

const wire: TrialRow = [7, "running", "tree", null, null, 0, 0, null, "you", "edit", 3, 1, [0.5, "gini"], []];

test("a mark moves what was measured and leaves who proposed it and with which settings", () => {
  const before = toRow(wire);
  const after = marked(before, [7, "complete", 0.81, 0.01, 5, 2.5, 40, [3.5, null]]);
  expect(after).toEqual({
    ...before,
    state: "complete",
    score: 0.81,
    std: 0.01,
    folds: 5,
    seconds: 2.5,
    finishedAt: 40,
    measures: [3.5, null],
  });
  expect(before.state).toBe("running");
});
