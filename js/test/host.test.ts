import type { AnyModel } from "@anywidget/types";
import { describe, expect, it } from "vitest";
import { anywidgetHost, unpacked } from "../src/host/anywidget";

type Callback = (...values: unknown[]) => void;

function fakeModel() {
  const listeners = new Map<string, Set<Callback>>();
  const model = {
    get: (name: string) => (name === "journal" ? "/tmp/j.sqlite" : undefined),
    send: () => {},
    on(name: string, listener: Callback) {
      listeners.set(name, (listeners.get(name) ?? new Set()).add(listener));
    },
    off(name: string, listener: Callback) {
      listeners.get(name)?.delete(listener);
    },
  };
  const trigger = (name: string, ...values: unknown[]) => {
    for (const listener of listeners.get(name) ?? []) listener(...values);
  };
  const left = () => [...listeners.values()].reduce((sum, set) => sum + set.size, 0);
  return { model: model as unknown as AnyModel, trigger, left };
}

describe("anywidgetHost", () => {
  it("reads packed messages from their part of the buffer", () => {
    const bytes = new TextEncoder().encode('xx{"type":"delta"}yy');
    const part = new DataView(bytes.buffer, 2, bytes.length - 4);
    expect(unpacked({ type: "packed" }, [part])).toEqual({ type: "delta" });
    expect(unpacked({ type: "reply" }, [])).toEqual({ type: "reply" });
    expect(unpacked({ type: "packed" }, [new Uint8Array([1])])).toBeNull();
  });

  it("leaves no listener behind", () => {
    const { model, left } = fakeModel();
    const host = anywidgetHost(model);
    const removals = [host.onMessage(() => {}), host.onChannel(() => {})];
    expect(left()).toBeGreaterThan(0);
    for (const remove of removals) remove();
    expect(left()).toBe(0);
  });

  it("is dead when the comm closed, and alive again when it hears something", () => {
    const { model, trigger } = fakeModel();
    const host = anywidgetHost(model);
    host.onMessage(() => {});
    host.onChannel(() => {});
    trigger("comm:close");
    expect(host.isLive()).toBe(false);
    trigger("msg:custom", {}, []);
    expect(host.isLive()).toBe(true);
  });

  it("knows the journal without the kernel", () => {
    expect(anywidgetHost(fakeModel().model).journal()).toBe("/tmp/j.sqlite");
  });
});
