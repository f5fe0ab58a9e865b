import { afterEach, describe, expect, it } from "vitest";
import type { TrialComparison } from "../src/protocol/messages";
import { manyRows } from "./many";
import { recordedSnapshot } from "./recorded";
import { drawn, Screen } from "./screen";

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
