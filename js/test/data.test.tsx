import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ScriptedTable } from "../dev/data";
import { FakeHost } from "../dev/fake";
import { scriptedSnapshot } from "../dev/scripted";
import { mount } from "../src/mount";
import { columnsFor } from "../src/panels/data/columns";
import type { ColumnRow, DataInfo } from "../src/protocol/messages";
import { readAnswer } from "../src/protocol/validate";
import { SessionStore } from "../src/store/session";
import {
  arranged,
  byColumn,
  commandOf,
  followed,
  matching,
  NO_DATA_DRAFT,
  shareWords,
  toColumn,
  typedValue,
  withChoice,
} from "../src/words/data";

vi.mock("../src/charts/ProgressChart", () => ({ ProgressChart: () => null }));
vi.mock("../src/charts/PictureChart", () => ({ PictureChart: () => null }));

const table = new ScriptedTable();
const columns = table.rows.map(toColumn);
const names = (found: readonly { name: string }[]) => found.map((one) => one.name);

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
    const warned = byColumn(table.warnings().open);
    expect(names(arranged(columns, null, "", new Set(warned.keys())))).toEqual(["tenure", "left_on"]);
    expect(warned.get("left_on")?.severity).toBe("high");
  });

  it.each([
    [0, 100, ""],
    [100, 100, "100 %"],
    [1, 100_000, "under 0.1 %"],
    [99_999, 100_000, "over 99.9 %"],
    [52, 1000, "5.2 %"],
    [50, 1000, "5 %"],
    [333, 1000, "33 %"],
    [995, 1000, "99.5 %"],
    [3, 0, ""],
  ])("writes %d of %d as %j", (part, whole, said) => {
    expect(shareWords(part, whole)).toBe(said);
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
    const info = table.info();
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
    const [first] = table.rows;
    const broken = [first, ["x", "king"], null, [...(first as ColumnRow)].slice(0, 5)];
    const found = readAnswer("profile", { ...table.info(), rows: broken });
    expect(found.ok && (found.value as DataInfo).rows).toEqual([first]);
    expect(readAnswer("profile", { ...table.info(), roles: 3 }).ok).toBe(false);
    expect(readAnswer("profile", null).ok).toBe(false);
  });

  it("leaves broken warnings out", () => {
    const whole = table.warnings();
    const found = readAnswer("warnings", { ...whole, open: [...whole.open, { key: 3 }], answered: [3] });
    expect(found.ok && found.value).toEqual({ ...whole, answered: [] });
  });
});

describe("the data panel", () => {
  let el: HTMLElement;
  let host: FakeHost;
  let store: SessionStore;
  let dispose: () => void;
  let kernel: ScriptedTable;

  const rest = (ms = 40) => new Promise((resolve) => setTimeout(resolve, ms));
  const all = (selector: string) => [...(el.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? [])];
  const one = (selector: string) => {
    const [found] = all(selector);
    if (found === undefined) throw new Error(`there is no ${selector}`);
    return found;
  };
  const text = (selector = ".hitl") => all(selector).map((found) => found.textContent)[0] ?? "";
  const sent = () => host.sent.filter((message) => message.type === "command").map(({ command }) => command);
  const soon = (look: () => void) => vi.waitFor(look, { timeout: 4000, interval: 10 });
  const button = (words: string, within = ".hitl") => {
    const found = all(`${within} button`).find((it) => it.textContent?.trim().startsWith(words));
    if (found === undefined) throw new Error(`no button says ${words}`);
    return found as HTMLButtonElement;
  };
  const press = async (words: string, within?: string) => {
    await soon(() => expect(button(words, within).disabled).toBe(false));
    button(words, within).click();
    await rest();
  };
  const choose = async (field: HTMLElement, value: string, event = "change") => {
    (field as HTMLSelectElement).value = value;
    field.dispatchEvent(new Event(event, { bubbles: true }));
    await rest();
  };
  const row = (name: string) => {
    const found = all(".columns-grid [data-column]").find((it) => it.dataset.column === name);
    if (found === undefined) throw new Error(`no row of ${name}`);
    return found;
  };

  async function show(tab = "data", more = 0, reading = false) {
    kernel = new ScriptedTable(more);
    kernel.reading = reading;
    const snapshot = scriptedSnapshot("running", 30);
    snapshot.status = { ...snapshot.status, ...kernel.status() };
    host = new FakeHost({ snapshot, delay: 0, table: kernel });
    store = new SessionStore(host, (run) => run());
    dispose = mount(el, store, tab);
    await soon(() => expect(all(".bar")).toHaveLength(1));
    if (tab === "data")
      await soon(() => expect(all(".columns-grid [data-column]").length).toBeGreaterThan(5));
  }

  beforeEach(() => {
    // The page of these tests has no layout; only rows in sight are drawn.
    vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(500);
    vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(900);
    el = document.createElement("div");
    document.body.append(el);
  });

  afterEach(() => {
    dispose();
    store.dispose();
    el.remove();
    vi.restoreAllMocks();
  });

  it("begins with a sentence, the gravest warning and the target", async () => {
    await show();
    expect(text(".lead")).toContain("7,043 rows; models read 5 of 6 columns to tell churn");
    await soon(() => expect(text(".warning .severity")).toBe("severe"));
    expect(all(".warning").map((it) => it.dataset.key)).toEqual([
      "copy:left_on",
      "codes:tenure:-999",
      "imbalance",
    ]);
    expect(text(".target-row")).toContain("churn");
    expect(text(".column-card")).toContain("How is churn distributed?");
    expect(text(".table-notes")).toContain("11 blanks");
  });

  it("shows names and values as text", async () => {
    await show();
    row("<img src=x onerror=alert(1)>").click();
    await soon(() => expect(text(".column-card")).toContain("What is in <img src=x onerror=alert(1)>?"));
    await soon(() => expect(all(".levels li")).toHaveLength(3));
    expect(all("img")).toHaveLength(0);
  });

  it("says how many warnings are open on the tab and leads there from the overview", async () => {
    await show("overview");
    expect(text("[data-tab=data]")).toBe("Data3: 3 open warnings");
    expect(all("[data-tab=data] .n.grave")).toHaveLength(1);
    expect(text(".data-line")).toContain("left_on predicts churn almost perfectly");
    await press("Show warnings");
    await soon(() => expect(all(".columns-grid")).toHaveLength(1));
  });

  it("records an answer, folds it away and finds it again", async () => {
    await show();
    await soon(() => expect(all(".warning")).toHaveLength(3));
    await press("-999 is a true value: keep it");
    await soon(() => expect(all(".warning")).toHaveLength(2));
    expect(sent()).toEqual([
      { type: "answer_warning", key: "codes:tenure:-999", answer: "-999 is a true value: keep it" },
    ]);
    await press("Show 1 answered");
    expect(text(".answered")).toContain("Your answer: -999 is a true value: keep it.");
    await press("change answer");
    await press("Make it missing", ".answered");
    expect(text(".answered .in-python")).toContain("Make it missing");
    expect(sent()).toHaveLength(1);
  });

  it("sends an answer as one command, which the kernel carries out", async () => {
    await show();
    await soon(() => expect(all(".warning")).toHaveLength(3));
    await press("Drop left_on");
    await soon(() => expect(sent()).toHaveLength(1));
    expect(sent()[0]).toMatchObject({ type: "answer_warning", key: "copy:left_on" });
    await soon(() => expect(row("left_on").className).toContain("grey"));
    await soon(() => expect(text(".data-draft.applied")).toBe("Applied: left out left_on.Undo Ctrl Z"));
    await press("Show 1 answered");
    expect(text(".answered")).toContain("No longer applies.");
  });

  it("takes an answer in words, and says what only Python can do", async () => {
    await show();
    await soon(() => expect(all(".warning")).toHaveLength(3));
    expect(text('[data-key="codes:tenure:-999"] .in-python')).toContain("data['tenure']");
    await press("Write an answer", '[data-key="imbalance"]');
    await choose(one(".warning input"), "  It is as rare in use.  ", "input");
    await press("Save answer");
    await soon(() =>
      expect(sent().at(-1)).toMatchObject({ key: "imbalance", answer: "It is as rare in use." }),
    );
  });

  it("tells what a change would do, applies it at once, and undoes it", async () => {
    await show();
    const select = row("tenure").querySelector("select") as HTMLSelectElement;
    expect(select.getAttribute("aria-label")).toBe("Role of tenure");
    await choose(select, "categorical");
    await soon(() => expect(text(".data-draft")).toContain("12 trials were measured on other columns"));
    expect(sent()).toEqual([]);
    expect(row("tenure").querySelector("select")?.className).toContain("drafted");
    await choose(row("Contract").querySelector("select") as HTMLElement, "ignored");
    await soon(() => expect(text(".data-draft")).toContain("tenure is categorical; Contract is ignored."));
    await press("cancel", ".data-draft");
    await press("Apply");
    await soon(() => expect(text(".data-draft")).toContain("Applied: left out left_on."));
    expect(sent()).toEqual([
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
    await press("Undo", ".data-draft");
    await soon(() => expect(text(".data-draft")).toContain("Undone"));
    await soon(() => expect(row("Contract").className).not.toContain("grey"));
  });

  it("drops a draft that goes back to what is so", async () => {
    await show();
    const select = () => row("tenure").querySelector("select") as HTMLElement;
    await choose(select(), "text");
    await soon(() => expect(all(".data-draft")).toHaveLength(1));
    await choose(select(), "numeric");
    await soon(() => expect(all(".data-draft")).toHaveLength(0));
    await choose(select(), "text");
    await press("Discard");
    expect(all(".data-draft")).toHaveLength(0);
    expect(sent()).toEqual([]);
  });

  it("chooses filling and encoding in the card, and says what is wrong with a value", async () => {
    await show();
    row("Contract").click();
    await soon(() => expect(all(".ways select")).toHaveLength(2));
    const [filling, encoding] = all(".ways select") as [HTMLElement, HTMLElement];
    await choose(filling, "own_level");
    await choose(encoding, "target_mean");
    row("tenure").click();
    await soon(() => expect(all(".ways select")).toHaveLength(1));
    await choose(one(".ways select"), "value");
    await choose(one(".tiny-value"), "many", "input");
    expect(text(".ways")).toContain("Enter a number, for example 0.");
    await choose(one(".tiny-value"), "0", "input");
    await press("Apply");
    await soon(() => expect(sent()).toHaveLength(1));
    expect(sent()[0]).toMatchObject({
      roles: {},
      filling: { Contract: "own_level", tenure: { value: 0 } },
      encoding: { Contract: "target_mean" },
    });
  });

  it("leaves a column out and uses it again", async () => {
    await show();
    row("customerID").click();
    await soon(() => expect(button("Include customerID").disabled).toBe(false));
    await press("Include customerID");
    expect((row("customerID").querySelector("select") as HTMLSelectElement).value).not.toBe("ignored");
    await press("Leave out customerID");
    await soon(() => expect(all(".data-draft")).toHaveLength(0));
  });

  it("moves by keyboard from the target on and opens with Enter", async () => {
    await show();
    const grid = one(".columns-grid");
    grid.focus();
    const key = async (name: string) => {
      grid.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
      await rest(20);
    };
    await key("ArrowDown");
    await key("ArrowDown");
    await key("Enter");
    await soon(() => expect(text(".column-card h3")).toBe("What is in tenure?"));
    await key("Home");
    await key("Enter");
    await soon(() => expect(text(".column-card h3")).toBe("How is churn distributed?"));
  });

  it("finds among two thousand columns with few of them in the page", async () => {
    await show("data", 2000);
    expect(all(".columns-grid [data-column]").length).toBeLessThan(60);
    await choose(one("[aria-label='Find a column']"), "x1999", "input");
    await soon(() => expect(text(".data-table .filters")).toContain("1 of 2,006 columns match"));
    expect(all(".columns-grid [data-column]").map((it) => it.dataset.column)).toEqual(["x1999"]);
    await choose(one("[aria-label='Find a column']"), "zzz", "input");
    await soon(() => expect(text(".none-found")).toBe("No column matches “zzz”."));
  });

  it("shows roles while the columns are still being looked at", async () => {
    await show("data", 0, true);
    expect(text(".lead")).toContain("Examining the columns…");
  });

  it("lists transforms, removes one, and shows how one is added", async () => {
    await show();
    expect(text(".transforms")).toContain("ratio_of, from tenure, TotalCharges");
    await press("+ Add a column in Python");
    expect(text(".transforms .code")).toContain("session.add_transform");
    button("Remove").click();
    await soon(() => expect(sent()).toContainEqual({ type: "remove_transform", name: "ratio" }));
  });
});
