import { afterEach, describe, expect, it } from "vitest";
import type { TrialDetail } from "../src/protocol/messages";
import { recordedResult, recordedSnapshot } from "./recorded";
import { drawn, Screen, soon } from "./screen";

const EVIL = '<img src=x onerror="window.hacked=1">';

describe("steering", () => {
  let screen: Screen;

  afterEach(() => screen.close());

  it("applies nothing before it is told to, and says first what it would do", async () => {
    screen = await Screen.show("space");
    await screen.click(screen.labelled("Decision tree: included"));
    await screen.says("fall outside and turn gray");
    expect(screen.sent()).toEqual([]);
    await screen.press("Apply");
    await screen.says("Applied.");
    expect(screen.sent()).toEqual([
      { type: "edit", changes: {}, include: [], exclude: ["tree"], running: "finish" },
    ]);
    await screen.says("Applied.");
    await screen.says('session.exclude("tree")');
    await screen.press("Undo");
    await screen.lastSent({ type: "undo", act: 1 });
    await screen.says("Undone.");
  });

  it("moves a bound by keys, and tells its value", async () => {
    screen = await Screen.show("space");
    const handle = () => screen.labelled("learning rate, lower bound");
    await screen.key(handle(), "ArrowRight");
    await screen.key(handle(), "ArrowRight", { shiftKey: true });
    const now = () => Number(handle().getAttribute("aria-valuenow"));
    await soon(() => expect(now()).toBeGreaterThan(0.0075));
    expect(handle().getAttribute("aria-valuetext")).toContain("not applied");
    await screen.key(handle(), "Home");
    await soon(() => expect(now()).toBe(0.005));
    await screen.saysNo("draft");
  });

  it("names settings in code too, and folds away those that matter little until they are edited", async () => {
    const shares = {
      "lightgbm.learning_rate": 0.6,
      "lightgbm.num_leaves": 0.3,
      "lightgbm.feature_fraction": 0.02,
    };
    const names = () => screen.all(".param-code").map((one) => one.textContent);
    screen = await Screen.show("space", {
      answers: {
        importance: ({ family }) => ({ family, trials: 30, shares, sentence: "" }),
      },
    });
    await screen.fill(screen.labelled("Show settings of"), "lightgbm", "change");
    await screen.says("1 setting that matters little");
    expect(names()).toContain("num_leaves");
    expect(names()).not.toContain("feature_fraction");
    expect(screen.text()).toContain("log scale");
    await screen.press("1 setting that matters little");
    expect(names().at(-1)).toBe("feature_fraction");
    const handle = screen.labelled("share of columns per tree, upper bound");
    await screen.key(handle, "ArrowLeft");
    expect(handle.isConnected).toBe(true);
    await screen.press("1 setting that matters little");
    expect(names()).toContain("feature_fraction");
    await screen.saysNo("matters little");
  });

  it("says why a bound goes no further", async () => {
    screen = await Screen.show("space");
    const handle = screen.labelled("share of columns per tree, upper bound");
    await screen.key(handle, "ArrowRight");
    await screen.says("Share of columns per tree cannot be above 1.");
    expect(screen.sent()).toEqual([]);
  });

  it("keeps the draft and shows the kernel's reason when an edit cannot be", async () => {
    screen = await Screen.show("space");
    screen.host.answers.preview_edit = () => {
      throw new Error("dummy cannot be excluded: every score is held against it.");
    };
    await screen.click(screen.labelled("LightGBM: included"));
    await screen.says("cannot be excluded: every score is held against it");
    await soon(() => expect(screen.button("Apply").disabled).toBe(true));
  });

  it("takes back the draft first, then the last change, by the keyboard", async () => {
    screen = await Screen.show("space", { state: "excluded" });
    await screen.click(screen.labelled("CatBoost: included"));
    const whole = screen.all(".whole")[0] as HTMLElement;
    screen.host.alike.add("undo");
    await screen.key(whole, "z", { ctrlKey: true });
    expect(screen.sent()).toEqual([]);
    await screen.key(whole, "z", { ctrlKey: true });
    await screen.lastSent({ type: "undo", act: null });
    await soon(() => expect(screen.store.steering.value?.redo).not.toBeNull());
    await screen.key(whole, "Z", { metaKey: true, shiftKey: true });
    await screen.lastSent({ type: "redo" });
    const field = screen.all("input[type=search]")[0] as HTMLElement;
    await screen.key(field, "z", { ctrlKey: true });
    expect(screen.sent()).toHaveLength(2);
  });

  it("states a belief and takes it back", async () => {
    screen = await Screen.show("space");
    screen.host.alike.add("believe");
    await screen.press("Add a belief…");
    await screen.press("very");
    await screen.key(screen.labelled("learning rate: width"), "ArrowRight");
    await screen.press("State belief");
    await screen.lastSent({
      type: "believe",
      about: "lightgbm.learning_rate",
      spread: 0.11,
      strength: "strong",
    });
    await screen.says("your belief: about");
    await screen.press("your belief");
    await screen.press("Withdraw");
    await screen.lastSent({ type: "withdraw", about: "lightgbm.learning_rate" });
  });

  it("answers a question of the machine", async () => {
    const snapshot = recordedSnapshot();
    const nudge = (key: string, question: string, label: string) => ({
      key,
      question,
      evidence: "4 of the best 5 trials are at the lower bound.",
      effect: "The range would begin at 0.001.",
      answers: [{ id: "widen", label, python: "session.edit(…)" }],
      trial: null,
    });
    const first = nudge("widen:rate", "Widen the learning rate?", "Widen");
    const second = nudge("drop:tree", "Leave the decision tree out?", "Leave out");
    snapshot.status.nudges = [first, second];
    screen = await Screen.show("overview", { snapshot });
    await screen.says("Widen the learning rate?");
    await screen.press("Widen");
    expect(screen.sent()).toEqual([{ type: "answer_nudge", key: "widen:rate", answer: "widen" }]);
    await drawn(() => screen.host.delta([], { nudges: [second] }));
    await screen.saysNo("Widen the learning rate?");
    await screen.press("Do not ask again");
    await screen.lastSent({ key: "drop:tree", answer: "never" });
  });

  it("lets the person drive: a batch, a suggestion, a change of it", async () => {
    screen = await Screen.show("overview");
    await screen.press("Run a batch");
    await screen.lastSent({ type: "batch", count: 5 });
    await screen.press("Suggest a trial");
    await screen.press("Edit this trial");
    await screen.says("New configuration");
    await screen.press("Discard");
    await screen.press("Run this trial");
    await screen.lastSent({ type: "propose", parent: null });
  });

  it("discards a trial, says so, and brings it back", async () => {
    screen = await Screen.show("overview");
    await screen.click(screen.one(".board .open"));
    const number = screen.store.status.value?.best?.number ?? -1;
    await screen.says("Why was this trial run?");
    await screen.press("Discard trial");
    await drawn();
    await screen.lastSent({ type: "discard", number });
    await screen.says(recordedResult<TrialDetail>("detail", { number }, "binary", "discarded").standing);
    expect([...screen.store.grey.value]).toEqual([number]);
    await screen.press("Undo");
    await screen.lastSent({ type: "restore", number });
    await soon(() => expect(screen.store.grey.value.size).toBe(0));
  });

  it("queues a grid over one setting of a trial, and a duplicate", async () => {
    screen = await Screen.show("overview");
    await screen.click(screen.one(".board .open"));
    await screen.says("Why was this trial run?");
    await screen.press("Run again");
    await screen.lastSent({ type: "propose" });
    await screen.says(recordedResult<TrialDetail>("detail", { number: 11 }, "binary", "queued").why);
    await screen.click(screen.one(".board .open"));
    await soon(() => expect(screen.button("Run again").disabled).toBe(false));
    await screen.press("Vary one setting");
    await screen.press("Queue 7");
    await screen.lastSent({ type: "grid" });
    expect(screen.sent().at(-1)?.values).toHaveLength(7);
  });

  it("tells the story, takes a note, and undoes from there", async () => {
    screen = await Screen.show("journal", { state: "excluded" });
    await screen.says("xcluded Decision tree");
    const field = screen.all("textarea")[0] as HTMLTextAreaElement;
    await screen.fill(field, "the rate matters most");
    await screen.key(field, "Enter");
    await screen.lastSent({ type: "note", text: "the rate matters most" });
    await soon(() =>
      expect(screen.all(".history-line.kind-note")[0]?.textContent).toContain("the rate matters most"),
    );
    const stories = screen.host.sent.filter((one) => one.type === "history").map((one) => one.seq);
    expect(stories.at(-1)).toBeGreaterThan(0);
    await screen.click(screen.labelled("Undo: "));
    await screen.lastSent({ type: "undo", act: 1 });
    await soon(() => expect(screen.all(".history-line.undone")).toHaveLength(1));
  });

  it("says who drives", async () => {
    screen = await Screen.show("overview");
    await screen.press("Autopilot");
    await screen.lastSent({ type: "set_autonomy", level: "autopilot" });
  });

  it("shows names as text in the space, whatever they say", async () => {
    const snapshot = recordedSnapshot();
    for (const family of snapshot.session.families) {
      family.label = EVIL;
      for (const parameter of family.parameters) parameter.label = EVIL;
    }
    snapshot.status.nudges = [
      {
        key: EVIL,
        question: EVIL,
        evidence: EVIL,
        effect: EVIL,
        answers: [{ id: EVIL, label: EVIL, python: EVIL }],
        trial: 3,
      },
    ];
    screen = await Screen.show("space", { snapshot });
    await screen.says(EVIL);
    expect(screen.all("img")).toHaveLength(0);
  });
});
