import { describe, expect, it } from "vitest";
import type { ActInfo, HistoryRow } from "../src/protocol/messages";
import type { Row } from "../src/store/row";
import { arrangedHistory, historyHeadline, isUndone, searchWords } from "../src/words/history";

const line = (
  seq: number,
  author: HistoryRow["author"],
  kind: HistoryRow["kind"],
  act: number | null = null,
): HistoryRow => ({
  seq,
  time: 0,
  elapsed: seq,
  author,
  kind,
  text: `line ${seq}`,
  detail: "",
  act,
  undone: false,
  trial: kind === "trial" ? seq : null,
});

const STORY = [
  line(1, "machine", "run"),
  line(2, "machine", "trial"),
  line(3, "machine", "trial"),
  line(4, "machine", "trial"),
  line(5, "you", "space", 1),
  line(6, "machine", "trial"),
  line(7, "machine", "space", 2),
  line(8, "you", "note"),
];
const EVERYTHING = { author: "", kind: "" } as const;

describe("the history", () => {
  it("counts what the search did on its own", () => {
    const trial = (author: "you" | "machine", origin: Row["origin"], state = "complete") =>
      ({ author, origin, state }) as Row;
    const trials = [trial("machine", "start"), trial("machine", "sampler"), trial("you", "sampler")];
    const nothing = { decided: [], ensemble: 0, holdout: false };
    expect(searchWords([], [], nothing)).toBe("");
    expect(searchWords(STORY, trials, nothing)).toBe(
      "On its own, the search proposed 2 trials (1 of them as starting points) and changed the search space once.",
    );
    expect(searchWords([line(1, "machine", "data")], [], nothing)).toBe(""); // the effect of a change that you made
    expect(searchWords([], trials.slice(1), nothing)).toBe("On its own, the search proposed 1 trial.");
    const all = [
      trial("machine", "belief"),
      trial("machine", "sampler"),
      trial("machine", "sampler", "stopped"),
    ];
    const did = { decided: ["left out customerID", "held out 9 rows"], ensemble: 4, holdout: true };
    expect(searchWords([], all, did)).toBe(
      "On its own, the search left out customerID, held out 9 rows, proposed 2 trials, stopped 1 of them early, " +
        "built an ensemble of 4 models and scored the final models on the holdout.",
    );
  });

  it("stands newest first, with runs of the search's trials folded", () => {
    const items = arrangedHistory(STORY, EVERYTHING);
    const seen = items.map((item) => (item.is === "row" ? item.row.seq : item.rows.map((row) => row.seq)));
    expect(seen).toEqual([8, 7, 6, 5, [4, 3, 2], 1]);
  });

  it("is filtered by who and by what", () => {
    const count = (filter: Parameters<typeof arrangedHistory>[1]) => arrangedHistory(STORY, filter).length;
    expect(count({ author: "you", kind: "" })).toBe(2);
    expect(count({ author: "", kind: "trial" })).toBe(4);
    expect(count({ author: "you", kind: "trial" })).toBe(0);
  });

  it("knows from the acts what was undone since", () => {
    const row = line(5, "you", "space", 1);
    expect(isUndone(row, [])).toBe(false);
    expect(isUndone(row, [{ number: 1, undone: true } as ActInfo])).toBe(true);
    expect(isUndone({ ...row, undone: true }, [{ number: 1, undone: false } as ActInfo])).toBe(false);
    expect(isUndone(line(6, "machine", "trial"), [{ number: 1, undone: true } as ActInfo])).toBe(false);
  });

  it("is led by a sentence", () => {
    expect(historyHeadline([], { you: 0, machine: 0 })).toBe("Nothing has happened yet.");
    expect(historyHeadline(STORY, { you: 0, machine: 0 })).toContain("on its own");
    expect(historyHeadline(STORY, { you: 1, machine: 2 })).toBe(
      "You made one change; the search made two changes.",
    );
  });
});
