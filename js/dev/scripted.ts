import type {
  FamilyInfo,
  ParameterInfo,
  Phase,
  SessionInfo,
  Snapshot,
  State,
  Status,
  TrialDetail,
  TrialRow,
} from "../src/protocol/messages";
import { VERSION } from "../src/protocol/messages";

/** A small generator of numbers, the same on every run. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const float = (
  name: string,
  label: string,
  low: number,
  high: number,
  value: number,
  log = false,
): ParameterInfo => ({
  name,
  label,
  kind: "float",
  low,
  high,
  log,
  choices: null,
  default: value,
});

const int = (
  name: string,
  label: string,
  low: number,
  high: number,
  value: number,
  log = false,
): ParameterInfo => ({
  ...float(name, label, low, high, value, log),
  kind: "int",
});

const choice = (name: string, label: string, choices: unknown[], value: unknown): ParameterInfo => ({
  name,
  label,
  kind: "categorical",
  low: null,
  high: null,
  log: false,
  choices,
  default: value,
});

const family = (
  name: string,
  label: string,
  colour: string,
  story: string,
  parameters: ParameterInfo[],
  baseline = false,
): FamilyInfo => ({ name, label, story, colour, baseline, parameters });

export const FAMILIES: FamilyInfo[] = [
  family(
    "dummy",
    "always the most frequent",
    "base",
    "Answers the most frequent class, whatever the row says.",
    [],
    true,
  ),
  family(
    "logistic",
    "Logistic regression",
    "linear",
    "A weighted sum of the columns, pressed between 0 and 1.",
    [
      float("logistic.C", "trust in the data", 0.001, 100, 1, true),
      choice("logistic.balanced", "weigh rare classes up", [true, false], false),
    ],
  ),
  family(
    "lightgbm",
    "LightGBM",
    "lgbm",
    "Hundreds of small trees; each mends the errors of those before it.",
    [
      float("lightgbm.learning_rate", "learning rate", 0.005, 0.3, 0.05, true),
      int("lightgbm.num_leaves", "number of leaves", 4, 256, 31, true),
      float("lightgbm.feature_fraction", "share of columns", 0.3, 1, 0.9),
      int("lightgbm.min_child_samples", "smallest leaf", 1, 200, 20, true),
      choice("lightgbm.extra_trees", "random thresholds", [true, false], false),
    ],
  ),
  family("catboost", "CatBoost", "cat", "Trees of one shape, made for categories.", [
    float("catboost.learning_rate", "learning rate", 0.005, 0.3, 0.05, true),
    int("catboost.depth", "depth", 3, 10, 6),
  ]),
  family("extra_trees", "Extra trees", "trees", "Many trees with random cuts, averaged.", [
    int("extra_trees.min_samples_leaf", "smallest leaf", 1, 64, 2, true),
    choice("extra_trees.max_features", "columns at each cut", ["sqrt", "log2", null], "sqrt"),
  ]),
  family("mlp", "Neural network", "mlp", "Layers of weighted sums.", [
    int("mlp.width", "width", 8, 512, 64, true),
    float("mlp.alpha", "penalty", 1e-6, 0.1, 1e-4, true),
  ]),
];

export const SESSION: SessionInfo = {
  id: "s1",
  target: "churn",
  kind: "binary",
  metric: { scorer: "roc_auc", label: "ROC AUC", sign: 1, of_target: false },
  sentence:
    "Binary classification of churn, 7,043 rows, 27 % yes; ROC AUC by 5-fold cross-validation; 2 workers, 5 minutes.",
  split: "5 folds, stratified; 1,409 rows held out",
  folds: 5,
  chips: [
    {
      text: "7,043 rows · 19 columns in use",
      detail: "16 categories, 3 numbers. 1,409 rows are held out.",
      tone: "plain",
    },
    {
      text: "customerID ignored: an id",
      detail: "Every value is different, so it can only be memorised.",
      tone: "plain",
    },
    {
      text: "TotalCharges read as number, 11 blanks",
      detail: "It came as text. The blanks are taken as missing.",
      tone: "warn",
    },
    { text: "27 % churn: folds stratified", detail: "Each fold has the same share of yes.", tone: "plain" },
  ],
  families: FAMILIES,
  workers: 2,
  journal: "/home/ada/churn.hitl.sqlite",
  rows: 7043,
  holdout_rows: 1409,
};

function valuesOf(info: FamilyInfo, rnd: () => number): unknown[] {
  return info.parameters.map((parameter) => {
    if (parameter.kind === "categorical") {
      const choices = parameter.choices ?? [];
      return choices[Math.floor(rnd() * choices.length)] ?? null;
    }
    const low = parameter.low ?? 0;
    const high = parameter.high ?? 1;
    const value = parameter.log ? low * (high / low) ** rnd() : low + (high - low) * rnd();
    return parameter.kind === "int" ? Math.round(value) : value;
  });
}

const LEVEL: Record<string, number> = {
  lightgbm: 0.846,
  catboost: 0.848,
  extra_trees: 0.832,
  mlp: 0.82,
  logistic: 0.838,
};

/** Rows of a session that went as sessions go: baselines, starting points, then a search that learns. */
export function scriptedRows(count: number, seed = 7): TrialRow[] {
  const rnd = random(seed);
  const rows: TrialRow[] = [
    [0, "complete", "dummy", 0.5, 0, 5, 0.02, 0.4, "machine", "baseline", null, 0, []],
    [1, "complete", "logistic", 0.8413, 0.005, 5, 0.6, 1.2, "machine", "baseline", null, 0, [1, false]],
  ];
  const names = ["lightgbm", "catboost", "extra_trees", "mlp", "lightgbm", "catboost", "logistic"];
  for (let n = 2; n < count; n += 1) {
    const name = names[Math.floor(rnd() * names.length)] ?? "lightgbm";
    const info = FAMILIES.find((one) => one.name === name);
    if (info === undefined) continue;
    const dice = rnd();
    let state: State = "complete";
    if (n >= count - 2) state = "running";
    else if (dice < 0.03) state = "failed";
    else if (dice < 0.16) state = "stopped";
    const learnt = 0.012 * (1 - Math.exp(-n / 30));
    let score = (LEVEL[name] ?? 0.8) - 0.018 * rnd() ** 1.5 + learnt * 0.6;
    if (rnd() < 0.03) score = 0.52 + 0.1 * rnd();
    const own = n === 13 || n === 26 || (n > 40 && rnd() < 0.02);
    rows.push([
      n,
      state,
      name,
      state === "failed" || state === "running" ? null : score,
      state === "complete" ? 0.004 + 0.005 * rnd() : null,
      state === "complete" ? 5 : state === "stopped" ? 1 : 0,
      state === "running" ? 1.2 : 0.8 + 9 * rnd(),
      state === "running" ? null : 2 + n * 4.4,
      own ? "you" : "machine",
      own ? (n === 26 ? "edit" : "own") : n < 9 ? "start" : "sampler",
      n === 26 ? 21 : null,
      0,
      valuesOf(info, rnd),
    ]);
  }
  return rows;
}

export function scriptedStatus(phase: Phase, rows: readonly TrialRow[]): Status {
  const count = (state: State) => rows.filter((row) => row[1] === state).length;
  const complete = rows.filter((row) => row[1] === "complete" && row[3] !== null);
  const best = complete.reduce<TrialRow | null>(
    (top, row) => (top === null || (row[3] ?? 0) > (top[3] ?? 0) ? row : top),
    null,
  );
  const label = FAMILIES.find((one) => one.name === best?.[2])?.label ?? "";
  const finished = phase === "finished";
  return {
    phase,
    headline:
      best === null
        ? SESSION.sentence
        : `${label} leads with ${best[3]?.toFixed(3)} ± ${best[4]?.toFixed(3)}, 1.2 points above logistic regression.`,
    aside: best === null ? "" : "The three best are within the noise of each other.",
    improving:
      rows.length > 10 ? "Little: 0.001 in the last 10 trials. Your edit at trial 26 brought 0.004." : "",
    counts: {
      queued: count("queued"),
      running: count("running"),
      complete: complete.length,
      stopped: count("stopped"),
      failed: count("failed"),
    },
    budget: {
      seconds: 300,
      trials: null,
      used_seconds: phase === "ready" ? 0 : finished || phase === "finishing" ? 300 : 110,
      ticking: phase === "running",
    },
    best: best === null ? null : { number: best[0], family: best[2], score: best[3] ?? 0, std: best[4] },
    baselines: rows
      .filter((row) => row[9] === "baseline" && row[3] !== null)
      .map((row) => ({
        number: row[0],
        label: row[2] === "dummy" ? "most frequent" : "logistic regression",
        score: row[3] ?? 0,
        std: row[4],
      })),
    ensemble:
      best === null ? null : { score: (best[3] ?? 0) + 0.002, members: [{ number: best[0], weight: 1 }] },
    holdout: finished
      ? {
          rows: 1409,
          best: 0.8497,
          ensemble: 0.8521,
          sentence:
            "On 1,409 rows that no trial has seen, the best model keeps 0.850 of its 0.853: it did not overfit the folds.",
        }
      : null,
    notices:
      phase === "failed"
        ? [
            {
              level: "error",
              text: "The scratch folder is full.",
              remedy: "Free some space, then load the journal to go on.",
            },
          ]
        : [],
  };
}

export function scriptedSnapshot(phase: Phase, count: number): Snapshot {
  let rows = phase === "ready" || count === 0 ? [] : scriptedRows(Math.max(count, 2));
  if (phase === "finished" || phase === "finishing") rows = rows.filter((row) => row[1] !== "running");
  if (phase === "running" && count > 3) {
    rows.push([
      count,
      "queued",
      "lightgbm",
      null,
      null,
      0,
      0,
      null,
      "you",
      "own",
      null,
      0,
      [0.02, 63, 0.8, 20, false],
    ]);
  }
  return {
    type: "snapshot",
    version: VERSION,
    epoch: "e1",
    seq: 100,
    session: SESSION,
    status: scriptedStatus(phase, rows),
    rows,
  };
}

export function scriptedDetail(row: TrialRow): TrialDetail {
  const info = FAMILIES.find((one) => one.name === row[2]);
  const rnd = random(row[0] + 1);
  const failed = row[1] === "failed";
  return {
    number: row[0],
    label: info?.label ?? row[2],
    story: info?.story ?? "",
    why:
      row[8] === "you"
        ? "You queued it after editing #21: a smaller learning rate and more leaves."
        : "The sampler expects it to do well: near #26, with a smaller learning rate. It had seen 34 trials.",
    verdict: failed
      ? ""
      : row[1] === "complete"
        ? "Second of 37. 0.001 behind the best, which is less than the folds differ: call it a tie."
        : "",
    settings: (info?.parameters ?? []).map((parameter, i) => ({
      name: parameter.name,
      label: parameter.label,
      value: row[12][i] ?? null,
      default: i > 2,
    })),
    fitted:
      row[2] === "lightgbm" && !failed
        ? [{ name: "rounds", label: "boosting rounds", value: 214, default: false }]
        : [],
    folds:
      row[3] === null
        ? []
        : Array.from({ length: row[5] }, (_, i) => ({
            fold: i,
            score: (row[3] ?? 0) + 0.012 * (rnd() - 0.5),
            seconds: 1.2,
          })),
    prepare_seconds: 0.2,
    fit_seconds: failed ? 0 : row[6],
    predict_ms: failed ? null : 3.4,
    model_bytes: failed ? null : 412_000,
    warnings:
      row[2] === "mlp" && !failed ? ["It had not settled after 200 rounds; more rounds may help."] : [],
    error: failed
      ? {
          level: "error",
          text: "It ran out of memory.",
          remedy: "Fewer leaves need less; or allow each worker more.",
        }
      : null,
    traceback: failed
      ? 'Traceback (most recent call last):\n  File "workers.py", line 88, in run\nMemoryError'
      : "",
    python: `session.propose({"family": "${row[2]}"})`,
  };
}
