import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeHost } from "../dev/fake";
import { scriptedSnapshot } from "../dev/scripted";
import { steeredPast } from "../dev/simulation";
import { mount } from "../src/mount";
import type { Snapshot } from "../src/protocol/messages";
import { SessionStore } from "../src/store/session";

vi.mock("../src/charts/ProgressChart", () => ({ ProgressChart: () => null }));

const EVIL = '<img src=x onerror="window.hacked=1">';

describe("steering", () => {
  let el: HTMLElement;
  let host: FakeHost;
  let store: SessionStore;
  let dispose: () => void;

  const rest = (ms = 60) => new Promise((resolve) => setTimeout(resolve, ms));
  const all = (selector: string) => [...(el.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? [])];
  const text = () => all(".hitl").map((one) => one.textContent)[0] ?? "";
  const sent = () => host.sent.filter((one) => one.type === "command").map((one) => one.command);
  /** Looks again until it is so: other work may hold the page up. */
  const soon = (look: () => void) => vi.waitFor(look, { timeout: 4000, interval: 10 });
  const says = (words: string) => soon(() => expect(text()).toContain(words));
  const saysNo = (words: string) => soon(() => expect(text()).not.toContain(words));
  const lastSent = (command: unknown) => soon(() => expect(sent().at(-1)).toMatchObject(command as object));
  const labelled = (words: string) => {
    const found = all("[aria-label]").find((one) => one.getAttribute("aria-label")?.startsWith(words));
    if (found === undefined) throw new Error(`nothing is labelled ${words}`);
    return found;
  };
  const button = (words: string) => {
    const found = all("button").find((one) => one.textContent?.trim().startsWith(words));
    if (found === undefined) throw new Error(`no button says ${words}`);
    return found as HTMLButtonElement;
  };
  const press = async (words: string) => {
    await soon(() => expect(button(words).disabled).toBe(false));
    button(words).click();
    await rest(20);
  };
  const key = async (target: HTMLElement, name: string, more: KeyboardEventInit = {}) => {
    target.dispatchEvent(
      new KeyboardEvent("keydown", { key: name, bubbles: true, composed: true, cancelable: true, ...more }),
    );
    await rest();
  };

  async function show(tab: string, snapshot: Snapshot = scriptedSnapshot("running", 60), past = false) {
    host = new FakeHost({ snapshot, delay: 0 });
    if (past) {
      steeredPast(host.simulation);
      const { history_version, nudges } = host.simulation.status() as Pick<
        Snapshot["status"],
        "nudges" | "history_version"
      >;
      const steering = host.simulation.steering();
      host.snapshot = { ...snapshot, steering, status: { ...snapshot.status, history_version, nudges } };
    }
    store = new SessionStore(host, (run) => run());
    dispose = mount(el, store, tab);
    await soon(() => expect(all(".bar")).toHaveLength(1));
    await rest(40);
  }

  beforeEach(() => {
    el = document.createElement("div");
    document.body.append(el);
  });

  afterEach(() => {
    dispose();
    store.dispose();
    el.remove();
  });

  it("applies nothing before it is told to, and says first what it would do", async () => {
    await show("space");
    labelled("Extra trees: included").click();
    await says("fall outside and turn grey");
    expect(sent()).toEqual([]);
    await press("Apply");
    await says("Applied.");
    expect(sent()).toEqual([
      { type: "edit", changes: {}, include: [], exclude: ["extra_trees"], running: "finish" },
    ]);
    await says("Applied.");
    await says('session.exclude("extra_trees")');
    await press("Undo");
    await lastSent({ type: "undo", act: 1 });
    await says("Undone.");
  });

  it("moves a bound by keys, and tells its value", async () => {
    await show("space");
    const handle = () => labelled("learning rate, lower bound");
    await key(handle(), "ArrowRight");
    await key(handle(), "ArrowRight", { shiftKey: true });
    const now = () => Number(handle().getAttribute("aria-valuenow"));
    await soon(() => expect(now()).toBeGreaterThan(0.0075));
    expect(handle().getAttribute("aria-valuetext")).toContain("not applied");
    await key(handle(), "Home");
    await soon(() => expect(now()).toBe(0.005));
    await saysNo("draft");
  });

  it("says why a bound goes no further", async () => {
    await show("space");
    const handle = labelled("share of columns per tree, upper bound");
    await key(handle, "ArrowRight");
    await says("Share of columns per tree cannot be above 1.");
    expect(sent()).toEqual([]);
  });

  it("keeps the draft and shows the kernel's reason when an edit cannot be", async () => {
    await show("space");
    for (const name of ["Logistic regression", "LightGBM", "CatBoost", "Extra trees", "Neural network"]) {
      labelled(`${name}: included`).click();
      await rest(5);
    }
    await rest(250);
    await says("cannot be excluded: every score is held against it");
    await soon(() => expect(button("Apply").disabled).toBe(true));
  });

  it("takes back the draft first, then the last change, by the keyboard", async () => {
    await show("space", undefined, true);
    labelled("CatBoost: included").click();
    await rest();
    const whole = all(".whole")[0] as HTMLElement;
    await key(whole, "z", { ctrlKey: true });
    expect(sent()).toEqual([]);
    await key(whole, "z", { ctrlKey: true });
    await lastSent({ type: "undo", act: null });
    await soon(() => expect(store.steering.value?.redo).not.toBeNull());
    await key(whole, "Z", { metaKey: true, shiftKey: true });
    await lastSent({ type: "redo" });
    const field = all("input[type=search]")[0] as HTMLElement;
    await key(field, "z", { ctrlKey: true });
    expect(sent()).toHaveLength(2);
  });

  it("states a belief and takes it back", async () => {
    await show("space");
    await press("State a belief…");
    await press("strong");
    await key(labelled("learning rate: width"), "ArrowRight");
    await press("State belief");
    await lastSent({
      type: "believe",
      about: "lightgbm.learning_rate",
      spread: 0.11,
      strength: "strong",
    });
    await says("your belief: about");
    await press("your belief");
    await press("Withdraw");
    await lastSent({ type: "withdraw", about: "lightgbm.learning_rate" });
  });

  it("answers a question of the machine", async () => {
    await show("overview", undefined, true);
    await says("Widen the learning rate?");
    await press("Widen");
    await saysNo("Widen the learning rate?");
    expect(sent()).toEqual([
      { type: "answer_nudge", key: "widen:lightgbm.learning_rate:low", answer: "widen" },
    ]);
    await saysNo("Widen the learning rate?");
    await press("Do not ask again");
    await lastSent({ answer: "never" });
  });

  it("lets the person drive: a batch, a suggestion, a change of it", async () => {
    const snapshot = scriptedSnapshot("running", 30);
    await show("overview", { ...snapshot, status: { ...snapshot.status, autonomy: "user" } });
    await press("Run a batch");
    await lastSent({ type: "batch", count: 5 });
    await press("Suggest a trial");
    await press("Edit this trial");
    await says("New configuration");
    await press("Discard");
    await press("Run this trial");
    await lastSent({ type: "propose", parent: null });
  });

  it("discards a trial, says so, and brings it back", async () => {
    await show("overview");
    all(".board .open")[0]?.click();
    const number = store.status.value?.best?.number ?? -1;
    await says("Why was it tried?");
    await press("Discard trial");
    await rest();
    await lastSent({ type: "discard", number });
    await says("kept on record and counts for nothing");
    expect([...store.grey.value]).toEqual([number]);
    await press("Undo");
    await lastSent({ type: "restore", number });
    await soon(() => expect(store.grey.value.size).toBe(0));
  });

  it("queues a grid over one setting of a trial, and a duplicate", async () => {
    await show("overview");
    all(".board .open")[0]?.click();
    await says("Why was it tried?");
    await press("Run again");
    await lastSent({ type: "propose" });
    await says("You queued it");
    all(".board .open")[0]?.click();
    await soon(() => expect(button("Run again").disabled).toBe(false));
    await press("Vary one setting");
    await press("Queue 7");
    await lastSent({ type: "grid" });
    expect(sent().at(-1)?.values).toHaveLength(7);
  });

  it("tells the story, takes a note, and undoes from there", async () => {
    await show("journal", undefined, true);
    await says("excluded Extra trees");
    const field = all("textarea")[0] as HTMLTextAreaElement;
    field.value = "the rate matters most";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await rest();
    await key(field, "Enter");
    await lastSent({ type: "note", text: "the rate matters most" });
    await soon(() =>
      expect(all(".history-line.kind-note")[0]?.textContent).toContain("the rate matters most"),
    );
    const stories = host.sent.filter((one) => one.type === "history").map((one) => one.seq);
    expect(stories.at(-1)).toBeGreaterThan(0);
    labelled("Undo: You: excluded Extra trees").click();
    await lastSent({ type: "undo", act: 2 });
    await soon(() => expect(all(".history-line.undone")).toHaveLength(1));
  });

  it("says who drives", async () => {
    await show("overview");
    await press("Autopilot");
    await lastSent({ type: "set_autonomy", level: "autopilot" });
  });

  it("shows names as text in the space, whatever they say", async () => {
    const snapshot = structuredClone(scriptedSnapshot("running", 40));
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
    await show("space", snapshot);
    await says(EVIL);
    expect(all("img")).toHaveLength(0);
  });
});
