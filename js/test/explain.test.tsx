import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import type { Charts } from "../src/charts/charts";
import { pickOf } from "../src/panels/explain/picks";
import { topicsOf } from "../src/panels/explain/questions";
import type { Kernel } from "../src/protocol/kernel";
import type { ViewInfo, Views } from "../src/protocol/messages";
import { readAnswer } from "../src/protocol/validate";
import { Explanations } from "../src/store/explanations";
import { pythonLine, pythonLiteral } from "../src/words/views";
import { recordedResult } from "./recorded";
import { NO_CHARTS, Screen, soon } from "./screen";

interface Drawn {
  name: string;
  data: Record<string, object[]>;
  leads(datum: unknown): boolean;
  onPick(datum: unknown): void;
}
/** Each row of a chart's data as something to press, as its marks are. */
const Marks = (({ name, data, leads, onPick }: Drawn) => (
  <div class="drawn" data-chart={name}>
    {Object.values(data)
      .flat()
      .filter(leads)
      .map((row, i) => (
        <button key={i} type="button" class="mark" onClick={() => onPick(row)} />
      ))}
  </div>
)) as unknown as Charts["View"];

const view = (name: string, options: object) =>
  recordedResult<ViewInfo>("explain", { view: name, options, step: 0 });
const IMPORTANCE = view("importance", { trial: 7 });
const VIEWS = recordedResult<Views>("views", {});

test("questions stand under their topics, that of groups after the question where errors are", () => {
  const topics = topicsOf(VIEWS.offers, true);
  expect(topics.map((one) => one.heading)).toEqual([
    ...["Columns", "One row", "Errors", "Training", "Data", "Comparison", "Search"],
  ]);
  const errors = topics[2]?.questions.map((one) => one.name) ?? [];
  expect(errors[errors.indexOf("slices") + 1]).toBe("groups");
  expect(topicsOf(VIEWS.offers, false).flatMap((one) => one.questions)).toHaveLength(VIEWS.offers.length);
});

describe("what the kernel says of a view", () => {
  it("passes when it is whole", () => {
    expect(readAnswer("explain", IMPORTANCE)).toEqual({ ok: true, value: IMPORTANCE });
    expect(readAnswer("views", VIEWS)).toEqual({ ok: true, value: VIEWS });
  });

  it("is refused without sentences, and with charts that are no names", () => {
    for (const broken of [null, 3, {}, { ...IMPORTANCE, sentences: "x" }, { ...IMPORTANCE, charts: [{}] }]) {
      expect(readAnswer("explain", broken).ok).toBe(false);
    }
  });

  it("loses the rows, options and tellings that are not plain", () => {
    const found = readAnswer("explain", {
      ...IMPORTANCE,
      data: { good: [{ a: 1 }, { a: { deep: 1 } }, "x", { a: [1, "b", null] }], bad: 7 },
      options: { of: ["a"], row: [{}], column: 3 },
      about: { trial: 4, deep: { a: 1 } },
    });
    expect(found.ok && found.value).toMatchObject({
      data: { good: [{ a: 1 }, {}, { a: [1, "b", null] }] },
      options: { of: ["a"] },
      about: { trial: 4 },
    });
    expect(found.ok && Object.keys((found.value as ViewInfo).options)).toEqual(["of"]);
    expect(found.ok && Object.keys((found.value as ViewInfo).about)).toEqual(["trial"]);
  });

  it("keeps the offers and concepts that can be read", () => {
    const found = readAnswer("views", {
      ...VIEWS,
      offers: [...VIEWS.offers, { name: 3 }],
      concepts: { a: 1, ...VIEWS.concepts },
    });
    expect(found).toEqual({ ok: true, value: VIEWS });
  });
});

describe("what a mark leads to", () => {
  const model = (name: string) => ({ name, level: "model" as const });
  const search = (name: string) => ({ name, level: "search" as const });
  const bounds = { columns: ["tenure", "<img src=x onerror=alert(1)>"], rows: 100 };

  it("is a column that there is, or a row within the table", () => {
    expect(pickOf(model("importance"), { column: "tenure", rank: 1 }, bounds)).toEqual({
      to: "column",
      column: "tenure",
    });
    expect(pickOf(model("beeswarm"), { column: "tenure", row: 7 }, bounds)).toEqual({ to: "row", row: 7 });
    for (const datum of [
      { column: "age" },
      { row: 100 },
      { row: 1.5 },
      { row: -1 },
      { trial: 3 },
      null,
      "x",
    ]) {
      expect(pickOf(model("importance"), datum, bounds)).toBe(null);
    }
  });

  it("is the rows of a cell of the confusion matrix, whose own places are no rows", () => {
    const cell = { truth: "yes", predicted: "no", row: 1, column: 0 };
    expect(pickOf(model("confusion"), cell, bounds)).toBe(null);
    expect(pickOf(model("confusion"), { ...cell, examples: [3, 700, "x", 4] }, bounds)).toEqual({
      to: "rows",
      rows: [3, 4],
      words: "class yes, predicted as no",
    });
  });

  it("is a trial in views of the search, whose places are no rows either", () => {
    expect(pickOf(search("parallel"), { trial: 5 }, bounds)).toEqual({ to: "trial", trial: 5 });
    expect(pickOf(search("course"), { number: 6, family: "x" }, bounds)).toEqual({ to: "trial", trial: 6 });
    expect(pickOf(search("interactions"), { row: 1, column: "tenure" }, bounds)).toBe(null);
    expect(pickOf(search("winner"), { number: 6 }, bounds)).toBe(null);
  });
});

describe("the line of Python", () => {
  const offer = (name: string) => VIEWS.offers.find((one) => one.name === name) ?? { name, takes: [] };

  it("names what was asked", () => {
    expect(pythonLine(offer("importance"), { trial: 12 }, null)).toBe("session.explain.importance(trial=12)");
    expect(pythonLine(offer("importance"), { trial: "ensemble" }, null)).toBe(
      'session.explain.importance(trial="ensemble")',
    );
    expect(pythonLine(offer("effect"), { trial: 1, column: "a", centred: true }, null)).toBe(
      'session.explain.effect(column="a", trial=1, centred=True)',
    );
    expect(pythonLine(offer("winner"), {}, null)).toBe("session.explain.winner()");
  });

  it("adds what Python cannot do without, from the answer", () => {
    const about = { about: { row: 7 } } as unknown as ViewInfo;
    expect(pythonLine(offer("row"), { trial: 1 }, about)).toBe("session.explain.row(row=7, trial=1)");
    expect(pythonLine(offer("what_if"), { trial: 1 }, about)).toBe(
      "session.explain.what_if(row=7, changes={}, trial=1)",
    );
  });

  it("writes values as Python reads them", () => {
    expect(pythonLiteral({ 'it\'s "so"\n': [true, null, 1.5, "é"] })).toBe(
      '{"it\'s \\"so\\"\\n": [True, None, 1.5, "é"]}',
    );
  });
});

describe("explanations", () => {
  interface Open {
    id: string;
    view: string;
    step: number;
    answer(info: ViewInfo): Promise<void>;
    refuse(text: string): Promise<void>;
  }
  let open: Open[];
  let stopped: string[];
  let explanations: Explanations;
  const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
  const info = (partial = false): ViewInfo => ({ ...IMPORTANCE, partial });
  const last = () => open.at(-1) as Open;

  beforeEach(() => {
    open = [];
    stopped = [];
    const kernel: Pick<Kernel, "views" | "explain"> = {
      views: async () => VIEWS,
      explain: (view, _, step = 0, signal) => {
        const id = `q${open.length}`;
        let resolve!: (info: ViewInfo) => void;
        let reject!: (reason: Error) => void;
        const answer = new Promise<ViewInfo>((yes, no) => {
          resolve = yes;
          reject = no;
        });
        open.push({
          id,
          view,
          step,
          answer: (found) => {
            resolve(found);
            return settle();
          },
          refuse: (text) => {
            reject(new Error(text));
            return settle();
          },
        });
        signal?.addEventListener("abort", () => stopped.push(id));
        return answer;
      },
    };
    explanations = new Explanations(kernel as Kernel);
  });

  it("are asked one at a time, and a partial one is followed up when the others had their turn", async () => {
    explanations.want("importance", { trial: 1 }, 0);
    explanations.want("beeswarm", { trial: 1 }, 0);
    expect(open).toHaveLength(1);
    await last().answer(info(true));
    expect(explanations.of("importance", { trial: 1 }).value).toMatchObject({
      state: "waiting",
      info: { partial: true },
    });
    expect(last()).toMatchObject({ view: "beeswarm", step: 0 });
    await last().answer(info());
    expect(last()).toMatchObject({ view: "importance", step: 1 });
    await last().answer(info());
    expect(explanations.of("importance", { trial: 1 }).value).toMatchObject({
      state: "done",
      info: { partial: false },
    });
    expect(open).toHaveLength(3);
  });

  it("are kept by view and options, in whatever order these stand", async () => {
    explanations.want("effect", { trial: 1, column: "a", of: undefined }, 0);
    await last().answer(info());
    explanations.want("effect", { column: "a", trial: 1 }, 0);
    expect(open).toHaveLength(1);
    explanations.want("effect", { column: "a", trial: 1 }, 5);
    expect(open).toHaveLength(2);
  });

  it("are given up in the kernel when nobody explanations, and asked again when someone does", async () => {
    explanations.want("importance", {}, 0);
    explanations.want("beeswarm", {}, 0);
    const first = last();
    explanations.leave("importance", {});
    expect(stopped).toEqual([first.id]);
    expect(last().view).toBe("beeswarm");
    await first.refuse("This explanation was given up.");
    expect(explanations.of("importance", {}).value).toMatchObject({ state: "none", error: "" });
    await last().answer(info());
    explanations.want("importance", {}, 0);
    expect(last()).toMatchObject({ view: "importance", step: 0 });
  });

  it("stay stopped until they are asked again, and then go on where they were", async () => {
    explanations.want("importance", {}, 0);
    await last().answer(info(true));
    explanations.stop("importance", {});
    expect(stopped).toEqual([last().id]);
    explanations.want("importance", {}, 0);
    expect(open).toHaveLength(2);
    expect(explanations.of("importance", {}).value).toMatchObject({
      state: "stopped",
      info: { partial: true },
    });
    explanations.again("importance", {}, 0);
    expect(last()).toMatchObject({ view: "importance", step: 1 });
  });

  it("say why there is no answer, and go on with the next", async () => {
    explanations.want("importance", {}, 0);
    explanations.want("beeswarm", {}, 0);
    await last().refuse("No trial is complete yet.");
    expect(explanations.of("importance", {}).value).toMatchObject({
      state: "failed",
      error: "No trial is complete yet.",
    });
    expect(last().view).toBe("beeswarm");
  });

  it("go first when the person has just asked", async () => {
    explanations.want("importance", {}, 0);
    explanations.want("beeswarm", {}, 0);
    explanations.want("row", { row: 3 }, 0, true);
    await last().answer(info());
    expect(last().view).toBe("row");
  });

  it("are forgotten with their session", async () => {
    explanations.views.follow(0);
    await settle();
    explanations.want("importance", {}, 0);
    const look = explanations.of("importance", {});
    explanations.forget();
    await last().answer(info());
    expect(look.value.info).toBeNull();
    expect(explanations.views.value.value).toBeNull();
  });
});

describe("the panel", () => {
  let screen: Screen;

  const asked = (view: string) =>
    screen.host.sent.filter((one) => one.type === "explain" && one.view === view).map((one) => one.options);
  const card = (view: string) => screen.one(`[data-view="${view}"]`);
  const press = (within: HTMLElement, words: string) => {
    const found = [...within.querySelectorAll("button")].find(
      (one) => one.textContent?.trim() === words || one.getAttribute("aria-label") === words,
    );
    if (found === undefined) throw new Error(`no button says ${words}`);
    found.click();
  };
  const answered = (view: string) =>
    soon(() => expect(card(view).querySelector(".view-first")?.textContent).not.toBe(undefined));
  /** Chooses a question in the index, and waits for its answer. */
  const open = async (view: string) => {
    screen.one(`[data-question="${view}"]`).click();
    await soon(() => expect(card(view)).toBeDefined());
    await answered(view);
  };
  const choose = (field: Element | null, value: string, event = "change") => {
    (field as HTMLInputElement).value = value;
    field?.dispatchEvent(new Event(event, { bubbles: true }));
  };

  beforeEach(async () => {
    screen = await Screen.show("explain", {}, { ...NO_CHARTS, View: Marks });
    await soon(() => expect(screen.all(".card.view")).toHaveLength(1));
  });

  afterEach(() => screen.close());

  it("answers the first question to the last step, and no other", async () => {
    await soon(() =>
      expect(screen.host.sent.filter((one) => one.view === "importance").map((one) => one.step)).toEqual([
        0, 1,
      ]),
    );
    expect(asked("beeswarm")).toEqual([]);
    await soon(() => expect(card("importance").querySelector(".view-progress")).toBeNull());
    expect(card("importance").querySelector(".drawn")?.getAttribute("data-chart")).toBe("shap_bar");
  });

  it("marks the question in sight, and is walked through by arrow keys", async () => {
    const current = () =>
      screen.all('.question-index [aria-current="true"]').map((one) => one.dataset.question);
    expect(current()).toEqual(["importance"]);
    const first = screen.one('[data-question="importance"]');
    first.focus();
    first.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
    const focused = () => (screen.el.shadowRoot?.activeElement as HTMLElement | null)?.dataset.question;
    expect(focused()).toBe("beeswarm");
    expect(current()).toEqual(["importance"]);
    first.dispatchEvent(new KeyboardEvent("keydown", { key: "End", bubbles: true }));
    expect(focused()).toBe(screen.all(".question-index [data-question]").at(-1)?.dataset.question);
    expect(screen.all(".question-index ul[hidden]")).toHaveLength(0);
    screen.one('[data-question="beeswarm"]').click();
    await soon(() => expect(current()).toEqual(["beeswarm"]));
    expect(screen.all(".question-index [tabindex='0']")).toHaveLength(1);
    choose(screen.one(".question-menu"), "threshold");
    await soon(() => expect(current()).toEqual(["threshold"]));
    expect(card("threshold")).toBeDefined();
  });

  it("leads on to the next question, which takes the focus", async () => {
    await answered("importance");
    screen.one(".next-question").click();
    await soon(() => expect(screen.el.shadowRoot?.activeElement).toBe(card("beeswarm")));
  });

  it("sends what is chosen, and shows the line that asks the same", async () => {
    await open("effect");
    choose(card("effect").querySelector("select"), "MonthlyCharges");
    await soon(() => expect(asked("effect").at(-1)).toMatchObject({ column: "MonthlyCharges" }));
    expect(card("effect").querySelector(".code")).toBeNull();
    press(card("effect"), "Show as Python");
    await soon(() =>
      expect(card("effect").querySelector(".code code")?.textContent).toContain('column="MonthlyCharges"'),
    );
    await soon(() => expect(card("effect").querySelector("h3")?.textContent).toContain("MonthlyCharges"));
  });

  it("shows the same row in all questions about a row", async () => {
    await open("row");
    press(card("row"), "Next row");
    const next = Number(view("row", { trial: 7 }).about.row) + 1;
    await soon(() => expect(asked("row").at(-1)).toMatchObject({ row: next }));
    screen.one('[data-question="what_if"]').click();
    await soon(() => expect(asked("what_if").at(-1)).toMatchObject({ row: next }));
  });

  it("offers the worst mistake, a borderline and a typical row", async () => {
    await open("row");
    const chips = [...card("row").querySelectorAll(".chip")];
    expect(chips.map((one) => one.textContent)).toEqual(["worst mistake", "borderline", "typical"]);
    expect(chips.map((one) => one.getAttribute("aria-pressed"))).toEqual(["true", "false", "false"]);
    press(card("row"), "typical");
    const [, , typical] = view("row", { trial: 7 }).data.rows ?? [];
    await soon(() => expect(asked("row").at(-1)).toMatchObject({ row: typical?.row }));
  });

  it("takes the column of a bar in all questions about a column", async () => {
    await soon(() => expect(card("importance").querySelectorAll(".mark").length).toBeGreaterThan(2));
    (card("importance").querySelectorAll(".mark")[2] as HTMLElement).click();
    const [, , third] = IMPORTANCE.data.importance ?? [];
    const column = String(third?.column);
    await screen.says(`${column} selected.`);
    press(card("importance"), "Show its average effect");
    await soon(() => expect(asked("effect").at(-1)).toMatchObject({ column }));
    expect(screen.el.shadowRoot?.activeElement).toBe(card("effect"));
  });

  it("takes a column by keyboard from the rows behind the chart", async () => {
    await answered("importance");
    const details = [...card("importance").querySelectorAll("details")].at(-1) as HTMLDetailsElement;
    details.open = true;
    details.dispatchEvent(new Event("toggle"));
    await soon(() => expect(details.querySelector("table")).not.toBe(null));
    press(details, "MonthlyCharges");
    await screen.says("MonthlyCharges selected.");
    await open("effect");
    expect(asked("effect").at(-1)).toMatchObject({ column: "MonthlyCharges" });
  });

  it("asks what would be after a pause, and takes it back", async () => {
    await open("what_if");
    const slider = card("what_if").querySelector('input[type="range"][aria-label="tenure"]');
    const told = String(view("what_if", { trial: 7, changes: { tenure: 30 } }).sentences[0]);
    expect(told).toMatch(/instead of \d+%/);
    for (const value of ["50", "40", "30"]) choose(slider, value, "input");
    await soon(() => expect(asked("what_if").at(-1)).toMatchObject({ changes: { tenure: 30 } }));
    expect(asked("what_if")).toHaveLength(2);
    await soon(() => expect(card("what_if").textContent).toContain(told));
    press(card("what_if"), "Reset row");
    await soon(() => expect(card("what_if").textContent).not.toContain("instead of"));
  });

  it("shows the rows of a view whose chart it does not have", async () => {
    const shown = view("threshold", { trial: 7 });
    screen.host.answers.explain = () => ({ ...shown, charts: ["a chart of another version"] });
    await open("threshold");
    expect(card("threshold").querySelector(".drawn")).toBeNull();
    expect(card("threshold").querySelector("table")?.textContent).toContain("threshold");
  });

  it("follows the recommended model until another is pinned, and again when asked to", async () => {
    const status = screen.store.status.value;
    const best = status?.best;
    if (status === null || best == null) throw new Error("no best trial");
    expect(screen.text(".explained")).toMatch(
      new RegExp(`^Explaining the recommended model: .*#${best.number}$`),
    );
    screen.store.status.value = { ...status, best: { ...best, number: 2 } };
    await soon(() => expect(asked("importance").at(-1)).toMatchObject({ trial: 2 }));
    expect(screen.text(".explained")).toMatch(/^Explaining the recommended model: .*#2$/);
    choose(screen.one(".picker input"), "#3", "input");
    await soon(() => expect(asked("importance").at(-1)).toMatchObject({ trial: 3 }));
    expect(screen.text(".explained")).toMatch(/^Explaining [^:]*#3/);
    screen.store.status.value = { ...status, best: { ...best, number: 1 } };
    await screen.says("Explain the recommended model, #1");
    expect(asked("importance").at(-1)).toMatchObject({ trial: 3 });
    press(screen.one(".picker"), "Explain the recommended model, #1");
    await soon(() => expect(asked("importance").at(-1)).toMatchObject({ trial: 1 }));
  });

  it("refuses a trial that there is not", async () => {
    choose(screen.one(".picker input"), "999", "input");
    await screen.says("no such trial");
    expect(screen.text(".explained")).toContain("Explaining the recommended model");
  });

  it("compares groups of rows, and records what the person says to them", async () => {
    const number = screen.store.status.value?.best?.number;
    screen.one('[data-question="groups"]').click();
    await soon(() => expect(screen.all('[data-view="groups"]')).toHaveLength(1));
    await screen.fill(screen.labelled("Column that defines the groups"), "Contract", "change");
    await soon(() => expect(screen.all(".audit-table")).toHaveLength(1));
    press(card("groups"), "Show as Python");
    await screen.says(`session.audit("Contract", trial=${number})`);
    const field = screen.one("#hitl-judgement");
    await screen.fill(field, "acceptable for a reminder");
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    await screen.lastSent({
      type: "note",
      text: `Fairness by Contract, #${number}: acceptable for a reminder`,
    });
    await screen.says("Saved in the journal.");
  });

  it("gives up what is under way when the person leaves", async () => {
    screen.host.sent.length = 0;
    screen.host.holds.add("explain");
    screen.one('[data-question="row"]').click();
    await soon(() => expect(asked("row")).toHaveLength(1));
    screen.one('[data-tab="overview"]').click();
    await soon(() => expect(screen.all(".card.view")).toHaveLength(0));
    await soon(() => expect(screen.host.sent.some((one) => one.type === "stop")).toBe(true));
  });
});
