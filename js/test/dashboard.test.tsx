import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeHost } from "../dev/fake";
import { scriptedSnapshot } from "../dev/scripted";
import { mount } from "../src/mount";
import type { Snapshot } from "../src/protocol/messages";
import { SessionStore } from "../src/store/session";
import { TERMS } from "../src/words/terms";

const EVIL = '<img src=x onerror="window.hacked=1">';

vi.mock("../src/charts/ProgressChart", () => ({ ProgressChart: () => null }));

describe("the dashboard", () => {
  let el: HTMLElement;
  let host: FakeHost;
  let store: SessionStore;
  let dispose: () => void;

  async function show(snapshot: Snapshot, refuses = false): Promise<void> {
    host = new FakeHost({ snapshot, delay: 0, refuses });
    store = new SessionStore(host, (run) => run());
    dispose = mount(el, store);
    await rest();
  }
  const rest = () => new Promise((resolve) => setTimeout(resolve, 60));
  const all = (selector: string) => [...(el.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? [])];
  const text = () => all(".hitl").map((one) => one.textContent)[0] ?? "";
  const press = async (words: string) => {
    const button = all("button").find((one) => one.textContent?.trim().startsWith(words));
    if (button === undefined) throw new Error(`no button says ${words}`);
    button.click();
    await rest();
  };
  const type = async (id: string, value: string) => {
    const input = all("input").find((one) => one.id === id) as HTMLInputElement;
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    await rest();
  };

  beforeEach(() => {
    el = document.createElement("div");
    document.body.append(el);
  });

  afterEach(() => {
    dispose();
    store.dispose();
    el.remove();
  });

  it("says what a word means where it heads a column, names a tab or stands on a button", async () => {
    await show(scriptedSnapshot("running", 20));
    const titled = (selector: string, words: string) =>
      all(selector).find((one) => one.textContent?.trim().startsWith(words))?.title;
    expect(titled("[role=tab]", "Space")).toBe(TERMS["search space"]);
    expect(titled(".bar button", "Budget")).toBe(TERMS.budget);
    expect(titled(".bar button", "Autopilot")).toBe(TERMS.autopilot);
    expect(titled("th", "score")).toBe(TERMS.score);
    all("#hitl-tab-trials")[0]?.click();
    await rest();
    expect(titled(".grid-head button", "score")).toBe(TERMS.score);
    expect(titled(".grid-head button", "model")).toBe(TERMS.family);
  });

  it("shows text as text, whatever it says", async () => {
    const snapshot = structuredClone(scriptedSnapshot("running", 20));
    snapshot.session.target = EVIL;
    for (const family of snapshot.session.families) {
      family.label = EVIL;
      family.story = EVIL;
      family.colour = 'red;background:url("x")';
    }
    for (const chip of snapshot.session.chips) chip.detail = chip.text = EVIL;
    snapshot.status.headline = snapshot.status.aside = EVIL;
    snapshot.status.notices = [{ level: "error", text: EVIL, remedy: EVIL }];
    await show(snapshot);
    all(".board .open")[0]?.click();
    await rest();
    await press("Edit and queue…");
    expect(all("img")).toHaveLength(0);
    expect(text()).toContain(EVIL);
    expect(all("[style*='url']")).toHaveLength(0);
  });

  it("asks before it stops", async () => {
    await show(scriptedSnapshot("running", 10));
    await press("Stop");
    expect(text()).toContain("Stop the search? Everything found is kept.");
    const sent = () => host.sent.filter((one) => one.type === "command").map((one) => one.command?.type);
    expect(sent()).toEqual([]);
    await press("Stop");
    expect(sent()).toEqual(["stop"]);
  });

  it("shows the Python line of what was done", async () => {
    await show(scriptedSnapshot("running", 10));
    await press("Pause");
    expect(text()).toContain("session.pause()");
    expect(text()).toContain("Paused.");
  });

  it("does not send a form that is wrong, and says what is wrong", async () => {
    await show(scriptedSnapshot("running", 38));
    await press("Queue a configuration");
    await type("hitl-set-catboost.depth", "99");
    await press("Queue trial");
    expect(text()).toContain("enter a whole number from 3 to 10; got 99");
    expect(host.sent.filter((one) => one.type === "command")).toHaveLength(0);
    await type("hitl-set-catboost.depth", "7");
    await press("Queue trial");
    expect(host.sent.find((one) => one.type === "command")?.command).toEqual({
      type: "propose",
      config: {
        family: "catboost",
        "catboost.learning_rate": 0.05,
        "catboost.depth": 7,
        "catboost.grow_policy": "SymmetricTree",
      },
      parent: null,
    });
  });

  it("shows the kernel's refusal in the form, with its remedy", async () => {
    await show(scriptedSnapshot("running", 38), true);
    await press("Queue a configuration");
    await press("Queue trial");
    expect(text()).toContain("in this search space; got 0.01");
    expect(text()).toContain("Choose a value inside");
  });

  it("keeps what it knows when the kernel is gone, and says how to go on", async () => {
    await show(scriptedSnapshot("running", 10));
    host.close();
    await rest();
    expect(text()).toContain("Nothing is lost");
    expect(text()).toContain('AutoMLSession.load("/home/ada/churn.hitl.sqlite")');
    expect(all(".board tbody tr").length).toBeGreaterThan(0);
  });

  it("offers to start a search that the person drives", async () => {
    await show(scriptedSnapshot("ready", 0));
    expect(text()).toContain("No trials yet.");
    await press("Start");
    expect(host.sent.some((one) => one.command?.type === "start")).toBe(true);
  });

  it("says what the holdout found when it is finished", async () => {
    await show(scriptedSnapshot("finished", 20));
    expect(text()).toContain("it did not overfit the folds");
    expect(text()).toContain("model = session.ensemble()");
  });

  it("shares one store among views, each with its own tab", async () => {
    await show(scriptedSnapshot("running", 10));
    const other = document.createElement("div");
    document.body.append(other);
    const away = mount(other, store);
    await press("Trials");
    const selected = (view: HTMLElement) =>
      view.shadowRoot?.querySelector('[aria-selected="true"][role="tab"]')?.textContent;
    expect(selected(el)).toContain("Trials");
    expect(selected(other)).toContain("Overview");
    away();
    expect(other.shadowRoot?.childElementCount).toBe(0);
    other.remove();
  });
});
