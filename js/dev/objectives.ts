import type { ObjectiveInfo, TrialRow } from "../src/protocol/messages";
import { random } from "./scripted";

type Known = Pick<
  ObjectiveInfo,
  "name" | "label" | "direction" | "unit" | "log" | "points" | "main" | "own" | "story"
>;

const one = (name: string, label: string, unit: string, story: string, more: Partial<Known> = {}): Known => ({
  name,
  label,
  unit,
  story,
  direction: "lower",
  log: false,
  points: false,
  main: false,
  own: false,
  ...more,
});

export const GROUPS = ["gender", "SeniorCitizen", '<img src=x onerror="window.hacked=1">'];

export const OBJECTIVES: Known[] = [
  one("roc_auc", "ROC AUC", "", "What the search optimises.", {
    direction: "higher",
    points: true,
    main: true,
  }),
  one(
    "predict_ms",
    "prediction time",
    "ms",
    "Milliseconds to predict 1,000 rows: the median of several runs.",
    {
      log: true,
    },
  ),
  one("complexity", "complexity", "parts", "How many learned numbers and decisions make up the model.", {
    log: true,
  }),
  one("fit_seconds", "fit time", "s", "Seconds to fit one fold, on one core.", { log: true }),
  one("size_mb", "size on disk", "MB", "Size of one fitted model as a file.", { log: true }),
  one("columns_used", "columns used", "columns", "How many columns of the table a prediction depends on."),
  one("calibration", "calibration error", "", "How far predicted probabilities are from what happens.", {
    points: true,
  }),
  ...GROUPS.map((group) =>
    one(
      `demographic_parity:${group}`,
      `selection gap by ${group}`,
      "",
      "Difference between the groups in how many are predicted positive.",
      { points: true },
    ),
  ),
  ...GROUPS.map((group) =>
    one(
      `worst_group:${group}`,
      `worst group by ${group}`,
      "",
      "The score of the group that is served worst.",
      {
        direction: "higher",
        points: true,
      },
    ),
  ),
];

/** An objective of the person's own. */
export function addOwn(name: string, label: string, direction: "higher" | "lower", unit: string): void {
  OBJECTIVES.push(one(name, label, unit, "Your own.", { direction, own: true }));
}

export function objectiveOf(name: string): Known | undefined {
  return OBJECTIVES.find((known) => known.name === name);
}

const hash = (text: string) => [...text].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) | 0, 7);

/** What would be measured of a complete trial: the same at every asking. */
export function measured(row: TrialRow, name: string): number | null {
  const [number, state, family, score] = row;
  if (state !== "complete" || score === null) return null;
  if (objectiveOf(name)?.main) return score;
  const rnd = random(number * 7919 + hash(name));
  const blur = Math.exp(0.3 * (rnd() + rnd() - 1));
  const values = row[12].map((value) => (typeof value === "number" ? value : 1));
  const leaves = values[1] ?? 31;
  const size: Record<string, number> = {
    dummy: 1,
    logistic: 46,
    lightgbm: leaves * 190,
    catboost: 2 ** leaves * 320,
    extra_trees: 210_000 / (values[0] ?? 1),
    mlp: (values[0] ?? 64) * 60,
  };
  const parts = Math.max(1, (size[family] ?? 100) * (family === "logistic" || family === "dummy" ? 1 : blur));
  switch (name) {
    case "complexity":
      return Math.round(parts);
    case "predict_ms":
      return (0.9 + 0.011 * parts ** 0.72) * blur;
    case "fit_seconds":
      return (0.02 + parts / 40_000) * blur;
    case "size_mb":
      return (0.01 + parts * 3e-5) * blur;
    case "columns_used":
      return family === "dummy" ? 0 : Math.round(family === "lightgbm" ? 9 + 10 * rnd() : 15 + 4 * rnd());
    case "calibration":
      return 0.008 + 0.05 * rnd() + (family === "extra_trees" ? 0.03 : 0);
    default:
      return name.startsWith("worst_group")
        ? score - 0.01 - 0.05 * rnd()
        : 0.02 + 0.13 * rnd() + (score - 0.8);
  }
}
