// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import { hideStaticOutput, hideWhileHeard } from "../src/host/staticOutput";
import type { Connection } from "../src/protocol/client";
import type { SessionInfo } from "../src/protocol/messages";
import { recordedSnapshot } from "./recorded";

const rules = () => document.head.querySelectorAll("style").length;

test("the summary comes back when the last view has gone", () => {
  const first = hideStaticOutput("ab12");
  const second = hideStaticOutput("ab12");
  expect(rules()).toBe(1);
  first();
  first();
  expect(rules()).toBe(1);
  second();
  expect(rules()).toBe(0);
});

test("an id that is no id makes no rule", () => {
  hideStaticOutput("x}*{display:none")();
  hideStaticOutput(undefined)();
  expect(rules()).toBe(0);
});

test("a page that never hears a kernel keeps the summary, a session that was heard hides it", () => {
  const store = {
    connection: signal<Connection>({ is: "connecting" }),
    session: signal<SessionInfo | null>(null),
  };
  const stop = hideWhileHeard(store, "cd34");
  expect(rules()).toBe(1);
  store.connection.value = { is: "silent" };
  expect(rules()).toBe(0);
  store.connection.value = { is: "live" };
  store.session.value = recordedSnapshot().session;
  expect(rules()).toBe(1);
  store.connection.value = { is: "closed" };
  expect(rules()).toBe(1);
  stop();
  expect(rules()).toBe(0);
});
