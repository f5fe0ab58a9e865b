import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { columnsFor } from "../src/panels/data/columns";
import { commands } from "../src/protocol/commands";
import type { Request } from "../src/protocol/kernel";
import type {
  ColumnDetail,
  ColumnRow,
  DataInfo,
  DataPreview,
  DivisionInfo,
  WarningsInfo,
} from "../src/protocol/messages";
import { readAnswer } from "../src/protocol/validate";
import {
  arranged,
  byColumn,
  commandOf,
  followed,
  matching,
  NO_DATA_DRAFT,
  sharesWords,
  shareWords,
  toColumn,
  typedValue,
  withChoice,
} from "../src/words/data";
import { type RecordedHost, recordedResult } from "./recorded";
import { Screen, soon } from "./screen";

const known = <T,>(type: "profile" | "warnings") => recordedResult<T>(type, {}, "warned");
const info = known<DataInfo>("profile");
const warnings = known<WarningsInfo>("warnings");
const columns = info.rows.map(toColumn);
const ANSWERS = warnings.open.find(({ key }) => key === "codes:visits:-999")?.answers ?? [];
const [MISSING = "", KEEP = ""] = ANSWERS.map((one) => one.label);
const SENTENCE = recordedResult<DataPreview>(
  "preview_data",
  { command: commands.changeData({ roles: { tenure: "categorical" } }) },
  "warned",
).sentence;
const PREVIEW: DataPreview = {
  title: "A change.",
  python: "session.change_data()",
  sentence: "No trial was measured yet.",
  leave: 0,
  back: 0,
  running: 0,
  best_leaves: false,
};
const names = (found: readonly { name: string }[]) => found.map((one) => one.name);

/** What the kernel answers to an act that has nothing more to say. */
const RECEIPT = {
  seq: 1,
  sentence: "",
  act: 1,
  python: "",
  outside: null,
  number: null,
  numbers: [],
  suggestion: null,
};

describe("the words of the table", () => {
  it("keeps the order of the table until someone sorts", () => {
    expect(names(arranged(columns, null, "", null))).toEqual(names(columns));
  });

  it("sorts by what is told, what is not known last whichever way", () => {
    const down = names(arranged(columns, { key: "strength", descending: true }, "", null));
    expect(down.slice(0, 2)).toEqual(["left_on", "tenure"]);
    expect(down.at(-1)).toBe("customerID");
    expect(names(arranged(columns, { key: "strength", descending: false }, "", null)).at(-1)).toBe(
      "customerID",
    );
    const byName = names(arranged(columns, { key: "name", descending: false }, "", null));
    expect(byName).toEqual([...byName].sort((a, b) => a.localeCompare(b, "en", { numeric: true })));
  });

  it("finds every word of a search, and only what is warned of", () => {
    expect(names(arranged(columns, null, "  TEN ure ", null))).toEqual(["tenure"]);
    expect(names(arranged(columns, null, "<img", null))).toHaveLength(1);
    const warned = byColumn(warnings.open);
    expect(names(arranged(columns, null, "", new Set(warned.keys())))).toEqual(["left_on", "visits"]);
    expect(warned.get("left_on")?.severity).toBe("high");
  });

  it.each([
    [0, 100, ""],
    [100, 100, "100%"],
    [1, 100_000, "under 0.1%"],
    [99_999, 100_000, "over 99.9%"],
    [52, 1000, "5.2%"],
    [50, 1000, "5%"],
    [333, 1000, "33%"],
    [995, 1000, "99.5%"],
    [3, 0, ""],
  ])("writes %d of %d as %j", (part, whole, said) => {
    expect(shareWords(part, whole)).toBe(said);
  });

  it.each([
    [[2789, 2845], undefined, ["50%", "50%"]],
    [[33.5, 33.5, 33], undefined, ["34%", "33%", "33%"]],
    [[61, 30.5, 8.5], undefined, ["61%", "30.5%", "8.5%"]],
    [[9999, 1, 0], undefined, ["100%", "under 0.1%", ""]],
    [[0.494, 0.506], 1, ["49%", "51%"]],
    [[0.4, 0.4], 1, ["40%", "40%"]],
  ])("writes the shares %j so that they add up", (parts, whole, said) => {
    expect(sharesWords(parts, whole)).toEqual(said);
  });

  it("says how many match", () => {
    expect([matching(1, 1), matching(40, 40), matching(3, 2000)]).toEqual([
      "1 column",
      "40 columns",
      "3 of 2,000 columns match",
    ]);
  });

  it.each([
    ["0", "number", 0],
    [" −1.5 ", "number", -1.5],
    ["1,000", "number", 1000],
    ["many", "number", null],
    ["1e999", "number", null],
    ["", "number", null],
    ["many", "text", "many"],
    ["  ", "text", null],
    ["0", "none", null],
  ] as const)("reads %j as a %s", (text, kind, value) => {
    expect(typedValue(text, kind)).toBe(value);
  });

  it("keeps only what differs from today in the draft", () => {
    let draft = withChoice(NO_DATA_DRAFT, "roles", "tenure", "categorical", "numeric");
    expect(commandOf(draft, "finish")).toEqual({
      type: "change_data",
      roles: { tenure: "categorical" },
      filling: {},
      encoding: {},
      missing: {},
      running: "finish",
    });
    draft = withChoice(draft, "filling", "tenure", { value: 0 }, "auto");
    draft = withChoice(draft, "roles", "tenure", "numeric", "numeric");
    expect(draft).toEqual({ roles: {}, filling: { tenure: { value: 0 } }, encoding: {} });
    draft = withChoice(draft, "filling", "tenure", { value: 0 }, { value: 0 });
    expect(commandOf(draft, "cancel")).toBeNull();
  });

  it("lets go of what became so, and of columns that are gone", () => {
    const draft = {
      roles: { Contract: "categorical", tenure: "text", gone: "text" },
      filling: { tenure: "auto" },
      encoding: { Contract: "one_hot" },
    } as const;
    expect(followed(draft, info)).toEqual({
      roles: { tenure: "text" },
      filling: {},
      encoding: { Contract: "one_hot" },
    });
    const same = { ...NO_DATA_DRAFT, roles: { tenure: "text" } } as const;
    expect(followed(same, info)).toBe(same);
  });

  it("shows fewer facts where there is less room, the name and its role always", () => {
    for (let width = 200; width < 1600; width += 50) {
      const shown = columnsFor(width).map((one) => one.id);
      expect(shown.slice(0, 2)).toEqual(["name", "role"]);
    }
    expect(columnsFor(1200)).toHaveLength(7);
    expect(columnsFor(350).map((one) => one.id)).toEqual(["name", "role", "strength"]);
  });
});

describe("what comes from the kernel", () => {
  it("leaves broken rows out and keeps the others", () => {
    const [first] = info.rows;
    const broken = [first, ["x", "king"], null, [...(first as ColumnRow)].slice(0, 5)];
    const found = readAnswer("profile", { ...info, rows: broken });
    expect(found.ok && (found.value as DataInfo).rows).toEqual([first]);
    expect(readAnswer("profile", { ...info, roles: 3 }).ok).toBe(false);
    expect(readAnswer("profile", null).ok).toBe(false);
  });

  it("leaves broken warnings out", () => {
    const whole = warnings;
    const found = readAnswer("warnings", { ...whole, open: [...whole.open, { key: 3 }], answered: [3] });
    expect(found.ok && found.value).toEqual({ ...whole, answered: [] });
  });
});

describe("the data panel", () => {
  let screen: Screen;

  const choose = (field: HTMLElement, value: string, event = "change") => screen.fill(field, value, event);
  const row = (name: string) => {
    const found = screen.all(".columns-grid [data-column]").find((it) => it.dataset.column === name);
    if (found === undefined) throw new Error(`no row of ${name}`);
    return found;
  };

  async function show(tab = "data", answers: RecordedHost["answers"] = {}, state = "running") {
    screen = await Screen.show(tab, { recording: "warned", state, answers });
    if (tab !== "data") return;
    await soon(() => expect(screen.all(".columns-grid [data-column]").length).toBeGreaterThan(5));
  }

  beforeEach(() => {
    // The page of these tests has no layout; only rows in sight are drawn.
    vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(500);
    vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(900);
  });

  afterEach(() => {
    screen.close();
    vi.restoreAllMocks();
  });

  it("begins with a sentence, the gravest warning and the target", async () => {
    await show();
    expect(screen.text(".lead")).toContain(info.sentence);
    await soon(() => expect(screen.text(".warning .severity")).toBe("severe"));
    expect(screen.all(".warning").map((it) => it.dataset.key)).toEqual([
      "copy:left_on",
      "perfect",
      "codes:visits:-999",
    ]);
    expect(screen.text(".target-row")).toContain("Churn");
    expect(screen.text(".column-card")).toContain("How is Churn distributed?");
    expect(screen.text(".table-notes")).toContain(info.notes[0]);
  });

  it("shows names and values as text", async () => {
    await show();
    await screen.click(row("<img src=x onerror=alert(1)>"));
    await soon(() =>
      expect(screen.text(".column-card")).toContain("What is in <img src=x onerror=alert(1)>?"),
    );
    await soon(() => expect(screen.all(".levels li").length).toBeGreaterThan(1));
    expect(screen.all("img")).toHaveLength(0);
  });

  it("says how many warnings are open on the tab and leads there from the overview", async () => {
    await show("overview");
    expect(screen.text("[data-tab=data]")).toBe("Data3 warnings");
    expect(screen.all("[data-tab=data] .n.grave")).toHaveLength(1);
    expect(screen.text(".hero-caution")).toContain("Scores may be misleading. left_on");
    await screen.click(screen.one(".hero-caution button"));
    await soon(() => expect(screen.all(".columns-grid")).toHaveLength(1));
  });

  it("records an answer, folds it away and finds it again", async () => {
    await show();
    await soon(() => expect(screen.all(".warning")).toHaveLength(3));
    await screen.press(KEEP);
    await soon(() => expect(screen.all(".warning")).toHaveLength(2));
    expect(screen.sent()).toEqual([{ type: "answer_warning", key: "codes:visits:-999", answer: KEEP }]);
    await screen.press("Show 1 answered");
    expect(screen.text(".answered")).toContain(`Your answer: ${KEEP}.`);
    await screen.press("Change answer");
    await screen.press(MISSING, ".answered");
    await soon(() => expect(screen.sent().at(-1)).toMatchObject({ answer: MISSING }));
  });

  it("sends an answer as one command, which the kernel carries out", async () => {
    await show();
    await soon(() => expect(screen.all(".warning")).toHaveLength(3));
    await screen.press("Drop left_on");
    await soon(() => expect(screen.sent()).toHaveLength(1));
    expect(screen.sent()[0]).toMatchObject({ type: "answer_warning", key: "copy:left_on" });
    await soon(() => expect(row("left_on").className).toContain("grey"));
    await soon(() =>
      expect(screen.text(".data-draft.applied")).toBe(
        `Applied: ${screen.store.steering.value?.acts[0]?.title}.Undo Ctrl Z`,
      ),
    );
    await screen.press("Show 1 answered");
    expect(screen.text(".answered")).toContain("No longer applies.");
  });

  it("shows the evidence of a warning on demand, with any name and value as text", async () => {
    const evil = "<img src=x onerror=alert(1)>";
    const illustration = ({ key }: Request) => ({
      caption: `Rows of one set are equal, ${evil}.`,
      chart: "",
      data: [],
      across: "",
      up: "",
      dates: false,
      header: ["used in", evil],
      cells: [
        ["fold 1", evil],
        ["holdout", evil],
        ["fold 2", "b"],
      ],
      sets: [1, 1, 2],
      marked: [evil],
      python: `session.illustrate("${key}")`,
    });
    await show("data", { illustration });
    await soon(() => expect(screen.all(".warning")).toHaveLength(3));
    const copy = '[data-key="copy:left_on"]';
    await screen.press("Show evidence", copy);
    await soon(() => expect(screen.text(`${copy} figcaption`)).toContain(evil));
    expect(screen.all(`${copy} th.marked`).map((one) => one.textContent)).toEqual([evil]);
    expect(screen.all(`${copy} tr.next-set`)).toHaveLength(1);
    expect(screen.all("img")).toHaveLength(0);
    screen.one(`${copy} [aria-label="Show as Python"]`).click();
    await soon(() => expect(screen.all(`${copy} .illustration .code`)).toHaveLength(1));
    expect(screen.text(`${copy} .code`)).toContain('session.illustrate("copy:left_on")');
    await screen.press("Hide evidence", copy);
    expect(screen.all(".illustration")).toHaveLength(0);
  });

  it("takes an answer in words, and says what only Python can do", async () => {
    const warnings = known<WarningsInfo>("warnings");
    for (const one of warnings.open.filter(({ key }) => key.startsWith("codes:"))) {
      one.answers = [{ id: "missing", label: "Make it missing", python: "data['visits'] = …", acts: false }];
    }
    await show("data", { warnings: () => warnings });
    await soon(() => expect(screen.all(".warning")).toHaveLength(3));
    expect(screen.text('[data-key="codes:visits:-999"] .in-python')).toContain("data['visits']");
    await screen.press("Write an answer", '[data-key="codes:visits:-999"]');
    await choose(screen.one(".warning input"), "  It is a true value.  ", "input");
    await screen.press("Save answer");
    await soon(() =>
      expect(screen.sent().at(-1)).toMatchObject({ key: "codes:visits:-999", answer: "It is a true value." }),
    );
  });

  it("tells what a change would do, applies it at once, and undoes it", async () => {
    const preview = ({ command }: Request) => {
      const asked = { command: { ...command, running: "finish" } };
      return { ...recordedResult<DataPreview>("preview_data", asked, "warned"), running: 1 };
    };
    await show("data", { preview_data: preview });
    const select = row("tenure").querySelector("select") as HTMLSelectElement;
    expect(select.getAttribute("aria-label")).toBe("Role of tenure");
    await choose(select, "categorical");
    await soon(() => expect(screen.text(".data-draft")).toContain(SENTENCE));
    expect(screen.sent()).toEqual([]);
    expect(row("tenure").querySelector("select")?.className).toContain("drafted");
    await choose(row("Contract").querySelector("select") as HTMLElement, "ignored");
    await soon(() => expect(screen.text(".data-draft")).toContain("tenure is categorical."));
    await screen.press("cancel", ".data-draft");
    await screen.press("Apply");
    await soon(() => expect(screen.text(".data-draft")).toContain("Applied: "));
    expect(screen.sent()).toEqual([
      {
        type: "change_data",
        roles: { tenure: "categorical", Contract: "ignored" },
        filling: {},
        encoding: {},
        missing: {},
        running: "cancel",
      },
    ]);
    await soon(() => expect(row("Contract").className).toContain("grey"));
    await screen.press("Undo", ".data-draft");
    await soon(() => expect(screen.text(".data-draft")).toContain("Undone"));
    await soon(() => expect(row("Contract").className).not.toContain("grey"));
  });

  it("drops a draft that goes back to what is so", async () => {
    await show();
    const select = () => row("tenure").querySelector("select") as HTMLElement;
    await choose(select(), "text");
    await soon(() => expect(screen.all(".data-draft")).toHaveLength(1));
    await choose(select(), "numeric");
    await soon(() => expect(screen.all(".data-draft")).toHaveLength(0));
    await choose(select(), "text");
    await screen.press("Discard");
    expect(screen.all(".data-draft")).toHaveLength(0);
    expect(screen.sent()).toEqual([]);
  });

  it("chooses filling and encoding in the card, and says what is wrong with a value", async () => {
    await show("data", { preview_data: () => PREVIEW });
    await screen.click(row("Contract"));
    await soon(() => expect(screen.all(".ways select")).toHaveLength(2));
    const [filling, encoding] = screen.all(".ways select") as [HTMLElement, HTMLElement];
    await choose(filling, "own_level");
    await choose(encoding, "target_mean");
    await screen.click(row("tenure"));
    await soon(() => expect(screen.all(".ways select")).toHaveLength(1));
    await choose(screen.one(".ways select"), "value");
    await choose(screen.one(".tiny-value"), "many", "input");
    expect(screen.text(".ways")).toContain("Enter a number, for example 0.");
    await choose(screen.one(".tiny-value"), "0", "input");
    await screen.press("Apply");
    await soon(() => expect(screen.sent()).toHaveLength(1));
    expect(screen.sent()[0]).toMatchObject({
      roles: {},
      filling: { Contract: "own_level", tenure: { value: 0 } },
      encoding: { Contract: "target_mean" },
    });
  });

  it("shows the target by the values of a column, with the rows behind each share", async () => {
    await show();
    const rates = (name: string) => recordedResult<ColumnDetail>("column", { column: name }, "warned").rates;
    await screen.click(row("Contract"));
    await soon(() => expect(screen.text(".rates h4")).toBe("Share of rows with Churn = Yes"));
    const listed = screen.all(".rate-list li");
    expect(listed.map((one) => one.querySelector(".rate-label")?.textContent)).toEqual(
      rates("Contract").labels,
    );
    expect(listed[0]?.title).toContain(`${rates("Contract").rows[0]} rows`);
    expect(listed[0]?.title).toContain("95% interval");
    await screen.click(screen.one(".rates .code-toggle"));
    await screen.says("session.target_by('Contract')");
    await screen.click(row("tenure"));
    await soon(() => expect(screen.all(".rate-along .rate-bin").length).toBeGreaterThan(5));
    expect(screen.one('.rate-along [role="img"]').getAttribute("aria-label")).toContain("by tenure: from ");
    expect(screen.all(".rate-table .rate-list li").length).toBeGreaterThan(5);
  });

  it("says how models are evaluated, and draws every fold and the holdout along the rows", async () => {
    await show();
    const told = recordedResult<DivisionInfo>("division", {}, "warned");
    await soon(() => expect(screen.text(".division")).toContain(told.sentences[0]));
    expect(told.sentences[0]).toContain("5-fold cross-validation");
    const bars = screen.all(".division-folds svg");
    expect(bars.map((one) => one.getAttribute("aria-label"))).toEqual(
      told.folds.map((one, i) =>
        i < 5
          ? `${one.name}: trains on ${one.train} rows, validates on ${one.valid}`
          : `Holdout: ${one.valid} rows held out, ${one.train} rows in the search`,
      ),
    );
    expect(screen.all(".division-folds .division-valid").length).toBeGreaterThan(4);
    await screen.click(screen.one(".division .code-toggle"));
    await screen.says(told.python);
  });

  it("changes the metric, and shows the old one again if that is refused", async () => {
    let refuses = true;
    await show("data", {
      command: () => {
        if (refuses) throw new Error("It does not suit.");
        return RECEIPT;
      },
    });
    await soon(() => expect(screen.all(".division-metric select")).toHaveLength(1));
    const field = screen.one(".division-metric select") as HTMLSelectElement;
    expect(field.value).toBe("roc_auc");
    expect([...field.options].map((one) => one.textContent)).toContain("log loss");
    await choose(field, "neg_log_loss");
    await soon(() => expect(field.value).toBe("roc_auc"));
    refuses = false;
    await choose(field, "accuracy");
    await soon(() => expect(screen.sent().at(-1)).toEqual({ type: "set_metric", metric: "accuracy" }));
  });

  /** The field under a label. */
  const field = (words: string) => {
    const label = screen.all("form label").find((one) => one.textContent?.startsWith(words));
    const found = label?.querySelector<HTMLElement>("select, input");
    if (!found) throw new Error(`no field has the label ${words}`);
    return found;
  };

  it("edits the split, says what that does, and sends it", async () => {
    const asked: unknown[] = [];
    await show("data", {
      preview_rows: (message) => {
        asked.push(message.command);
        return {
          title: "Judged rows by 4-fold cross-validation grouped by Contract.",
          python: 'session.set_split(cv=4, groups="Contract")',
          sentence: "9 trials are set aside, because the rows differ; undo restores them.",
          leave: 9,
          back: 0,
          running: 0,
          best_leaves: true,
        };
      },
      command: () => RECEIPT,
    });
    await soon(() => expect(screen.button("Change the split…").disabled).toBe(false));
    await screen.press("Change the split…");
    await screen.says("The holdout stays the same 48 rows.");
    expect(screen.button("Use this split").disabled).toBe(true);
    const [groups] = screen.all(".row-change select") as HTMLSelectElement[];
    await choose(groups as HTMLSelectElement, "Contract");
    await soon(() => expect(screen.text(".row-effect")).toContain("9 trials are set aside"));
    const wanted = { cv: 5, repeats: 1, groups: "Contract", time: null, gap: null, holdout: null };
    expect(asked.at(-1)).toEqual({ type: "set_split", ...wanted });
    await choose(field("Holdout"), "new");
    await choose(field("Share in %"), "30", "input");
    await choose(field("Repeats"), "2", "input");
    const more = { ...wanted, repeats: 2, holdout: 0.3 };
    await soon(() => expect(asked.at(-1)).toEqual({ type: "set_split", ...more }));
    await choose(field("Order in time"), "tenure");
    await soon(() =>
      expect(asked.at(-1)).toEqual({ type: "set_split", ...more, time: "tenure", repeats: 1 }),
    );
    await choose(field("Holdout"), "none");
    await soon(() => expect(asked.at(-1)).toMatchObject({ holdout: 0 }));
    await screen.press("Use this split");
    await soon(() => expect(screen.sent().at(-1)).toMatchObject({ type: "set_split", holdout: 0 }));
  });

  it("weights the rows by a column of numbers, and closes with Escape", async () => {
    const asked: unknown[] = [];
    await show("data", {
      preview_rows: (message) => {
        asked.push(message.command);
        return { ...PREVIEW, sentence: "9 trials are set aside.", python: 'session.set_weights("tenure")' };
      },
      command: () => RECEIPT,
    });
    await soon(() => expect(screen.button("Weight the rows…").disabled).toBe(false));
    await screen.press("Weight the rows…");
    await screen.says("Rows with a weight of 2 count twice in fits and scores.");
    await screen.key(field("Weights"), "Escape");
    await soon(() => expect(screen.all(".row-change")).toHaveLength(0));
    await screen.press("Weight the rows…");
    await choose(field("Weights"), "tenure");
    await soon(() => expect(screen.text(".row-effect")).toContain("9 trials are set aside."));
    expect(asked.at(-1)).toEqual({ type: "set_weights", column: "tenure" });
    await screen.press("Weight rows by tenure");
    await soon(() => expect(screen.sent().at(-1)).toEqual({ type: "set_weights", column: "tenure" }));
  });

  it("predicts another column, and says first what that does", async () => {
    await show("data", {
      preview_rows: () => ({ ...PREVIEW, sentence: "tenure is a number, scored by RMSE." }),
      command: () => RECEIPT,
    });
    await soon(() => expect(screen.button("Change the target…").disabled).toBe(false));
    await screen.press("Change the target…");
    await screen.says("Churn becomes a column, and all warnings are checked again.");
    expect(screen.button("Change the target").disabled).toBe(true);
    await choose(field("Predict"), "tenure");
    await soon(() => expect(screen.text(".column-card .row-effect")).toContain("scored by RMSE"));
    await screen.press("Predict tenure");
    const wanted = { type: "set_target", column: "tenure", metric: null, positive: null };
    await soon(() => expect(screen.sent().at(-1)).toEqual(wanted));
    await soon(() => expect(screen.all(".row-change")).toHaveLength(0));
  });

  it("leaves a column out and uses it again", async () => {
    await show();
    await screen.click(row("customerID"));
    await soon(() => expect(screen.button("Include customerID").disabled).toBe(false));
    await screen.press("Include customerID");
    expect((row("customerID").querySelector("select") as HTMLSelectElement).value).not.toBe("ignored");
    await screen.press("Leave out customerID");
    await soon(() => expect(screen.all(".data-draft")).toHaveLength(0));
  });

  it("undoes the act that left a column out, beside its reason", async () => {
    const detail = recordedResult<ColumnDetail>("column", { column: "Contract" }, "warned");
    const reason = "left out by you 3 s into the search; no reason was recorded";
    const told = { ...detail, role: "ignored" as const, reason, act: 7 };
    await show("data", { column: () => told, command: () => RECEIPT });
    await screen.click(row("Contract"));
    await soon(() => expect(screen.text(".column-card")).toContain("Left out by you 3 s into the search"));
    await screen.press("Undo this change");
    await soon(() => expect(screen.sent().at(-1)).toEqual({ type: "undo", act: 7 }));
  });

  it("moves by keyboard from the target on and opens with Enter", async () => {
    await show();
    const grid = screen.one(".columns-grid");
    grid.focus();
    const key = (name: string) => screen.key(grid, name);
    await key("ArrowDown");
    await key("ArrowDown");
    await key("Enter");
    await soon(() => expect(screen.text(".column-card h3")).toBe("What is in tenure?"));
    await key("Home");
    await key("Enter");
    await soon(() => expect(screen.text(".column-card h3")).toBe("How is Churn distributed?"));
  });

  it("finds among two thousand columns with few of them in the page", async () => {
    const info = known<DataInfo>("profile");
    const [, tenure] = info.rows;
    if (tenure === undefined) throw new Error("no column was recorded");
    for (let i = 0; i < 2000; i += 1) info.rows.push(structuredClone(tenure).with(0, `x${i}`) as ColumnRow);
    await show("data", { profile: () => info });
    expect(screen.all(".columns-grid [data-column]").length).toBeLessThan(60);
    await choose(screen.one("[aria-label='Find a column']"), "x1999", "input");
    await soon(() => expect(screen.text(".data-table .filters")).toContain("1 of 2,008 columns match"));
    expect(screen.all(".columns-grid [data-column]").map((it) => it.dataset.column)).toEqual(["x1999"]);
    await choose(screen.one("[aria-label='Find a column']"), "zzz", "input");
    await soon(() => expect(screen.text(".none-found")).toBe("No column matches “zzz”."));
  });

  it("shows roles while the columns are still being looked at", async () => {
    await show("data", { profile: () => ({ ...known<DataInfo>("profile"), reading: true }) });
    expect(screen.text(".lead")).toContain("Examining the columns…");
  });

  it("lists transforms, removes one, and shows how one is added", async () => {
    await show("data", {}, "transformed");
    expect(screen.text(".transforms")).toContain("ratio_of, from tenure, MonthlyCharges");
    await screen.press("+ Add a column in Python");
    expect(screen.text(".transforms .code")).toContain("session.add_transform");
    await screen.press("Remove");
    await soon(() => expect(screen.sent()).toContainEqual({ type: "remove_transform", name: "ratio" }));
  });
});
