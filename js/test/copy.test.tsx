import { render } from "preact";
import { expect, test } from "vitest";
import { CodeLine } from "../src/components/Copy";

function lineOf(code: string): HTMLElement {
  const el = document.createElement("div");
  render(<CodeLine code={code} />, el);
  const found = el.querySelector("code");
  if (found === null) throw new Error("there is no code");
  return found;
}

test("a line of Python breaks after brackets and commas and before dots, never inside a name", () => {
  const code = 'session.edit({"lightgbm.num_leaves": (2, 40)}, rate=0.25)';
  const line = lineOf(code);
  expect(line.textContent).toBe(code);
  const parts = line.innerHTML.replaceAll("&quot;", '"').split("<wbr>");
  expect(parts).toEqual([
    "session",
    ".edit(",
    "{",
    '"lightgbm',
    '.num_leaves": (',
    "2,",
    " 40)},",
    " rate=0.25)",
  ]);
});
