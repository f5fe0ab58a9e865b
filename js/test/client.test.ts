import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  Client,
  type Connection,
  HELLO_MS,
  PING_MS,
  REQUEST_MS,
  type RequestError,
} from "../src/protocol/client";
import { commands } from "../src/protocol/commands";
import type { Delta, Snapshot } from "../src/protocol/messages";
import type { WholeDelta } from "../src/protocol/validate";
import { ScriptedHost } from "./host";
import { recordedSnapshot } from "./recorded";
import { ManualTimers, settled } from "./timers";

const snapshot = { ...recordedSnapshot(), epoch: "e1", seq: 100 };
const delta = (from: number, seq: number, epoch = "e1"): Delta => ({ type: "delta", epoch, from, seq });

describe("Client", () => {
  let host: ScriptedHost;
  let timers: ManualTimers;
  let client: Client;
  let snapshots: Snapshot[];
  let deltas: WholeDelta[];
  let connections: Connection["is"][];
  let resets: number;

  beforeEach(() => {
    host = new ScriptedHost();
    timers = new ManualTimers();
    snapshots = [];
    deltas = [];
    connections = [];
    resets = 0;
    client = new Client(host, {
      onSnapshot: (one) => snapshots.push(one),
      onDelta: (one) => deltas.push(one),
      onReset: () => {
        resets += 1;
      },
      onConnection: ({ is }) => connections.push(is),
      timers,
    });
    client.hello();
  });

  it("says hello with nothing, and takes the snapshot", async () => {
    expect(host.last("hello")).toMatchObject({ epoch: null, seq: null });
    await host.answer("hello", snapshot);
    expect(snapshots).toHaveLength(1);
    expect(connections).toEqual(["live"]);
  });

  it("passes deltas on in order and ignores what it already has", async () => {
    await host.answer("hello", snapshot);
    await host.push(delta(100, 101));
    await host.push(delta(100, 101));
    await host.push(delta(101, 104));
    expect(deltas.map((one) => one.seq)).toEqual([101, 104]);
  });

  it("repairs a gap by saying hello with what it has", async () => {
    await host.answer("hello", snapshot);
    await host.push(delta(102, 103));
    expect(deltas).toHaveLength(0);
    expect(host.last("hello")).toMatchObject({ epoch: "e1", seq: 100 });
    await host.answer("hello", delta(100, 103));
    expect(deltas.map((one) => one.seq)).toEqual([103]);
  });

  it("keeps deltas that come while it waits for the answer to hello", async () => {
    await host.push(delta(100, 101));
    await host.answer("hello", snapshot);
    expect(deltas.map((one) => one.seq)).toEqual([101]);
  });

  it("goes on taking deltas while a kernel that is busy leaves hello unanswered", async () => {
    await host.answer("hello", snapshot);
    await timers.pass(PING_MS);
    await host.push(delta(100, 101));
    await timers.pass(HELLO_MS);
    await host.push(delta(101, 102));
    expect(deltas.map((one) => one.seq)).toEqual([101, 102]);
    expect(connections.at(-1)).toBe("live");
  });

  it("takes an answer that overlaps what came meanwhile", async () => {
    await host.answer("hello", snapshot);
    await timers.pass(PING_MS);
    await host.push(delta(100, 101));
    await host.answer("hello", delta(100, 102));
    expect(deltas.map((one) => one.seq)).toEqual([101, 102]);
    expect(host.count("hello")).toBe(2);
  });

  it("does not say hello twice at once", async () => {
    await host.answer("hello", snapshot);
    await host.push(delta(105, 106));
    await host.push(delta(106, 107));
    expect(host.count("hello")).toBe(2);
  });

  it("drops what it has when the session is another one", async () => {
    await host.answer("hello", snapshot);
    await host.push(delta(100, 101, "e2"));
    expect(resets).toBe(1);
    expect(host.last("hello")).toMatchObject({ epoch: null, seq: null });
    await host.answer("hello", { ...snapshot, epoch: "e2", seq: 3 });
    await host.push(delta(3, 4, "e2"));
    expect(deltas.map((one) => one.seq)).toEqual([4]);
  });

  it("says that the kernel is silent, goes on asking, and comes back", async () => {
    await timers.pass(HELLO_MS);
    expect(connections).toEqual(["silent"]);
    await timers.pass(HELLO_MS);
    expect(host.count("hello")).toBe(2);
    await host.answer("hello", snapshot);
    expect(connections).toEqual(["silent", "live"]);
  });

  it("asks whether the kernel is there when it hears nothing", async () => {
    await host.answer("hello", snapshot);
    await timers.pass(PING_MS);
    expect(host.last("hello")).toMatchObject({ epoch: "e1", seq: 100 });
  });

  it("asks once more when the channel changed while it asked", async () => {
    await host.change(true);
    expect(host.count("hello")).toBe(1);
    await host.refuse("hello", "This session no longer exists in this kernel.", "");
    expect(host.count("hello")).toBe(2);
    await host.answer("hello", snapshot);
    expect(connections).toEqual(["live"]);
    await host.close();
    await timers.pass(PING_MS);
    await host.refuse("hello", "This session no longer exists in this kernel.", "");
    expect([host.count("hello"), connections.at(-1)]).toEqual([3, "closed"]);
  });

  it("says that the channel is closed", async () => {
    await host.answer("hello", snapshot);
    await host.close();
    expect(connections).toEqual(["live", "closed"]);
  });

  it("gives each request its own answer", async () => {
    const first = client.kernel.code(commands.pause());
    const one = host.last("code").id;
    const second = client.kernel.code(commands.stop());
    const two = host.last("code").id;
    expect(one).not.toBe(two);
    await host.push({ type: "reply", id: two, ok: true, result: "s.stop()" });
    await host.push({ type: "reply", id: one, ok: true, result: "s.pause()" });
    expect([await first, await second]).toEqual(["s.pause()", "s.stop()"]);
  });

  it("hands on a refusal with its remedy", async () => {
    const refused = client.act(commands.start()).catch((reason: RequestError) => reason);
    await host.refuse("command", "It runs already.", "Pause it first.");
    expect(await refused).toMatchObject({
      why: "refused",
      message: "It runs already.",
      remedy: "Pause it first.",
    });
  });

  it("gives up on a request in the end, and a late answer does no harm", async () => {
    const late = client.kernel.detail(1).catch((reason: RequestError) => reason);
    await timers.pass(REQUEST_MS);
    expect(await late).toMatchObject({ why: "timeout" });
    await host.answer("detail", {});
  });

  it("says when page and kernel are of different versions", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    await host.answer("hello", { ...snapshot, version: 99 });
    expect(connections).toEqual(["mismatch"]);
    expect(snapshots).toHaveLength(0);
    warn.mockRestore();
  });

  it("ignores messages that are not of the protocol", async () => {
    await host.answer("hello", snapshot);
    for (const odd of [null, 3, "x", [], {}, { type: "reply" }, { type: "other" }]) await host.push(odd);
    expect(connections).toEqual(["live"]);
  });

  it("removes its listeners and says nothing more once disposed", async () => {
    client.dispose();
    expect(host.removed).toBe(2);
    await timers.pass(PING_MS);
    await settled();
    expect(connections).toEqual([]);
  });
});
