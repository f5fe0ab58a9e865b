import { render } from "preact";
import { describe, expect, test } from "vitest";
import { CodeLine } from "../src/components/Copy";
import { loadCode, pasted, spelled } from "../src/words/python";

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

describe("code that refers to the session", () => {
  const named = {
    expression: "AutoMLSession.named('churn')",
    setup: "from hitl_widget import AutoMLSession",
  };
  const code = 'model = session.model(3)\nsession.note("the session.model, my_session.x")';

  test("uses the variable that holds it, but leaves strings and other names as they are", () => {
    expect(spelled(code, { expression: "s2", setup: "" })).toBe(
      'model = s2.model(3)\ns2.note("the session.model, my_session.x")',
    );
    expect(spelled("my_session.x, a.session.y", named)).toBe("my_session.x, a.session.y");
  });

  test("keeps a session that it makes itself", () => {
    const load = loadCode("/tmp/s.sqlite");
    expect(spelled(load, { expression: "s2", setup: "" })).toBe(load);
    expect(pasted(load, named)).toBe(load);
  });

  test("is pasted with the import that it needs", () => {
    expect(pasted("session.pause()", named)).toBe(
      "from hitl_widget import AutoMLSession\nAutoMLSession.named('churn').pause()",
    );
    expect(pasted("import joblib", named)).toBe("import joblib");
    expect(pasted("session.pause()", { expression: "session", setup: "" })).toBe("session.pause()");
  });
});
