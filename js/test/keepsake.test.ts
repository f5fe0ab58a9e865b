// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { hideKeepsake } from "../src/host/keepsake";

const rules = () => document.head.querySelectorAll("style").length;

test("the summary comes back when the last view has gone", () => {
  const first = hideKeepsake("ab12");
  const second = hideKeepsake("ab12");
  expect(rules()).toBe(1);
  first();
  first();
  expect(rules()).toBe(1);
  second();
  expect(rules()).toBe(0);
});

test("an id that is no id makes no rule", () => {
  hideKeepsake("x}*{display:none")();
  hideKeepsake(undefined)();
  expect(rules()).toBe(0);
});
