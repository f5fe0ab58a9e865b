import { describe, expect, it } from "vitest";
import { fileName } from "../src/host/download";
import { exported } from "../src/panels/trials/exported";
import { toRow } from "../src/store/row";
import { csv } from "../src/words/csv";
import { FAMILIES, manyRows } from "./many";
import { recordedSnapshot } from "./recorded";

describe("csv", () => {
  it("quotes as RFC 4180 says, and keeps spreadsheets from running text as a formula", () => {
    const text = csv(
      ["=cmd()", "b"],
      [
        ['say "a", b', "@sum(A1)"],
        [-1.5, "+1"],
        [null, "two\nlines"],
      ],
    );
    expect(text).toBe('\'=cmd(),b\r\n"say ""a"", b",\'@sum(A1)\r\n-1.5,\'+1\r\n,"two\nlines"\r\n');
  });
});

describe("exported", () => {
  it("has a line for each trial and a column for each objective and setting", () => {
    const { session } = recordedSnapshot();
    const rows = manyRows(20).map(toRow);
    const lines = exported(rows, session, ["predict_ms"], new Set([3]))
      .trimEnd()
      .split("\r\n");
    expect(lines).toHaveLength(21);
    const head = (lines[0] ?? "").split(",");
    expect(head).toContain("predict_ms");
    for (const family of FAMILIES) for (const one of family.parameters) expect(head).toContain(one.name);
    const third = (lines[4] ?? "").split(",");
    expect(third).toHaveLength(head.length);
    expect(third[head.indexOf("counts today")]).toBe("false");
  });
});

describe("fileName", () => {
  it("is safe, whatever the target is called", () => {
    expect(fileName('../../<img src=x>"', "trials.csv")).toBe("img-src-x-trials.csv");
    expect(fileName("Größe 人口", "trials.csv")).toBe("Größe-人口-trials.csv");
    expect(fileName("///", "trials.csv")).toBe("session-trials.csv");
  });
});
