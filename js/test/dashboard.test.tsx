import { afterEach, describe, expect, it } from "vitest";
import { mount } from "../src/mount";
import { TERMS } from "../src/words/terms";
import { recordedSnapshot } from "./recorded";
import { drawn, NO_CHARTS, Screen, soon } from "./screen";

const EVIL = '<img src=x onerror="window.hacked=1">';

describe("the dashboard", () => {
  let screen: Screen;

  afterEach(() => screen.close());

  it("says what a word means where it heads a column, names a tab or stands on a button", async () => {
    screen = await Screen.show();
    const titled = (selector: string, words: string) =>
      screen.all(selector).find((one) => one.textContent?.trim().startsWith(words))?.title;
    expect(titled("[role=tab]", "Space")).toBe(TERMS["search space"]);
    expect(titled(".bar button", "Budget")).toBe(TERMS.budget);
    expect(titled(".bar button", "Autopilot")).toBe(TERMS.autopilot);
    expect(titled("th", "score")).toBe(TERMS.score);
    await screen.click(screen.one("#hitl-tab-trials"));
    expect(titled(".grid-head button", "score")).toBe(TERMS.score);
    expect(titled(".grid-head button", "model")).toBe(TERMS.family);
  });

  it("shows text as text, whatever it says", async () => {
    const snapshot = recordedSnapshot();
    snapshot.session.target = EVIL;
    for (const family of snapshot.session.families) {
      family.label = EVIL;
      family.story = EVIL;
      family.colour = 'red;background:url("x")';
    }
    for (const chip of snapshot.steering.chips) chip.detail = chip.text = EVIL;
    snapshot.status.headline = snapshot.status.aside = EVIL;
    snapshot.status.notices = [{ level: "error", text: EVIL, remedy: EVIL }];
    screen = await Screen.show("overview", { snapshot });
    await screen.click(screen.one(".board .open"));
    await screen.press("Edit and queue…");
    expect(screen.all("img")).toHaveLength(0);
    expect(screen.text()).toContain(EVIL);
    expect(screen.all("[style*='url']")).toHaveLength(0);
  });

  it("asks before it stops", async () => {
    screen = await Screen.show();
    await screen.press("Stop");
    expect(screen.text()).toContain("Stop the search? Everything found is kept.");
    expect(screen.sent()).toEqual([]);
    await screen.press("Stop");
    expect(screen.sent()).toEqual([{ type: "stop" }]);
  });

  it("shows the Python line of what was done", async () => {
    screen = await Screen.show();
    await screen.press("Pause");
    expect(screen.text()).toContain("session.pause()");
    expect(screen.text()).toContain("Paused.");
  });

  it("copies code with the variable that holds the session now", async () => {
    const snapshot = recordedSnapshot();
    snapshot.session.variable = { expression: "search", setup: "" };
    const setup = "from hitl_widget import AutoMLSession";
    const now = { expression: "AutoMLSession.named('Churn')", setup };
    screen = await Screen.show("overview", { snapshot, answers: { variable: () => now } });
    const copied: string[] = [];
    const clipboard = { writeText: async (text: string) => void copied.push(text) };
    Object.defineProperty(navigator, "clipboard", { value: clipboard, configurable: true });
    await screen.press("Pause");
    expect(screen.text()).toContain("search.pause()");
    await screen.press("Copy as Python");
    await soon(() => expect(copied).toEqual([`${setup}\nAutoMLSession.named('Churn').pause()`]));
  });

  it("does not send a form that is wrong, and says what is wrong", async () => {
    screen = await Screen.show();
    await screen.press("Queue a configuration");
    const rate = screen.one("[id='hitl-set-lightgbm.learning_rate']");
    await screen.fill(rate, "99");
    await screen.press("Queue trial");
    expect(screen.text()).toContain("enter a number from 0.005 to 0.3; got 99");
    expect(screen.sent()).toEqual([]);
    await screen.fill(rate, "0.07");
    await screen.press("Queue trial");
    expect(screen.sent()[0]).toMatchObject({
      type: "propose",
      config: { family: "lightgbm", "lightgbm.learning_rate": 0.07, "lightgbm.num_leaves": 31 },
      parent: null,
    });
  });

  it("shows the kernel's refusal in the form, with its remedy", async () => {
    screen = await Screen.show();
    screen.host.refusal = {
      message: "lightgbm.learning_rate lies between 0.02 and 0.3 in this search space; got 0.01.",
      remedy: "Choose a value inside, or widen the space first.",
    };
    await screen.press("Queue a configuration");
    await screen.press("Queue trial");
    expect(screen.text()).toContain("in this search space; got 0.01");
    expect(screen.text()).toContain("Choose a value inside");
  });

  it("keeps what it knows when the kernel is gone, and says how to go on", async () => {
    screen = await Screen.show();
    await drawn(() => screen.host.close());
    expect(screen.text()).toContain("Nothing is lost");
    expect(screen.text()).toContain('AutoMLSession.load("/home/ada/churn.sqlite")');
    expect(screen.all(".board tbody tr").length).toBeGreaterThan(0);
  });

  it("offers to start a search that the person drives", async () => {
    screen = await Screen.show("overview", { state: "ready" });
    expect(screen.text()).toContain("No trials yet.");
    await screen.press("Start");
    expect(screen.host.sent.some((one) => one.command?.type === "start")).toBe(true);
  });

  it("says what the holdout found when it is finished", async () => {
    screen = await Screen.show("overview", { state: "finished" });
    const sentence = screen.store.status.value?.holdout?.sentence ?? "none";
    expect(screen.text()).toContain(sentence);
    expect(screen.text()).toContain("rows used for the search, without the holdout.");
    const { models = [] } = screen.store.status.value?.holdout ?? {};
    expect(screen.all(".offered tbody tr")).toHaveLength(models.length);
    expect(screen.text()).toContain(`model = session.model(${models[0]?.number})`);
  });

  it("says what to do with the model next, and what cannot be done yet", async () => {
    screen = await Screen.show("overview", { state: "finished" });
    const steps = screen.all(".next-steps dt").map((one) => one.textContent);
    expect(steps).toEqual(["Use it here", "Use it elsewhere", "Use all rows", "Continue later", "Report"]);
    const session = screen.store.session.value;
    expect(screen.text()).toContain(`joblib.dump(session.model(`);
    expect(screen.text()).toContain(`AutoMLSession.load(${JSON.stringify(session?.journal)})`);
    expect(screen.text()).toContain(
      `including the ${session?.holdout_rows} rows of the holdout. No rows are left to score this model on.`,
    );
    expect(screen.text()).toContain("This version cannot export a report.");
  });

  it("explains an offered model from the card", async () => {
    screen = await Screen.show("overview", { state: "finished" });
    await screen.press("Explain", ".offered");
    expect(
      screen.all('[role="tab"][aria-selected="true"]').some((one) => one.textContent === "Explain"),
    ).toBe(true);
  });

  it("shares one store among views, each with its own tab", async () => {
    screen = await Screen.show();
    const other = document.createElement("div");
    document.body.append(other);
    const away = mount(other, screen.store, "overview", NO_CHARTS);
    await screen.press("Trials");
    const selected = (view: HTMLElement) =>
      view.shadowRoot?.querySelector('[aria-selected="true"][role="tab"]')?.textContent;
    expect(selected(screen.el)).toContain("Trials");
    expect(selected(other)).toContain("Overview");
    away();
    expect(other.shadowRoot?.childElementCount).toBe(0);
    other.remove();
  });
});
