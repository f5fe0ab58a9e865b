import { beforeEach, describe, expect, it } from "vitest";
import { commands } from "../src/protocol/commands";
import type { TrialRow } from "../src/protocol/messages";
import { leaders, type Row, toRow } from "../src/store/row";
import { SessionStore } from "../src/store/session";
import { ScriptedHost } from "./host";
import { recordedResult, recordedSnapshot } from "./recorded";
import { ManualTimers } from "./timers";

const row = (number: number, score: number | null, state: TrialRow[1] = "complete"): TrialRow => [
  number,
  state,
  "lightgbm",
  score,
  0.01,
  5,
  1,
  10,
  "machine",
  "sampler",
  null,
  0,
  [],
  [],
];

const RECEIPT = {
  seq: 101,
  sentence: "Done.",
  act: null,
  python: "",
  outside: null,
  number: null,
  numbers: [],
  suggestion: null,
};

describe("SessionStore", () => {
  const snapshot = { ...recordedSnapshot(), epoch: "e1", seq: 100 };
  let host: ScriptedHost;
  let frames: (() => void)[];
  let store: SessionStore;

  const paint = () => {
    for (const frame of frames.splice(0)) frame();
  };
  const push = (from: number, rows: TrialRow[], status: Record<string, unknown> = {}) =>
    host.push({ type: "delta", epoch: "e1", from, seq: from + 1, rows, status });

  beforeEach(async () => {
    host = new ScriptedHost();
    frames = [];
    store = new SessionStore(host, (run) => frames.push(run), new ManualTimers());
    await host.answer("hello", snapshot);
  });

  it("holds the snapshot", () => {
    expect(store.rows.size).toBe(snapshot.rows.length);
    expect(store.session.value?.target).toBe("Churn");
    expect(store.status.value?.phase).toBe("running");
  });

  it("changes once a frame, however many deltas came", async () => {
    const before = store.version.value;
    await push(100, [row(50, 0.8)]);
    await push(101, [row(51, 0.9), row(50, 0.85)]);
    expect(frames).toHaveLength(1);
    expect(store.rows.has(50)).toBe(false);
    paint();
    expect(store.version.value).toBe(before + 1);
    expect(store.rows.get(50)?.score).toBe(0.85);
    expect(store.rows.get(51)?.score).toBe(0.9);
  });

  it("changes a row by its mark, and ignores the mark of a row it does not have", async () => {
    await push(100, [row(50, null, "running")]);
    const marks = [
      [50, "complete", 0.9, 0.02, 5, 3, 20, [4.5]],
      [77, "complete", 0.9, 0.02, 5, 3, 20, [4.5]],
    ];
    await host.push({ type: "delta", epoch: "e1", from: 101, seq: 102, marks });
    paint();
    expect(store.rows.get(50)).toMatchObject({
      state: "complete",
      score: 0.9,
      finishedAt: 20,
      measures: [4.5],
      family: "lightgbm",
    });
    expect(store.rows.has(77)).toBe(false);
  });

  it("merges the keys of a status change, and leaves out what is not readable", async () => {
    await push(100, [], { phase: "paused", headline: 7, novelty: true });
    paint();
    expect(store.status.value).toEqual({ ...snapshot.status, phase: "paused" });
  });

  it("merges the keys of a steering change, and leaves out what is not readable", async () => {
    const steering = { outside: [3], discarded: [4], beliefs: "none", novelty: 1 };
    await host.push({ type: "delta", epoch: "e1", from: 100, seq: 101, steering });
    paint();
    expect(store.steering.value).toEqual({ ...snapshot.steering, outside: [3], discarded: [4] });
    expect([...store.grey.value]).toEqual([3, 4]);
  });

  it("adds and removes trials that violate a constraint", async () => {
    const delta = { type: "delta", epoch: "e1" };
    await host.push({ ...delta, from: 100, seq: 101, steering: { broken: [3, 4] } });
    await host.push({ ...delta, from: 101, seq: 102, broken: { added: [9], removed: [4] } });
    paint();
    expect([...store.broken.value]).toEqual([3, 9]);
    const before = store.broken.value;
    await host.push({ ...delta, from: 102, seq: 103, status: { headline: "x" } });
    paint();
    expect(store.broken.value).toBe(before);
  });

  it("keeps the grey trials as they are while something else is steered", async () => {
    const grey = store.grey.value;
    await host.push({ type: "delta", epoch: "e1", from: 100, seq: 101, steering: { undo: "x" } });
    paint();
    expect(store.steering.value?.undo).toBe("x");
    expect(store.grey.value).toBe(grey);
  });

  it("takes families that were added", async () => {
    const families = [...snapshot.session.families, { ...snapshot.session.families[1], name: "knn" }];
    await host.push({ type: "delta", epoch: "e1", from: 100, seq: 101, families });
    paint();
    expect(store.session.value?.families.at(-1)?.name).toBe("knn");
  });

  it("asks for the history from where it stands", async () => {
    const line = (seq: number) => ({
      seq,
      time: 0,
      elapsed: 0,
      author: "you",
      kind: "note",
      text: `line ${seq}`,
      detail: "",
      act: null,
      undone: false,
      trial: null,
    });
    store.history.follow(1);
    expect(host.last("history").seq).toBe(0);
    await host.answer("history", [line(1), line(2), { seq: "broken" }]);
    store.history.follow(2);
    expect(host.last("history").seq).toBe(2);
    await host.answer("history", [line(2), line(3)]);
    expect(store.history.value.value?.map((row) => row.seq)).toEqual([1, 2, 3]);
  });

  it("gives the trials that a command made, and what the machine suggests", async () => {
    const done = store.act({ type: "suggest" });
    const suggestion = { config: { family: "lightgbm" }, why: "near #3" };
    const receipt = { ...RECEIPT, numbers: [7], suggestion };
    await host.answer("command", receipt);
    expect(await done).toEqual(receipt);
  });

  it("says so when the answer to a preview is not readable", async () => {
    const asked = store.kernel.previewEdit(commands.edit());
    await host.answer("preview_edit", { title: 7 });
    await expect(asked).rejects.toThrow("not readable");
  });

  it("keeps the good rows of a message with a broken one", async () => {
    await push(100, [row(60, 0.8), [1, 2] as unknown as TrialRow]);
    paint();
    expect(store.rows.has(60)).toBe(true);
  });

  it("is empty again when the session is another one", async () => {
    await host.push({ type: "delta", epoch: "e2", from: 1, seq: 2, rows: [], status: {} });
    expect(store.rows.size).toBe(0);
    expect(store.session.value).toBeNull();
  });

  it("shows the Python line of the last act", async () => {
    const done = store.act({ type: "pause" });
    await host.answer("command", { ...RECEIPT, python: "session.pause()" });
    await done;
    expect(store.lastAct.value).toBe("session.pause()");
  });

  it("keeps a detail until the row has changed", async () => {
    const detail = store.details.of(1);
    detail.follow(store.rows.get(1));
    await host.answer("detail", recordedResult("detail", { number: 1 }));
    expect(store.details.of(1).value.value?.number).toBe(1);
    detail.follow(store.rows.get(1));
    expect(host.count("detail")).toBe(1);
    await push(100, [row(1, 0.9)]);
    paint();
    detail.follow(store.rows.get(1));
    expect(host.count("detail")).toBe(2);
  });
});

describe("leaders", () => {
  it("are the best complete trials, best first", () => {
    const rows: Row[] = [
      row(1, 0.7),
      row(2, 0.9),
      row(3, null, "failed"),
      row(4, 0.99, "stopped"),
      row(5, 0.8),
    ].map(toRow);
    expect(leaders(rows, 2).map((one) => one.number)).toEqual([2, 5]);
  });

  it("keep the earlier of two equal trials in front", () => {
    const rows = [row(1, 0.9), row(2, 0.9), row(3, 0.9)].map(toRow);
    expect(leaders(rows, 2).map((one) => one.number)).toEqual([1, 2]);
  });
});
