import type {
  ColumnDetail,
  ColumnRole,
  ColumnRow,
  DataInfo,
  DataPreview,
  DistributionInfo,
  WarningInfo,
  WarningsInfo,
} from "../src/protocol/messages";

const EVIL = "<img src=x onerror=alert(1)>";

const ROLES: DataInfo["roles"] = [
  role("numeric", "number", "number", ["auto", "median", "mean", "most_frequent"]),
  role(
    "categorical",
    "category",
    "text",
    ["auto", "most_frequent", "own_level"],
    ["auto", "one_hot", "ordinal", "target_mean", "frequency"],
  ),
  role("date", "date", "none", ["auto"]),
  role("text", "text", "none", ["auto"]),
  role("ignored", "left out", "none", ["auto"]),
];

function role(
  name: ColumnRole,
  label: string,
  values: "none" | "number" | "text",
  fillings: string[],
  encodings: string[] = ["auto"],
): DataInfo["roles"][number] {
  const ways = (all: string[]) => all.map((way) => ({ way, label: way.replaceAll("_", " ") }));
  return {
    role: name,
    label,
    story: `What ${label} means.`,
    fillings: ways(fillings),
    values,
    encodings: ways(encodings),
  };
}

const bars = (seed: number) => Array.from({ length: 16 }, (_, i) => (i * 37 * seed + 13 * seed) % 101);

const FIRST: ColumnRow[] = [
  ["customerID", "ignored", false, "text", 0, 7043, null, "lengths", [0, 100, 0], "auto", "auto"],
  ["tenure", "numeric", false, "whole numbers", 0, 73, 0.48, "numbers", bars(3), "auto", "auto"],
  [
    "TotalCharges",
    "numeric",
    false,
    "numbers with decimals",
    11,
    6531,
    0.31,
    "numbers",
    bars(7),
    "auto",
    "auto",
  ],
  ["Contract", "categorical", false, "categories", 0, 3, 0.44, "categories", [100, 44, 38], "auto", "auto"],
  ["left_on", "categorical", false, "categories", 0, 2, 1, "categories", [100, 36], "auto", "auto"],
  [EVIL, "categorical", false, "categories", 2200, 2, 0, "categories", [100, 98], "auto", "auto"],
];

const WARNINGS: Omit<WarningInfo, "answer" | "holds">[] = [
  {
    key: "copy:left_on",
    severity: "high",
    sentence: "left_on predicts churn almost perfectly: it may be a copy of the target.",
    evidence: "Alone it gives ROC AUC 1.000 (0.500 for the constant guess).",
    remedy: "Leave it out unless it is known before churn is.",
    columns: ["left_on"],
    answers: [
      {
        id: "drop",
        label: "Drop left_on",
        python: 'session.drop("left_on")',
        acts: true,
      },
      { id: "keep", label: "It is known in time: keep it", python: "", acts: false },
    ],
  },
  {
    key: "codes:tenure:-999",
    severity: "medium",
    sentence: "-999 in tenure may stand for a missing value.",
    evidence: "30 rows (5.0 %) have -999.",
    remedy: "If it means “not known”, make it missing.",
    columns: ["tenure"],
    answers: [
      {
        id: "missing",
        label: "Make it missing",
        python: "data['tenure'] = data['tenure'].mask(…)",
        acts: false,
      },
      { id: "keep", label: "-999 is a true value: keep it", python: "", acts: false },
    ],
  },
  {
    key: "imbalance",
    severity: "low",
    sentence: "yes is rare: 9 % of the rows.",
    evidence: "634 of 7,043 rows are yes.",
    remedy: "Look at how many of the rare class are found.",
    columns: [],
    answers: [{ id: "keep", label: "Understood", python: "", acts: false }],
  },
];

/** What a kernel would know of the table, without looking. */
export class ScriptedTable {
  rows: ColumnRow[];
  stamp = 1;
  warned = 1;
  readonly answers = new Map<string, string>();
  reading = false;

  constructor(readonly more = 0) {
    const extra = Array.from({ length: more }, (_, i): ColumnRow => {
      const share = (i * 7919) % 1000;
      return [
        `x${i}`,
        "numeric",
        false,
        "numbers with decimals",
        share,
        900 + i,
        share / 2000,
        "numbers",
        bars(i % 9),
        "auto",
        "auto",
      ];
    });
    this.rows = [...FIRST.map((row) => [...row] as ColumnRow), ...extra];
  }

  status(): object {
    const { open } = this.warnings();
    const head = {
      open: open.length,
      severity: open[0]?.severity ?? "low",
      sentence: open[0]?.sentence ?? "",
    };
    return { warnings: head, warnings_version: this.warned, data_version: this.stamp };
  }

  info(): DataInfo {
    const used = this.rows.filter((row) => row[1] !== "ignored").length;
    return {
      sentence: `7,043 rows; models read ${used} of ${this.rows.length} columns to tell churn. 5.3 % of their cells are missing, in 2 columns.`,
      notes: ["TotalCharges came as text; 11 blanks become missing."],
      target: "churn",
      spread: {
        kind: "categories",
        labels: ["no", "yes"],
        counts: [5174, 1869],
        below: 0,
        above: 0,
        other: 0,
      },
      about: "What is predicted: how likely yes is, judged by ROC AUC.",
      metric: "ROC AUC",
      rows: this.rows.map((row) => [...row] as ColumnRow),
      total: this.rows.length,
      rest: "",
      reading: this.reading,
      roles: ROLES,
      transforms: [{ name: "ratio", columns: ["tenure", "TotalCharges"], what: "ratio_of" }],
      python: 'session.add_transform("ratio", lambda table: table["a"] / table["b"], columns=["a", "b"])',
    };
  }

  column(name: string): ColumnDetail | null {
    const row = this.rows.find((one) => one[0] === name);
    const first = FIRST.find((one) => one[0] === name) ?? row;
    if (row === undefined || first === undefined) return null;
    const spread: DistributionInfo =
      row[7] === "categories"
        ? { kind: "categories", labels: ["a", EVIL], counts: [40, 30], below: 0, above: 0, other: 12 }
        : {
            kind: "numbers",
            labels: row[8].map((_, i) => `${i} to ${i + 1}`),
            counts: row[8],
            below: 3,
            above: 0,
            other: 0,
          };
    return {
      name,
      role: row[1],
      reason: row[2] ? "set by you" : "numbers",
      understood: first[1],
      because: "numbers",
      kind: row[3],
      missing: row[4],
      distinct: row[5],
      examples: ["1", EVIL],
      spread,
      relation: row[6] === null ? "" : "Alone it gives ROC AUC 0.742 (0.500 for the constant guess).",
      filling: row[9],
      value: null,
      encoding: row[10],
    };
  }

  preview(command: Record<string, unknown>): DataPreview | string {
    const roles = Object.entries((command.roles ?? {}) as Record<string, string>);
    const strange = roles.find(([name]) => !this.rows.some((row) => row[0] === name));
    if (strange !== undefined) return `There is no column '${strange[0]}' in the table.`;
    return {
      title: `${roles.map(([name, to]) => `${name} is ${to}`).join("; ")}.`,
      python: "session.change_data(…)",
      sentence:
        "12 trials were measured on other columns: they stay in the record, grey; undo brings them back.",
      leave: 12,
      back: 0,
      running: 2,
      best_leaves: true,
    };
  }

  /** Carries a change out and gives the way back. */
  change(command: Record<string, unknown>): () => void {
    const before = this.rows;
    const choices = (key: string) => (command[key] ?? {}) as Record<string, string | object>;
    this.rows = before.map((row) => {
      const copy = [...row] as ColumnRow;
      const to = choices("roles")[row[0]];
      if (typeof to === "string") {
        copy[1] = to as ColumnRole;
        copy[2] = true;
        if (to === "ignored") copy[6] = null;
      }
      const filling = choices("filling")[row[0]];
      if (filling !== undefined) copy[9] = typeof filling === "string" ? filling : "value";
      const encoding = choices("encoding")[row[0]];
      if (typeof encoding === "string") copy[10] = encoding;
      return copy;
    });
    this.stamp += 1;
    this.warned += 1;
    return () => {
      this.rows = before;
      this.stamp += 1;
      this.warned += 1;
    };
  }

  answer(key: string, text: string): void {
    this.answers.set(key, text);
    this.warned += 1;
  }

  warnings(): WarningsInfo {
    const dropped = (one: { columns: string[] }) =>
      one.columns.some((name) => this.rows.find((row) => row[0] === name)?.[1] === "ignored");
    const all = WARNINGS.map((one) => ({
      ...one,
      answer: this.answers.get(one.key) ?? "",
      holds: !dropped(one),
    }));
    const open = all.filter((one) => one.answer === "" && one.holds);
    return {
      sentence: open.length === 0 ? "Nothing is left to answer." : `${open.length} warnings want an answer.`,
      open,
      answered: all.filter((one) => one.answer !== ""),
      looking: false,
    };
  }
}
