import { afterEach, describe, expect, it } from "vitest";
import type { Charts } from "../src/charts/charts";
import type { TrialComparison, TrialRow, ViewInfo } from "../src/protocol/messages";
import { manyRows } from "./many";
import { recordedResult, recordedSnapshot } from "./recorded";
import { drawn, NO_CHARTS, Screen, soon } from "./screen";

const EVIL = '<img src=x onerror="window.hacked=1">';

function many() {
  const snapshot = recordedSnapshot();
  snapshot.rows = manyRows(40);
  return snapshot;
}

describe("the trials panel", () => {
  let screen: Screen;

  afterEach(() => screen.close());

  /** Chooses the next rows by the keys of the table. */
  async function choose(count: number) {
    for (let i = 0; i < count; i++) {
      await screen.key(screen.one(".grid"), "ArrowDown");
      await screen.key(screen.one(".grid"), "x");
    }
  }

  /** Chooses trials by their numbers, with the keys of the table. */
  async function pick(...numbers: number[]) {
    for (const one of numbers) {
      await screen.key(screen.one(".grid"), "Home");
      const at = () => screen.one(".grid").getAttribute("aria-activedescendant");
      while (at() !== `hitl-row-${one}`) await screen.key(screen.one(".grid"), "ArrowDown");
      await screen.key(screen.one(".grid"), "x");
    }
  }

  it("adds a column for a setting, and remembers it when another tab was open", async () => {
    screen = await Screen.show("trials", { snapshot: many() });
    await screen.press("Columns");
    const box = screen.all(".columns-group label").find((one) => one.textContent?.includes("num_leaves"));
    await screen.click(box?.querySelector("input") ?? undefined);
    const heads = () => screen.all(".grid-head [role=columnheader]").map((one) => one.textContent);
    expect(heads()).toContain("leaves per tree");
    await screen.click(screen.one("#hitl-tab-journal"));
    await screen.click(screen.one("#hitl-tab-trials"));
    expect(heads()).toContain("leaves per tree");
    await screen.press("Columns");
    await screen.press("Fit columns to the width");
    expect(heads()).not.toContain("leaves per tree");
  });

  it("finds trials by a setting, and says what it cannot read", async () => {
    screen = await Screen.show("trials", { snapshot: many() });
    await screen.fill(screen.labelled("Find trials"), "lightgbm num_leaves > 12");
    expect(screen.text(".lead")).toMatch(/^[1-9] of 40 trials match\./);
    await screen.fill(screen.labelled("Find trials"), "num_leafs > 12");
    expect(screen.text()).toContain("Did you mean “num_leaves”? This part of the search is ignored.");
    expect(screen.text(".lead")).toContain("40 trials:");
  });

  it("compares the trials that were chosen, and shows text as text", async () => {
    const comparison: TrialComparison = {
      trials: [0, 1].map((number) => ({
        number,
        label: EVIL,
        lead: number === 0 ? "" : EVIL,
        folds: [0.8, 0.7],
      })),
      best: 0,
      folds: [0, 1],
      settings: [{ name: EVIL, label: EVIL, values: [EVIL, 3], has: [true, true] }],
      same: 1,
      python: "session.compare(0, 1)",
    };
    screen = await Screen.show("trials", { snapshot: many(), answers: { compare: () => comparison } });
    await choose(1);
    expect(screen.text(".compare-bar")).toContain("Choose one more trial to compare.");
    await choose(1);
    await screen.press("Compare 2 trials");
    await screen.says("1 setting differs; 1 is the same");
    expect(screen.text()).toContain("session.compare(0, 1)");
    expect(screen.all("img")).toHaveLength(0);
    expect(screen.all(".drawer")).toHaveLength(0);
    await screen.press("Clear choice");
    expect(screen.all(".compare-bar")).toHaveLength(0);
  });

  it("shows where two models disagree, and leads from a row to its explanation", async () => {
    const best = recordedSnapshot().status.best?.number ?? -1;
    const [first, second] = [1, best];
    const found = recordedResult<ViewInfo>("explain", {
      view: "disagreement",
      options: { trials: [first, second] },
      step: 1,
    });
    const charts: string[] = [];
    const View = ({ name, hues }: { name: string; hues?: Readonly<Record<string, string>> }) => {
      charts.push(`${name} ${Object.values(hues ?? {}).join()}`);
      return null;
    };
    screen = await Screen.show("trials", {}, { ...NO_CHARTS, View } as unknown as Charts);
    await pick(first, second);
    await screen.press("Compare 2 trials");
    await screen.says(found.sentences[0] ?? "none");
    expect(screen.text(".compare-curves figcaption")).toBe(found.sentences[1]);
    await soon(() => expect(charts.at(-1)).toBe("compared_roc tree,lgbm"));
    const names = found.data.models?.map((one) => String(one.model)) ?? [];
    const heads = () => screen.all(".disagreement thead th").map((one) => one.textContent);
    const columns = found.about.columns as string[];
    await soon(() => expect(heads()).toEqual(["row", "Churn", ...names, ...columns]));
    const rows = found.data.rows ?? [];
    expect(screen.all(".disagreement tbody tr")).toHaveLength(rows.length);
    expect(screen.all(".disagreement td .tick")).toHaveLength(rows.length);
    const p = Number(rows[0]?.[names[0] ?? ""]);
    expect(screen.text(".disagreement tbody tr")).toContain(`${Math.round(100 * p)}%`);
    expect(screen.text()).toContain(`print(session.explain.disagreement([${first}, ${second}]))`);
    await screen.click(screen.labelled(`Explain row ${rows[0]?.row}`));
    await soon(() =>
      expect(screen.asked("explain").at(-1)).toMatchObject({
        view: "row",
        options: { row: rows[0]?.row, trial: best },
      }),
    );
  });

  it("names trials without predictions, shows an error, and escapes what a table holds", async () => {
    const snapshot = recordedSnapshot();
    const comparison: TrialComparison = {
      trials: [1, 2, 3].map((number) => ({ number, label: "A", lead: "", folds: [0.8, 0.7] })),
      best: 0,
      folds: [0, 1],
      settings: [],
      same: 0,
      python: "session.compare(1, 2, 3)",
    };
    snapshot.rows = snapshot.rows.map((row) => (row[0] === 2 ? (row.with(1, "failed") as TrialRow) : row));
    let refuses = true;
    const view: ViewInfo = {
      ...recordedResult<ViewInfo>("explain", {
        view: "disagreement",
        options: { trials: [1, snapshot.status.best?.number] },
        step: 1,
      }),
      sentences: [EVIL, EVIL],
      data: {
        models: [1, 3].map((trial) => ({ trial, model: `${EVIL} #${trial}`, right: 1 })),
        rows: [{ row: 7, actual: EVIL, [`${EVIL} #1`]: 0.2, [`${EVIL} #3`]: 0.498, right: [], [EVIL]: EVIL }],
      },
      about: { columns: [EVIL], positive: EVIL },
      notes: [EVIL],
    };
    screen = await Screen.show("trials", {
      snapshot,
      answers: {
        compare: () => comparison,
        explain: () => {
          if (refuses) throw new Error("The worker was lost.");
          return view;
        },
      },
    });
    await pick(1, 2, 3);
    await screen.press("Compare 3 trials");
    await screen.says("#2 is not complete (failed), so its predictions are not compared.");
    await screen.says("The worker was lost.");
    refuses = false;
    await screen.press("Try again");
    await soon(() => expect(screen.all(".disagreement tbody tr")).toHaveLength(1));
    expect(screen.asked("explain").at(-1)).toMatchObject({
      view: "disagreement",
      options: { trials: [1, 3] },
    });
    expect(screen.text(".disagreement")).toContain(EVIL);
    expect(screen.text(".disagreement tbody tr")).toContain("20%49.8%");
    expect(screen.all("img")).toHaveLength(0);
  });

  it("refuses a sixth trial to compare", async () => {
    screen = await Screen.show("trials", { snapshot: many() });
    await choose(6);
    expect(screen.button("Compare 5 trials").textContent).toBe("Compare 5 trials");
    expect(screen.text(".compare-bar")).toContain("At most 5 trials can be compared.");
  });

  it("says in sight why a trial cannot be run again", async () => {
    const snapshot = many();
    snapshot.status.phase = "finished";
    screen = await Screen.show("trials", { snapshot });
    await choose(1);
    await screen.key(screen.one(".grid"), "Enter");
    expect(screen.text(".drawer-foot")).toContain(
      "The search has finished. Extend the search to queue trials.",
    );
    expect(screen.button("Run again").disabled).toBe(true);
    expect(screen.button("Run again").title).toContain("Extend the search");
  });

  it("shows how far a long fit is, in the list and in the drawer, and ends its trial", async () => {
    const snapshot = many();
    const [first, ...others] = snapshot.rows;
    if (first === undefined) throw new Error("there are no rows");
    const number = first[0];
    snapshot.rows = [first.with(1, "running").with(5, 1) as TrialRow, ...others];
    const { status } = snapshot;
    status.phase = "running";
    status.counts = { ...status.counts, running: 1 };
    status.budget = { ...status.budget, used_seconds: 60, ticking: false };
    status.jobs = [{ number, family: first[2], folds: 1, started: 20, expected: null }];
    const fit = { trial: number, fold: 2, started: 48, rounds: null, most: null, choosing: false };
    status.fits = [fit];
    screen = await Screen.show("trials", { snapshot });
    expect(screen.text(".running-now")).toContain(", 12 s");
    expect(screen.all(".running-now .fold-marks i").map((one) => one.className)).toEqual([
      "done",
      "now",
      ...Array(snapshot.session.folds - 2).fill(""),
    ]);
    await screen.click(screen.one(".running-now .btn.link"));
    await drawn(() => screen.host.status({ fits: [{ ...fit, rounds: 180, most: 500, choosing: true }] }));
    const said = `fold 2 of ${snapshot.session.folds}, round 180 of up to 500, 12 s`;
    expect(screen.text(".fits")).toBe(said);
    expect(screen.text(".running-now")).toContain(said);
    expect(screen.text(".drawer")).toContain("early stopping chooses the number of rounds");
    await drawn(() => screen.host.status({ fits: [{ ...fit, rounds: 90, most: 120 }] }));
    expect(screen.one(".fits .fit-bar i").style.width).toBe("75%");
    await screen.press("End this trial");
    await screen.lastSent({ type: "cancel", number });
    await drawn(() => screen.host.delta([first.with(1, "stopped") as TrialRow], { jobs: [], fits: [] }));
    expect(screen.all(".fits")).toHaveLength(0);
    expect(screen.button("Run again").disabled).toBe(false);
  });

  it("writes tags and a note on a trial, finds trials by them, and shows them as text", async () => {
    screen = await Screen.show("trials", { snapshot: many() });
    await choose(1);
    await screen.key(screen.one(".grid"), "Enter");
    await screen.press("Add tags or a note");
    await screen.fill(screen.one("#hitl-tags"), `candidate, ${EVIL}, candidate,`);
    await screen.fill(screen.one("#hitl-note"), " fast enough ");
    await drawn(() => screen.one("form.annotation").dispatchEvent(new Event("submit", { cancelable: true })));
    const number = Number(screen.one(".drawer").getAttribute("aria-label")?.slice("Trial ".length));
    await screen.lastSent({ type: "annotate", number, tags: ["candidate", EVIL], note: "fast enough" });
    const annotations = [{ number, tags: ["candidate", EVIL], note: "fast enough" }];
    await drawn(() => screen.host.delta([], {}, { annotations }));
    expect(screen.text(".annotation")).toContain(EVIL);
    expect(screen.all("img")).toHaveLength(0);
    await screen.fill(screen.labelled("Find trials"), '"fast enough"');
    expect(screen.text(".lead")).toContain("1 of 40 trials match.");
  });
});
