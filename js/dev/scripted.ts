// @ts-nocheck
import type {
  FamilyInfo,
  ParameterInfo,
  Phase,
  RangeInfo,
  SessionInfo,
  Snapshot,
  State,
  Status,
  Steering,
  TrialDetail,
  TrialRow,
} from "../src/protocol/messages";
import { VERSION } from "../src/protocol/messages";
import { measured } from "./objectives";

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
  legal: [number | null, number | null] = [0, null],
): ParameterInfo => ({
  name,
  label,
  kind: "float",
  low,
  high,
  log,
  choices: null,
  default: value,
  legal_low: legal[0],
  legal_high: legal[1],
  legal: null,
});

const int = (
  name: string,
  label: string,
  low: number,
  high: number,
  value: number,
  log = false,
  legal: [number | null, number | null] = [1, null],
): ParameterInfo => ({
  ...float(name, label, low, high, value, log, legal),
  kind: "int",
});

const choice = (
  name: string,
  label: string,
  choices: unknown[],
  value: unknown,
  legal = choices,
): ParameterInfo => ({
  name,
  label,
  kind: "categorical",
  low: null,
  high: null,
  log: false,
  choices,
  default: value,
  legal_low: null,
  legal_high: null,
  legal,
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
      float("lightgbm.learning_rate", "learning rate", 0.005, 0.3, 0.05, true, [1e-5, 1]),
      int("lightgbm.num_leaves", "leaves per tree", 4, 256, 31, true, [2, 131072]),
      float("lightgbm.feature_fraction", "share of columns per tree", 0.3, 1, 0.9, false, [0.001, 1]),
      int("lightgbm.min_data_in_leaf", "rows per leaf, at least", 1, 200, 20, true, [0, 100000]),
      choice("lightgbm.extra_trees", "random thresholds", [true, false], false),
      float("lightgbm.bagging_fraction", "share of rows per tree", 0.5, 1, 0.9, false, [0.01, 1]),
      float("lightgbm.lambda_l1", "L1 penalty", 1e-4, 1, 1e-4, true, [0, 10000]),
      float("lightgbm.lambda_l2", "L2 penalty", 1e-4, 2, 1e-4, true, [0, 10000]),
      int("lightgbm.max_bin", "bins per column", 8, 2048, 255, true, [2, 65535]),
    ],
  ),
  family("catboost", "CatBoost", "cat", "Trees of one shape, made for categories.", [
    float("catboost.learning_rate", "learning rate", 0.005, 0.3, 0.05, true, [1e-5, 1]),
    int("catboost.depth", "depth", 3, 10, 6, false, [1, 16]),
    choice("catboost.grow_policy", "how trees grow", ["SymmetricTree", "Depthwise"], "SymmetricTree", [
      "SymmetricTree",
      "Depthwise",
      "Lossguide",
    ]),
  ]),
  family("extra_trees", "Extra trees", "trees", "Many trees with random cuts, averaged.", [
    int("extra_trees.min_samples_leaf", "rows per leaf, at least", 1, 64, 2, true),
    choice("extra_trees.max_features", "columns at each cut", ["sqrt", "log2", null], "sqrt", [
      "sqrt",
      "log2",
      null,
      0.5,
    ]),
    choice("extra_trees.criterion", "how a cut is judged", ["gini", "entropy", "log_loss"], "gini"),
  ]),
  family("mlp", "Neural network", "mlp", "Layers of weighted sums.", [
    int("mlp.width", "width", 8, 512, 64, true),
    float("mlp.alpha", "penalty", 1e-6, 0.1, 1e-4, true),
    choice("mlp.activation", "what a neuron does", ["relu", "tanh", "logistic", "identity"], "relu"),
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
  classes: ["no", "yes"],
};

export function todayAsGiven(): RangeInfo[] {
  return FAMILIES.flatMap((info) =>
    info.parameters.map(({ name, low, high, log, choices }) => ({
      name,
      low,
      high,
      log,
      choices,
      given: true,
    })),
  );
}

/** Where each family is best, on a scale of 0 to 1, and how much each setting matters. */
const PEAKS: Record<string, [peak: number, weight: number][]> = {
  lightgbm: [
    [0.36, 0.46],
    [0.48, 0.21],
    [0.62, 0.13],
    [0.55, 0.07],
    [0.7, 0.05],
    [0.6, 0.03],
    [0.3, 0.02],
    [0.4, 0.02],
    [0.5, 0.01],
  ],
  catboost: [
    [0.5, 0.6],
    [0.45, 0.3],
    [0.2, 0.1],
  ],
  extra_trees: [
    [0.15, 0.7],
    [0.3, 0.2],
    [0.5, 0.1],
  ],
  mlp: [
    [0.6, 0.5],
    [0.4, 0.35],
    [0.1, 0.15],
  ],
  logistic: [
    [0.55, 0.8],
    [0.8, 0.2],
  ],
};

export function weightsOf(name: string): number[] {
  return (PEAKS[name] ?? []).map(([, weight]) => weight);
}

export function unit(parameter: ParameterInfo, value: unknown): number {
  if (parameter.kind === "categorical") {
    const choices = parameter.legal ?? parameter.choices ?? [];
    return choices.length < 2 ? 0 : choices.indexOf(value) / (choices.length - 1);
  }
  const low = parameter.low ?? 0;
  const high = parameter.high ?? 1;
  const number = Number(value);
  return parameter.log ? Math.log(number / low) / Math.log(high / low) : (number - low) / (high - low);
}

/** A score that a search can climb. */
export function surface(info: FamilyInfo, values: readonly unknown[], rnd: () => number): number {
  const peaks = PEAKS[info.name] ?? [];
  const loss = info.parameters.reduce((sum, parameter, i) => {
    const [peak, weight] = peaks[i] ?? [0.5, 0.05];
    return sum + weight * (unit(parameter, values[i]) - peak) ** 2;
  }, 0);
  return (LEVEL[info.name] ?? 0.8) + 0.008 - 0.16 * loss + 0.004 * (rnd() - 0.5);
}

/** Values from today's ranges: near the peak with the probability `learnt`. */
export function drawn(
  info: FamilyInfo,
  ranges: ReadonlyMap<string, RangeInfo>,
  learnt: number,
  rnd: () => number,
): unknown[] {
  const near = rnd() < learnt;
  return info.parameters.map((parameter, i) => {
    const range = ranges.get(parameter.name) ?? parameter;
    const peak = PEAKS[info.name]?.[i]?.[0] ?? 0.5;
    if (parameter.kind === "categorical") {
      const choices = range.choices ?? [];
      return choices[Math.min(choices.length - 1, Math.floor(rnd() * choices.length))] ?? null;
    }
    const low = range.low ?? 0;
    const high = range.high ?? 1;
    const from = unit(parameter, low);
    const to = unit(parameter, high);
    const bell = (rnd() + rnd() + rnd() - 1.5) * 0.3;
    const share = near ? Math.min(to, Math.max(from, peak + bell)) : from + (to - from) * rnd();
    const [a, b] = [parameter.low ?? 0, parameter.high ?? 1];
    let value = parameter.log ? a * (b / a) ** share : a + (b - a) * share;
    if (parameter.kind === "int") value = Math.round(value);
    return Math.min(high, Math.max(low, value));
  });
}

const LEVEL: Record<string, number> = {
  lightgbm: 0.846,
  catboost: 0.8455,
  extra_trees: 0.832,
  mlp: 0.82,
  logistic: 0.834,
};

/** Rows of a session that went as sessions go: baselines, starting points, then a search that learns. */
export function scriptedRows(count: number, seed = 7): TrialRow[] {
  const rnd = random(seed);
  const rows: TrialRow[] = [
    [0, "complete", "dummy", 0.5, 0, 5, 0.02, 0.4, "machine", "baseline", null, 0, [], []],
    [1, "complete", "logistic", 0.8413, 0.005, 5, 0.6, 1.2, "machine", "baseline", null, 0, [1, false], []],
  ];
  const ranges = new Map(todayAsGiven().map((range) => [range.name, range]));
  const names = [
    "lightgbm",
    "catboost",
    "extra_trees",
    "lightgbm",
    "mlp",
    "lightgbm",
    "catboost",
    "lightgbm",
  ];
  for (let n = 2; n < count; n += 1) {
    const name = names[Math.floor(rnd() * names.length)] ?? "lightgbm";
    const info = FAMILIES.find((one) => one.name === name);
    if (info === undefined) continue;
    const dice = rnd();
    let state: State = "complete";
    if (n >= count - 2) state = "running";
    else if (dice < 0.03) state = "failed";
    else if (dice < 0.16) state = "stopped";
    const values = drawn(info, ranges, Math.min(0.75, n / 50), rnd);
    let score = surface(info, values, rnd);
    if (state === "stopped") score -= 0.01;
    if (rnd() < 0.02) score = 0.52 + 0.1 * rnd();
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
      values,
      [],
    ]);
  }
  return rows.map(withMeasures);
}

/** What is measured beside the metric until the person says what matters. */
export const MEASURED = ["predict_ms", "complexity"];

function withMeasures(row: TrialRow): TrialRow {
  const copy = [...row] as TrialRow;
  if (row[1] === "complete") copy[13] = MEASURED.map((name) => measured(row, name));
  return copy;
}

/** Nothing was steered yet. */
export function scriptedSteering(): Steering {
  return {
    families: FAMILIES.map((one) => one.name),
    ranges: todayAsGiven(),
    outside: [],
    discarded: [],
    beliefs: [],
    acts: [],
    generations: [
      {
        number: 0,
        title: "",
        author: "machine",
        elapsed: 0,
        trials: 0,
        first: 0,
        best_before: null,
        best_after: null,
        gain: "–",
        act: null,
      },
    ],
    undo: null,
    redo: null,
  };
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
    autonomy: "cruise",
    granted: 0,
    nudges: [],
    history_version: 0,
    measured: MEASURED,
    preferred: null,
    preferences_version: 0,
    warnings: null,
    warnings_version: 0,
    data_version: 0,
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
      [0.02, 63, 0.8, 20, false, 0.9, 1e-4, 1e-4, 255],
      [],
    ]);
  }
  return {
    type: "snapshot",
    version: VERSION,
    epoch: "e1",
    seq: 100,
    session: SESSION,
    status: scriptedStatus(phase, rows),
    steering: scriptedSteering(),
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
    generation: "Under the search space as first given.",
    near: row[9] === "sampler" ? [21, 26].filter((one) => one < row[0]) : [],
    standing: "",
    objectives: failed
      ? []
      : [
          { name: "predict_ms", label: "prediction time", text: "3.4 ms" },
          { name: "complexity", label: "complexity", text: "not measured yet" },
        ],
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
