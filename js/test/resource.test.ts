import { describe, expect, it, vi } from "vitest";
import { RequestError } from "../src/protocol/requests";
import { Resource, Resources } from "../src/store/resource";
import { ManualTimers, settled } from "./timers";

/** A kernel whose answers the test gives. */
class Asked {
  readonly signals: AbortSignal[] = [];
  readonly answers: ((value: number) => void)[] = [];
  readonly refusals: ((reason: Error) => void)[] = [];
  readonly timers = new ManualTimers();
  readonly resource = new Resource<number>((signal) => {
    this.signals.push(signal);
    return new Promise((resolve, reject) => {
      this.answers.push(resolve);
      this.refusals.push(reject);
    });
  }, this.timers);

  async answer(value: number): Promise<void> {
    this.answers.at(-1)?.(value);
    await settled();
  }

  async refuse(reason: Error): Promise<void> {
    this.refusals.at(-1)?.(reason);
    await settled();
  }
}

describe("a resource", () => {
  it("is asked for when its stamp has changed, one request at a time", async () => {
    const asked = new Asked();
    for (const stamp of [1, 2, 3]) asked.resource.follow(stamp);
    expect(asked.answers).toHaveLength(1);
    await asked.answer(10);
    expect(asked.answers).toHaveLength(2);
    expect(asked.resource.value.value).toBe(10);
    await asked.answer(30);
    asked.resource.follow(3);
    expect([asked.answers.length, asked.resource.value.value]).toEqual([2, 30]);
  });

  it("compares stamps that are lists by their items", async () => {
    const asked = new Asked();
    asked.resource.follow([1, "a"]);
    await asked.answer(1);
    asked.resource.follow([1, "a"]);
    expect(asked.answers).toHaveLength(1);
    asked.resource.follow([1, "b"]);
    expect(asked.answers).toHaveLength(2);
  });

  it("is repeated after a while when the kernel did not answer", async () => {
    const asked = new Asked();
    asked.resource.follow(1);
    await asked.refuse(new RequestError("timeout", "The kernel did not answer.", "Try again."));
    expect(asked.resource.error.value).toBe("The kernel did not answer. Try again.");
    await asked.timers.pass(5000);
    await asked.answer(1);
    expect([asked.resource.error.value, asked.resource.value.value]).toEqual(["", 1]);
  });

  it("is not repeated when the kernel refused it, until it is asked for otherwise", async () => {
    const asked = new Asked();
    asked.resource.follow(1);
    await asked.refuse(new RequestError("refused", "There is no trial 9.", ""));
    await asked.timers.pass(60_000);
    expect(asked.answers).toHaveLength(1);
    asked.resource.follow(2);
    asked.resource.retry();
    expect(asked.answers).toHaveLength(2);
  });

  it("waits between two requests, unless it is hurried", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const asked = new Asked();
    asked.resource.follow(1, 400);
    await asked.answer(1);
    asked.resource.follow(2, 400);
    expect(asked.answers).toHaveLength(1);
    await asked.timers.pass(400);
    await asked.answer(2);
    asked.resource.follow(3, 400);
    asked.resource.hurry();
    expect(asked.answers).toHaveLength(3);
    vi.useRealTimers();
  });

  it("drops an answer that comes after its session is gone", async () => {
    const asked = new Asked();
    asked.resource.follow(1);
    asked.resource.forget();
    expect(asked.signals[0]?.aborted).toBe(true);
    await asked.answer(40);
    expect(asked.resource.value.value).toBeNull();
  });
});

describe("a set of resources", () => {
  it("has one for the same arguments, and drops those not used for longest", () => {
    const set = new Resources<[number, string], string>(async ([number, name]) => `${name} ${number}`, 2);
    const first = set.of(1, "a");
    set.of(2, "b");
    expect(set.of(1, "a")).toBe(first);
    set.of(3, "c");
    expect(set.of(1, "a")).toBe(first);
  });
});
