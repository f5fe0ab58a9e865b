import { afterEach, describe, expect, it } from "vitest";
import { progressPoints, thinned } from "../src/panels/overview/progress";
import { toRow } from "../src/store/row";
import { byName } from "../src/words/trial";
import { FAMILIES, manyRows } from "./many";
import { recordedSnapshot } from "./recorded";
import { Screen, soon } from "./screen";

/** A session whose best trial was measured before the data changed. */
function changed() {
  const snapshot = recordedSnapshot();
  const best = snapshot.status.best?.number ?? 0;
  snapshot.steering.other_data = [[best]];
  snapshot.steering.outside = [...snapshot.steering.outside, best];
  snapshot.status.today = { ...snapshot.status.counts, complete: snapshot.status.counts.complete - 1 };
  return { snapshot, best };
}

describe("results on earlier data", () => {
  let screen: Screen;

  afterEach(() => screen.close());

  it("leave the list of the best, and the counts are of today's data", async () => {
    const { snapshot, best } = changed();
    screen = await Screen.show("overview", { snapshot });
    await screen.says("1 trial from before the data changed is not listed.");
    await screen.says(`${snapshot.status.today.complete} complete`);
    const listed = screen.all(".board tbody tr td:first-child").map((one) => one.textContent);
    expect(listed.length).toBeGreaterThan(0);
    expect(listed).not.toContain(String(best));
  });

  it("are shown in Trials by a filter, never among today's", async () => {
    const { snapshot } = changed();
    screen = await Screen.show("trials", { snapshot });
    const listed = () => Number(screen.one("[role=grid]").getAttribute("aria-rowcount")) - 1;
    expect(listed()).toBe(snapshot.rows.length - 1);
    await screen.press("before the data changed (1)");
    await screen.says(
      "1 trial from before the data changed. Their scores are not comparable with the others",
    );
    expect(listed()).toBe(1);
    expect(screen.button("before the data changed").getAttribute("aria-pressed")).toBe("true");
    await screen.press("before the data changed (1)");
    expect(listed()).toBe(snapshot.rows.length - 1);
  });

  it("have no place among the trade-offs", async () => {
    screen = await Screen.show("preferences", { snapshot: recordedSnapshot() });
    const count = async () => {
      await soon(() => screen.labelled("ROC AUC against"));
      return Number(
        /of (\d+) trials/.exec(screen.labelled("ROC AUC against").getAttribute("aria-label") ?? "")?.[1],
      );
    };
    const before = await count();
    screen.close();
    screen = await Screen.show("preferences", { snapshot: changed().snapshot });
    expect(await count()).toBe(before - 1);
  });
});

describe("the number of changes", () => {
  let screen: Screen;

  afterEach(() => screen.close());

  it("is the same in the journal and beside the search space", async () => {
    const snapshot = recordedSnapshot("binary", "excluded");
    const [act] = snapshot.steering.acts;
    if (act === undefined) throw new Error("no act was recorded");
    snapshot.steering.acts = Array.from({ length: 50 }, (_, i) => ({ ...act, number: 60 - i }));
    snapshot.steering.changes = { you: 58, machine: 2 };
    screen = await Screen.show("space", { snapshot });
    await screen.says("Show the last 50 of 60 changes");
    screen.close();
    snapshot.steering.acts.length = 9;
    snapshot.steering.changes = { you: 7, machine: 2 };
    screen = await Screen.show("space", { snapshot });
    await screen.says("Show all 9 changes");
    screen.close();
    screen = await Screen.show("journal", { recording: "binary", state: "excluded" });
    await screen.says("You made one change");
  });
});

describe("the points of the chart", () => {
  it("keep each new best of each view of the data", () => {
    const rows = manyRows(900).map(toRow);
    const past = new Map(rows.slice(0, 450).map((row) => [row.number, 1] as const));
    const points = progressPoints(rows, byName(FAMILIES), [], new Set(past.keys()), past);
    const kept = new Set(thinned(points, 100).points);
    for (const view of [0, 1]) {
      const own = points.filter((point) => point.past === view);
      const best = Math.max(...own.map((point) => point.score));
      expect(own.some((point) => point.score === best && kept.has(point))).toBe(true);
    }
  });
});
