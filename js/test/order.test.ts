import { describe, expect, it } from "vitest";
import { arranged } from "../src/panels/trials/order";
import { toRow } from "../src/store/row";
import { type ColumnId, NO_FILTER } from "../src/store/ui";
import { byName } from "../src/words/trial";
import { FAMILIES, manyRows } from "./many";

const families = byName(FAMILIES);
const rows = manyRows(60).map(toRow);
const order = (column: ColumnId, descending: boolean, filter = NO_FILTER) =>
  arranged(rows, { column, descending }, filter, families);

describe("arranged", () => {
  it("keeps what lies in the search space, or what does not", () => {
    const grey = new Set([3, 5, 8]);
    const kept = (standing: "inside" | "outside") =>
      arranged(rows, { column: "number", descending: false }, { ...NO_FILTER, standing }, families, grey);
    expect(kept("outside").map((row) => row.number)).toEqual([3, 5, 8]);
    expect(kept("inside")).toHaveLength(rows.length - 3);
  });

  it("puts the best complete trial first and what has no score last", () => {
    const sorted = order("score", true);
    const complete = sorted.filter((row) => row.state === "complete");
    expect(sorted.slice(0, complete.length)).toEqual(complete);
    const scores = complete.map((row) => row.score ?? 0);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(sorted.at(-1)?.score).toBeNull();
  });

  it.each(["number", "family", "score", "folds", "seconds", "finished", "state", "by"] as const)(
    "sorts by %s both ways and keeps every row",
    (column) => {
      const up = order(column, false);
      const down = order(column, true);
      expect(new Set(up)).toEqual(new Set(rows));
      expect(new Set(down)).toEqual(new Set(rows));
      expect(up).not.toEqual(down);
    },
  );

  it("filters by family, state and author", () => {
    expect(order("number", false, { ...NO_FILTER, family: "mlp" }).every((row) => row.family === "mlp")).toBe(
      true,
    );
    expect(
      order("number", false, { ...NO_FILTER, state: "failed" }).every((row) => row.state === "failed"),
    ).toBe(true);
    expect(order("number", false, { ...NO_FILTER, author: "you" }).map((row) => row.number)).toContain(13);
  });
});
