import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeHost } from "../dev/fake";
import { scriptedSnapshot } from "../dev/scripted";
import { mount } from "../src/mount";
import type { Snapshot } from "../src/protocol/messages";
import { SessionStore } from "../src/store/session";

vi.mock("../src/charts/ProgressChart", () => ({ ProgressChart: () => null }));
vi.mock("../src/charts/PictureChart", () => ({ PictureChart: () => null }));

describe("preferences", () => {
  let el: HTMLElement;
  let host: FakeHost;
  let store: SessionStore;
  let dispose: () => void;

  const rest = (ms = 40) => new Promise((resolve) => setTimeout(resolve, ms));
  const all = (selector: string) => [...(el.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? [])];
  const text = () => all(".hitl").map((one) => one.textContent)[0] ?? "";
  const sent = () => host.sent.filter((one) => one.type === "command").map((one) => one.command);
  const asked = (type: string) => host.sent.filter((one) => one.type === type);
  const soon = (look: () => void) => vi.waitFor(look, { timeout: 4000, interval: 10 });
  const says = (words: string) => soon(() => expect(text()).toContain(words));
  const lastSent = (command: object) => soon(() => expect(sent().at(-1)).toMatchObject(command));
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
    await rest();
  };
  const key = async (name: string, target = all(".prefs")[0] as HTMLElement) => {
    target.dispatchEvent(
      new KeyboardEvent("keydown", { key: name, bubbles: true, composed: true, cancelable: true }),
    );
    await rest();
  };
  const fill = async (field: HTMLElement, value: string, event = "input") => {
    (field as HTMLInputElement).value = value;
    field.dispatchEvent(new Event(event, { bubbles: true }));
    await rest();
  };
  /** The pair on the cards, once nothing is under way. */
  const pair = async () => {
    await soon(() => expect(all(".versus-box:not(.busy)")).toHaveLength(1));
    return all(".versus .head .faint").map((one) => Number(one.textContent?.slice(1)));
  };
  const answered = (count: number) =>
    soon(() => expect(store.preferences.value.value?.answers).toHaveLength(count));

  async function show(tab = "preferences", snapshot: Snapshot = scriptedSnapshot("running", 120)) {
    host = new FakeHost({ snapshot, delay: 0 });
    store = new SessionStore(host, (run) => run());
    dispose = mount(el, store, tab);
    await soon(() => expect(all(".bar")).toHaveLength(1));
    if (tab === "preferences") await pair();
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

  it("takes an answer by key, says so, and asks another pair", async () => {
    await show();
    const [first, second] = await pair();
    await key("a");
    await lastSent({ type: "prefer", first, second, answer: "a" });
    await answered(1);
    await says(`is better than #${second}`);
    expect(all("[role=status]").some((one) => one.textContent?.startsWith("Recorded"))).toBe(true);
    expect(await pair()).not.toEqual([first, second]);
  });

  it.each([
    ["ArrowLeft", "a"],
    ["ArrowRight", "b"],
    ["b", "b"],
    ["e", "equal"],
    ["s", "skip"],
    ["S", "skip"],
  ])("hears %s as %s", async (name, answer) => {
    await show();
    await key(name);
    await lastSent({ type: "prefer", answer });
  });

  it("takes the last answer back by key and puts its pair on the cards again", async () => {
    await show();
    const before = await pair();
    await key("b");
    await answered(1);
    await pair();
    await key("u");
    await lastSent({ type: "undo", act: 1 });
    await answered(0);
    expect(await pair()).toEqual(before);
  });

  it("answers once, however often a key is pressed before the next pair is there", async () => {
    await show();
    const panel = all(".prefs")[0] as HTMLElement;
    for (let i = 0; i < 4; i += 1) {
      panel.dispatchEvent(new KeyboardEvent("keydown", { key: "a", bubbles: true, composed: true }));
    }
    await answered(1);
    await rest();
    expect(sent().filter((one) => one?.type === "prefer")).toHaveLength(1);
  });

  it("leaves keys to fields, sliders and shortcuts", async () => {
    await show();
    await press("+ Add a constraint");
    await key("a", labelled("Limit"));
    const slider = labelled("Weight of ROC AUC");
    slider.dispatchEvent(
      new KeyboardEvent("keydown", { key: "a", ctrlKey: true, bubbles: true, composed: true }),
    );
    await rest();
    expect(sent()).toEqual([]);
  });

  it("takes answers by click, and keeps the same buttons for the next pair", async () => {
    await show();
    const equal = button("About equal");
    equal.click();
    await lastSent({ type: "prefer", answer: "equal" });
    await answered(1);
    await pair();
    expect(button("About equal")).toBe(equal);
    await press("Skip");
    await lastSent({ type: "prefer", answer: "skip" });
  });

  it("keeps the pair that is being read while new trials come", async () => {
    await show();
    const before = await pair();
    for (let i = 0; i < 6; i += 1) {
      host.simulation.tick();
      host.publish();
    }
    await soon(() => expect(asked("preferences").length).toBeGreaterThan(1));
    await rest();
    expect(await pair()).toEqual(before);
  });

  it("says calmly when another answer would hardly change anything", async () => {
    await show("preferences", scriptedSnapshot("running", 30));
    for (let i = 0; i < 40 && store.preferences.value.value?.question !== null; i += 1) {
      const count = store.preferences.value.value?.answers.length ?? 0;
      await pair();
      await key("a");
      await answered(count + 1);
    }
    await says("hardly change");
    expect(text()).not.toContain("A or B?");
    expect(all(".answers")).toHaveLength(0);
  });

  it("asks for a picture only when it is looked at", async () => {
    await show();
    const numbers = await pair();
    expect(asked("picture")).toHaveLength(0);
    await press("ROC");
    await soon(() => expect(asked("picture").at(-1)).toMatchObject({ numbers, kind: "roc" }));
    await says("At equal false alarms");
  });

  it("sets goals by keys on a bar, one act for all, and lets the answers decide again", async () => {
    await show();
    const slider = labelled("Weight of prediction time");
    await key("ArrowRight", slider);
    await key("ArrowRight", slider);
    expect(sent()).toEqual([]);
    await lastSent({ type: "set_goals", strength: "fair" });
    expect(sent()).toHaveLength(1);
    const weights = sent()[0]?.weights as Record<string, number>;
    expect(Object.keys(weights).sort()).toEqual(["complexity", "predict_ms", "roc_auc"]);
    expect(weights.predict_ms).toBe(35);
    await press("strong");
    await lastSent({ type: "set_goals", strength: "strong" });
    await press("Use my answers instead");
    await lastSent({ type: "set_goals", weights: {} });
  });

  it("adds what else matters and takes it away", async () => {
    await show();
    await press("+ Add an objective");
    await press("fit time");
    await lastSent({ type: "set_objectives", names: ["predict_ms", "complexity", "fit_seconds"] });
    await says("measured");
    await press("+ Add an objective");
    await fill(labelled("More objectives").querySelector("select") as HTMLElement, "SeniorCitizen", "change");
    await press("worst group by");
    await lastSent({
      names: ["predict_ms", "complexity", "fit_seconds", "worst_group:SeniorCitizen"],
    });
    labelled("Remove complexity").click();
    await lastSent({ names: ["predict_ms", "fit_seconds", "worst_group:SeniorCitizen"] });
  });

  it("adds what mistakes cost as an objective of its own", async () => {
    await show();
    await press("+ Add an objective");
    await press("cost of mistakes");
    await fill(labelled("churn is yes, predicted no"), "-");
    expect(button("Add objective").disabled).toBe(true);
    await fill(labelled("churn is yes, predicted no"), "25");
    await fill(labelled("Name"), "Letters & losses");
    await fill(labelled("Unit"), "€");
    await press("Add objective");
    await lastSent({
      type: "add_objective",
      name: "letters_losses",
      label: "Letters & losses",
      direction: "lower",
      unit: "€",
      matrix: [
        [0, 1],
        [25, 0],
      ],
    });
    await says("Letters & losses lower is better");
  });

  it("requires a limit by a form or as typed, softens it, and lets go of it", async () => {
    await show();
    await press("+ Add a constraint");
    await fill(labelled("Limit"), "8");
    await press("Add constraint");
    await lastSent({ type: "require", text: "predict_ms <= 8", hard: true });
    await says("Prediction time must be at most 8 ms");
    await press("+ Add a constraint");
    const typed = all(".limit-typed input")[0] as HTMLElement;
    await fill(typed, "predict_ms << 5");
    await press("Add constraint");
    await says("A constraint is not to be read");
    await fill(typed, "family in logistic, lightgbm");
    await press("Add constraint");
    await says("Model must be one of Logistic regression, LightGBM");
    const strict = labelled("How strict: prediction time");
    (strict.querySelector('button[aria-pressed="false"]') as HTMLElement).click();
    await lastSent({ type: "require", text: "predict_ms <= 8", hard: false });
    await soon(() =>
      expect(store.preferences.value.value?.constraints.find((one) => one.about === "predict_ms")?.hard).toBe(
        false,
      ),
    );
    labelled("Remove: prediction time").click();
    await lastSent({ type: "relax", text: "predict_ms <= 8" });
  });

  it("looks only here by numbers, tells the leaderboard, and requires the sides that cut", async () => {
    await show();
    await press("Focus on a range");
    await fill(labelled("prediction time, at most"), "6");
    await fill(labelled("prediction time, at least"), "0.0001");
    await says("in this region");
    await press("Show as a table");
    await says("match.");
    await says("only prediction time");
    all('[data-tab="preferences"]')[0]?.click();
    await press("Add as constraint");
    await lastSent({ type: "require", text: "predict_ms <= 6", hard: true });
    expect(sent()).toHaveLength(1);
    await soon(() => expect(text()).not.toContain("in this region"));
    all('[data-tab="trials"]')[0]?.click();
    await soon(() => expect(all(".chip.only")).toHaveLength(0));
  });

  it("moves a limit in the picture by keys, applied where it comes to rest", async () => {
    await show();
    await store.act({ type: "require", text: "predict_ms < 20", hard: true });
    await soon(() => expect(all(".limit")).toHaveLength(1));
    const line = labelled("Constraint: prediction time");
    await key("ArrowLeft", line);
    await key("ArrowLeft", line);
    expect(sent()).toHaveLength(1);
    await soon(() => expect(sent()).toHaveLength(2));
    const limit = Number(String(sent()[1]?.text).split("< ")[1]);
    expect(limit).toBeLessThan(20);
    expect(limit).toBeGreaterThan(15);
    expect(sent()[1]).toMatchObject({ type: "require", hard: true });
  });

  it("lists no model on the overview that violates a hard constraint, and says how many do", async () => {
    await show();
    await store.act({ type: "require", text: "predict_ms < 5", hard: true });
    const broken = () => store.preferences.value.value?.broken ?? [];
    await soon(() => expect(broken().length).toBeGreaterThan(0));
    all('[data-tab="overview"]')[0]?.click();
    await says(`${broken().length} trials violate a constraint and are not listed.`);
    const listed = all(".board tbody tr td:first-child").map((cell) => Number(cell.textContent));
    expect(listed.filter((number) => broken().includes(number))).toEqual([]);
  });

  it("keeps the axes still under a pointer, whatever trials come", async () => {
    const snapshot = scriptedSnapshot("running", 120);
    await show("preferences", snapshot);
    await store.act({ type: "require", text: "predict_ms < 20", hard: true });
    await soon(() => expect(all(".limit")).toHaveLength(1));
    const line = labelled("Constraint: prediction time");
    const least = () => Number(line.getAttribute("aria-valuemin"));
    const point = (type: string) =>
      line.dispatchEvent(new PointerEvent(type, { bubbles: true, composed: true, button: 0, pointerId: 1 }));
    const before = least();
    const row = snapshot.rows.find((one) => one[1] === "complete" && one[2] === "lightgbm");
    if (row === undefined) throw new Error("no complete trial in the script");
    const next = Math.max(...store.rows.keys()) + 1;
    const fast = Array.from({ length: 80 }, (_, i) => {
      const one = structuredClone(row);
      one[0] = next + i;
      one[13][0] = before / 10;
      return one;
    });
    point("pointerdown");
    await rest();
    host.delta(fast);
    await rest(600); // the picture is drawn anew a few times a second
    expect(store.rows.has(next)).toBe(true);
    expect(least()).toBe(before);
    point("pointerup");
    await soon(() => expect(least()).toBeLessThan(before));
  });

  it("walks along the front by keys and opens a trial from there", async () => {
    await show();
    const plot = all(".plot")[0] as HTMLElement;
    const said = () => plot.querySelector("[aria-live]")?.textContent ?? "";
    await key("ArrowRight", plot);
    const first = said();
    expect(first).toMatch(/^#\d+ .*ROC AUC/);
    await key("ArrowRight", plot);
    expect(said()).not.toBe(first);
    expect(sent()).toEqual([]);
    const number = said().match(/^#(\d+)/)?.[1];
    await key("Enter", plot);
    await soon(() => expect(labelled(`Trial ${number}`)).toBeTruthy());
  });

  it("puts the challenge on the cards, and prefers the simpler one", async () => {
    await show("overview");
    await says("Would a simpler model do as well?");
    const { winner, rival } = store.preferences.value.value?.challenge ?? { winner: -1, rival: -1 };
    await press("Compare both models");
    await soon(async () => expect(await pair()).toEqual([winner, rival]));
    await says("You chose this pair.");
    await press("Prefer the simpler model");
    await lastSent({ type: "prefer", first: winner, second: rival, answer: "b" });
  });

  it("sorts the leaderboard by what is preferred once that is known, until the person sorts", async () => {
    await show();
    await key("a");
    await answered(1);
    await soon(() => expect(store.worth.value.value).not.toBeNull());
    all('[data-tab="trials"]')[0]?.click();
    await soon(() => expect(all('[aria-sort="descending"]')[0]?.textContent).toContain("utility"));
    expect(text()).toContain("prediction time");
    button("prediction time").click();
    await soon(() => expect(all('[aria-sort="ascending"]')[0]?.textContent).toContain("prediction time"));
  });

  it("shows figures of groups, and records what the person says to them", async () => {
    await show();
    await fill(labelled("Column that defines the groups"), "SeniorCitizen", "change");
    await says("for you to judge");
    const field = all("#hitl-judgement")[0] as HTMLElement;
    await fill(field, "acceptable for a reminder");
    await key("Enter", field);
    const number = store.preferences.value.value?.best;
    await lastSent({
      type: "note",
      text: `Fairness by SeniorCitizen, #${number}: acceptable for a reminder`,
    });
    await says("Saved in the journal.");
  });

  it("shows a column's name as text, whatever it says", async () => {
    await show();
    const evil = '<img src=x onerror="window.hacked=1">';
    await fill(labelled("Column that defines the groups"), evil, "change");
    await soon(() => expect(all(".audit-table")).toHaveLength(1));
    await press("+ Add an objective");
    await fill(labelled("More objectives").querySelector("select") as HTMLElement, evil, "change");
    await press("selection gap by");
    await says(`selection gap by ${evil}`);
    expect(all("img")).toHaveLength(0);
  });
});
