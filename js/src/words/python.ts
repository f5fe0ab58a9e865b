import type { Variable } from "../protocol/messages";

/** Strings, which stay as they are, and the name `session` before a dot. */
const TOKENS = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?<![\w.])session(?=\.)/g;

const MAKES_ONE = /^session = /m;

/** Returns code with the expression that holds the session in this kernel; code that makes a session keeps its own. */
export function spelled(code: string, { expression }: Variable): string {
  if (MAKES_ONE.test(code)) return code;
  return code.replace(TOKENS, (token) => (token === "session" ? expression : token));
}

/** Returns code that runs in a cell of this kernel, with the import that it needs. */
export function pasted(code: string, variable: Variable): string {
  const found = spelled(code, variable);
  return found === code || variable.setup === "" ? found : `${variable.setup}\n${found}`;
}

/** The code that continues a session from its journal, in a new kernel. */
export function loadCode(journal: string): string {
  return [
    "from hitl_widget import AutoMLSession",
    "",
    `session = AutoMLSession.load(${JSON.stringify(journal)})`,
    "session.show()",
  ].join("\n");
}

/** The code that saves a consistent copy of a journal, also while the session runs. */
export function copyCode(journal: string, to: string): string {
  return `import sqlite3\nsqlite3.connect(${JSON.stringify(journal)}).execute("VACUUM INTO ?", [${JSON.stringify(to)}])`;
}
