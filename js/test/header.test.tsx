import { afterEach, describe, expect, it } from "vitest";
import { LEVELS } from "../src/words/autonomy";
import { phaseWords } from "../src/words/phase";
import { recordedSnapshot } from "./recorded";
import { Screen } from "./screen";

describe("the header", () => {
  let screen: Screen;

  afterEach(() => screen?.close());

  it("says that it waits for the user who drives, and only while nothing runs", () => {
    const { status } = recordedSnapshot();
    const idle = { ...status.counts, running: 0, queued: 0 };
    const driven = { ...status, phase: "running", autonomy: "user", granted: 0, counts: idle } as const;
    expect(phaseWords(driven, 0)[0]).toBe("waiting for you");
    expect(phaseWords({ ...driven, counts: { ...idle, queued: 1 } }, 0)[0]).not.toBe("waiting for you");
    expect(phaseWords({ ...driven, granted: 2 }, 0)[0]).not.toBe("waiting for you");
    expect(phaseWords({ ...driven, autonomy: "cruise" }, 0)[0]).not.toBe("waiting for you");
  });

  it("defines the chosen autonomy level in one line", async () => {
    const snapshot = recordedSnapshot();
    snapshot.status.autonomy = "cruise";
    screen = await Screen.show("overview", { snapshot });
    expect(screen.text(".autonomy-says")).toBe(LEVELS.find((one) => one.level === "cruise")?.says);
  });

  it("opens the list of running and queued trials, each with a cancel button", async () => {
    const snapshot = recordedSnapshot();
    snapshot.status.phase = "running";
    snapshot.status.counts = { ...snapshot.status.counts, running: 1, queued: 1 };
    snapshot.status.jobs = [
      { number: 3, family: "lightgbm", folds: 2, started: 1, expected: 1000 },
      { number: 4, family: "no such family", folds: 0, started: null, expected: null },
    ];
    screen = await Screen.show("overview", { snapshot });
    await screen.press("1 running, 1 queued");
    const list = screen.one(".workers-list");
    expect(list.querySelectorAll("li")).toHaveLength(2);
    expect(list.textContent).toContain("left");
    expect(list.querySelector(".fold-marks")?.getAttribute("aria-label")).toMatch(/^2 of \d+ folds done$/);
    await screen.click(screen.labelled("Cancel trial 4"));
    await screen.lastSent({ type: "cancel", number: 4 });
    await screen.click(screen.labelled("End trial 3"));
    await screen.lastSent({ type: "cancel", number: 3 });
    await screen.key(list, "Escape");
    expect(screen.all(".workers-list")).toHaveLength(0);
  });

  it("closes the drawer by Esc, wherever the focus is in the dashboard", async () => {
    screen = await Screen.show("overview");
    await screen.click(screen.one(".board .open"));
    expect(screen.all(".drawer")).toHaveLength(1);
    await screen.key(screen.one("#hitl-tab-overview"), "Escape");
    expect(screen.all(".drawer")).toHaveLength(0);
  });
});
