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
    button(words).click();
    await rest();
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
      const { story, nudges } = host.simulation.status() as Pick<Snapshot["status"], "story" | "nudges">;
      const steering = host.simulation.steering();
      host.snapshot = { ...snapshot, steering, status: { ...snapshot.status, story, nudges } };
    }
    store = new SessionStore(host, (run) => run());
    dispose = mount(el, store, tab);
    await rest();
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
    labelled("Extra trees: tried").click();
    await rest(250);
    expect(host.sent.some((one) => one.type === "preview")).toBe(true);
    expect(text()).toContain("fall outside and turn grey");
    expect(sent()).toEqual([]);
    await press("Apply");
    expect(sent()).toEqual([
      { type: "edit", changes: {}, include: [], exclude: ["extra_trees"], running: "finish" },
    ]);
    expect(text()).toContain("Applied.");
    expect(text()).toContain('session.exclude("extra_trees")');
    await press("Undo");
    expect(sent().at(-1)).toEqual({ type: "undo", act: 1 });
    expect(text()).toContain("Undone.");
  });

  it("moves a bound by keys, and tells its value", async () => {
    await show("space");
    const handle = () => labelled("learning rate, lower bound");
    await key(handle(), "ArrowRight");
    await key(handle(), "ArrowRight", { shiftKey: true });
    const low = Number(handle().getAttribute("aria-valuenow"));
    expect(low).toBeGreaterThan(0.0075);
    expect(handle().getAttribute("aria-valuetext")).toContain("not applied");
    await key(handle(), "Home");
    expect(handle().getAttribute("aria-valuenow")).toBe("0.005");
    expect(text()).not.toContain("draft");
  });

  it("says why a bound goes no further", async () => {
    await show("space");
    const handle = labelled("share of columns per tree, upper bound");
    await key(handle, "ArrowRight");
    expect(text()).toContain("Share of columns per tree cannot be above 1.");
    expect(sent()).toEqual([]);
  });

  it("keeps the draft and shows the kernel's reason when an edit cannot be", async () => {
    await show("space");
    for (const name of ["Logistic regression", "LightGBM", "CatBoost", "Extra trees", "Neural network"]) {
      labelled(`${name}: tried`).click();
      await rest(5);
    }
    await rest(250);
    expect(text()).toContain("cannot be excluded: every score is held against it");
    expect(button("Apply").disabled).toBe(true);
  });

  it("takes back the draft first, then the last change, by the keyboard", async () => {
    await show("space", undefined, true);
    labelled("CatBoost: tried").click();
    await rest();
    const whole = all(".whole")[0] as HTMLElement;
    await key(whole, "z", { ctrlKey: true });
    expect(sent()).toEqual([]);
    await key(whole, "z", { ctrlKey: true });
    expect(sent()).toEqual([{ type: "undo", act: null }]);
    await key(whole, "Z", { metaKey: true, shiftKey: true });
    expect(sent().at(-1)).toEqual({ type: "redo" });
    const field = all("input[type=search]")[0] as HTMLElement;
    await key(field, "z", { ctrlKey: true });
    expect(sent()).toHaveLength(2);
  });

  it("states a belief and takes it back", async () => {
    await show("space");
    button("I believe…").click();
    await rest();
    await press("strong");
    await key(labelled("learning rate: how wide"), "ArrowRight");
    await press("State it");
    expect(sent().at(-1)).toMatchObject({
      type: "believe",
      about: "lightgbm.learning_rate",
      spread: 0.11,
      strength: "strong",
    });
    expect(text()).toContain("your belief: about");
    await press("your belief");
    await press("Withdraw");
    expect(sent().at(-1)).toEqual({ type: "withdraw", about: "lightgbm.learning_rate" });
  });

  it("answers a question of the machine", async () => {
    await show("overview", undefined, true);
    expect(text()).toContain("Widen the learning rate?");
    await press("Widen");
    expect(sent()).toEqual([
      { type: "answer_nudge", key: "widen:lightgbm.learning_rate:low", answer: "widen" },
    ]);
    expect(text()).not.toContain("Widen the learning rate?");
    await press("Never");
    expect(sent().at(-1)).toMatchObject({ answer: "never" });
  });

  it("lets the person drive: a batch, a suggestion, a change of it", async () => {
    const snapshot = scriptedSnapshot("running", 30);
    await show("overview", { ...snapshot, status: { ...snapshot.status, autonomy: "user" } });
    await press("Let it run");
    expect(sent().at(-1)).toEqual({ type: "batch", count: 5 });
    await press("What would you try next?");
    await press("Change it first");
    expect(text()).toContain("Your own configuration");
    await press("Discard");
    await press("Run it");
    expect(sent().at(-1)).toMatchObject({ type: "propose", parent: null });
  });

  it("says who drives", async () => {
    await show("overview");
    await press("Autopilot");
    expect(sent().at(-1)).toEqual({ type: "set_autonomy", level: "autopilot" });
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
    expect(text()).toContain(EVIL);
    expect(all("img")).toHaveLength(0);
  });
});
