import { afterEach, describe, expect, it } from "vitest";
import type { Request } from "../src/protocol/kernel";
import type { LabeledRow, LabelsInfo, SuspectInfo } from "../src/protocol/messages";
import { applyWords, draftWords, NO_LABELS, nextOpen, relabelCommand, withLabel } from "../src/words/labels";
import { Screen, soon } from "./screen";

const EVIL = "<img src=x onerror=alert(1)>";

const suspect = (row: number, own: string, value: string): SuspectInfo => ({
  row,
  label: own,
  own,
  suggested: value,
  value,
  shares: [
    { label: value, share: 0.97 },
    { label: own, share: 0.03 },
  ],
  why: `3 of 3 models predict '${value}'.`,
});

const SUSPECTS = [suspect(12, "No", "Yes"), suspect(40, "Yes", EVIL), suspect(7, "No", "Yes")];
const INFO: LabelsInfo = {
  sentence: "3 of 192 labels are contradicted by models that were not fitted on the row.",
  suspects: SUSPECTS,
  classes: ["No", "Yes", EVIL],
  python: "session.suspect_labels(3)",
};
const rowOf = (row: number): LabeledRow => ({
  row,
  cells: [{ name: EVIL, text: `cell of ${row}` }],
  alike: [{ row: 99, label: "Yes", cells: [EVIL] }],
  sentence: "Of the 1 most similar row, 1 has 'Yes'.",
});

describe("the draft of labels", () => {
  it("says what it holds, and is one command", () => {
    const [a, b] = SUSPECTS as [SuspectInfo, SuspectInfo, SuspectInfo];
    const kept = withLabel(NO_LABELS, a, a.own);
    expect(applyWords(kept)).toBe("Confirm 1 label");
    expect(draftWords(kept)).toBe("1 label kept.");
    const both = withLabel(kept, b, b.value);
    expect(applyWords(both)).toBe("Apply 1 change");
    expect(draftWords(both)).toBe("1 label changed, 1 kept.");
    expect(relabelCommand(both)).toEqual({ type: "relabel", rows: [12, 40], labels: ["No", EVIL] });
    expect(relabelCommand(withLabel(kept, a, null))).toBeNull();
  });

  it("goes to the next row without an answer, from the start again after the end", () => {
    const [a, , c] = SUSPECTS as [SuspectInfo, SuspectInfo, SuspectInfo];
    const draft = withLabel(NO_LABELS, a, a.own);
    expect(nextOpen(SUSPECTS, draft, 0)).toBe(1);
    expect(nextOpen(SUSPECTS, withLabel(draft, c, c.own), 2)).toBe(1);
    const all = SUSPECTS.reduce((now, one) => withLabel(now, one, one.own), NO_LABELS);
    expect(nextOpen(SUSPECTS, all, 1)).toBeNull();
  });
});

describe("the review of labels", () => {
  let screen: Screen;
  afterEach(() => screen.close());

  async function review(answers: Partial<Record<Request["type"], (message: Request) => unknown>> = {}) {
    screen = await Screen.show("data", {
      recording: "warned",
      answers: {
        labels: () => INFO,
        labeled_row: (message) => rowOf(Number(message.row)),
        preview_relabel: () => ({
          title: "Changed the label of 1 row.",
          python: "session.relabel({12: 'Yes'})",
          sentence: "9 trials are set aside, because the rows differ; undo restores them.",
          leave: 9,
          back: 0,
          running: 0,
          best_leaves: true,
        }),
        ...answers,
      },
    });
    await screen.press("Check the labels");
    await screen.says("3 of 192 labels are contradicted");
  }
  const key = (name: string) => screen.key(screen.one(".whole"), name);
  const head = () => screen.text(".suspect-head");

  it("asks for one row at a time, with its cells and similar rows; names and cells are text", async () => {
    await review();
    expect(head()).toContain("Row 12 1 of 3");
    expect(screen.el.shadowRoot?.activeElement).toBe(screen.one("section.labels"));
    await soon(() => expect(screen.text(".suspect-cells")).toContain("cell of 12"));
    expect(screen.text(".suspect-cells")).toContain(EVIL);
    expect(screen.all("img")).toHaveLength(0);
    expect(screen.text(".suspect-shares")).toContain("in the table");
    await key("ArrowRight");
    expect(head()).toContain("Row 40 2 of 3");
    expect(screen.button("Change to").textContent).toContain(EVIL);
    await key("ArrowLeft");
    await key("ArrowLeft");
    expect(head()).toContain("Row 7 3 of 3");
    expect(screen.sent()).toEqual([]);
  });

  it("collects the answers of keys, says what they do, and sends them at once", async () => {
    await review();
    await key("Enter");
    expect(head()).toContain("Row 40");
    await key("k");
    await key("k");
    await screen.says("9 trials are set aside");
    await key("u");
    expect(head()).toContain("Row 7");
    expect(screen.button("Apply 1 change").disabled).toBe(false);
    await screen.press("Apply 1 change");
    await screen.lastSent({ type: "relabel", rows: [12, 40], labels: ["Yes", "Yes"] });
    await soon(() => expect(screen.all(".labels-draft")).toHaveLength(0));
  });

  it("takes another class from the list", async () => {
    await review();
    const list = screen.one(".suspect select");
    expect([...(list as HTMLSelectElement).options].map((one) => one.value)).toEqual(["Yes", EVIL]);
    await screen.fill(list, EVIL, "change");
    await screen.press("Change to");
    await screen.press("Apply 1 change");
    await screen.lastSent({ type: "relabel", rows: [12], labels: [EVIL] });
  });

  it("takes a number where the target is one", async () => {
    const [one] = SUSPECTS as [SuspectInfo, SuspectInfo, SuspectInfo];
    const number = { ...one, label: "3.5", own: 3.5, suggested: "1.2", value: 1.2, shares: [] };
    await review({ labels: () => ({ ...INFO, classes: [], suspects: [number] }) });
    const field = screen.one(".suspect input");
    await screen.fill(field, "");
    expect(screen.button("Change to").disabled).toBe(true);
    await screen.fill(field, "2.25");
    await screen.press("Change to");
    await screen.press("Apply 1 change");
    await screen.lastSent({ type: "relabel", rows: [12], labels: [2.25] });
  });

  it("says why the labels cannot be checked", async () => {
    screen = await Screen.show("data", {
      recording: "warned",
      answers: {
        labels: () => {
          throw new Error("No trial is complete yet.");
        },
      },
    });
    await screen.press("Check the labels");
    await screen.says("No trial is complete yet.");
    await screen.press("Close");
    expect(screen.button("Check the labels")).toBeDefined();
  });
});
