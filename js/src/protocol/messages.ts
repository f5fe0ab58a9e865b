// Generated from Python by `npm run generate`. Do not edit.

import type { Value } from "./commands";

export const VERSION = 10;

export type ColumnRole = "numeric" | "categorical" | "date" | "text" | "ignored";

export type Spread = "numbers" | "categories" | "dates" | "lengths" | "none";

export type ColumnRow = [
  name: string,
  role: ColumnRole,
  given: boolean,
  kind: string,
  missing: number,
  distinct: number,
  strength: number | null,
  spread: Spread,
  bars: number[],
  filling: string,
  encoding: string,
];

export type FoldRun = [
  begin: number,
  end: number,
  train: number,
  valid: number,
  held: number,
];

export type PictureKind = "roc" | "calibration" | "residuals";

export type Phase = "ready" | "running" | "paused" | "finishing" | "finished" | "failed";

export type ExpectedOutcome = "as_expected" | "better" | "worse";

export type GoalOutcome = "reached" | "likely" | "unlikely" | "missed";

export type Author = "you" | "machine";

export type State = "queued" | "running" | "complete" | "stopped" | "failed";

export type Origin = "baseline" | "start" | "sampler" | "belief" | "nudge" | "own" | "edit" | "grid";

export type TrialRow = [
  number: number,
  state: State,
  family: string,
  score: number | null,
  std: number | null,
  folds: number,
  seconds: number,
  finished_at: number | null,
  author: Author,
  origin: Origin,
  parent: number | null,
  generation: number,
  values: Value[],
  further: (number | null)[],
];

export type TrialMark = [
  number: number,
  state: State,
  score: number | null,
  std: number | null,
  folds: number,
  seconds: number,
  finished_at: number | null,
  further: (number | null)[],
];

export type Severity = "high" | "medium" | "low";

export interface ActInfo {
  number: number;
  author: Author;
  kind: "space" | "learner" | "belief" | "discard" | "annotate" | "objective" | "constraint" | "answer" | "goal" | "data" | "metric" | "rows" | "labels" | "target" | "undo";
  title: string;
  why: string;
  effect: string;
  change: boolean;
  first: number;
  gain: string;
  tone: "better" | "worse" | "none";
  elapsed: number;
  undone: boolean;
}

export interface AlikeRow {
  row: number;
  label: string;
  cells: string[];
}

export interface AnnotationInfo {
  number: number;
  tags: string[];
  note: string;
}

export interface AnswerInfo {
  first: number;
  second: number;
  answer: "a" | "b" | "equal" | "skip";
  act: number | null;
  sentence: string;
  doubt: string;
}

export interface AuditInfo {
  column: string;
  number: number;
  figures: string[];
  groups: GroupInfo[];
  sentence: string;
  notes: string[];
}

export interface Baseline {
  number: number;
  label: string;
  score: number;
  std: number | null;
}

export interface BeliefInfo {
  about: string;
  label: string;
  around: number | null;
  low: number | null;
  high: number | null;
  likely: Value[];
  strength: "hint" | "fair" | "strong";
  verdict: "undecided" | "supported" | "contradicted";
  sentence: string;
  weight: number;
}

export interface Best {
  number: number;
  family: string;
  score: number;
  std: number | null;
  predict_ms: number | null;
}

export interface Budget {
  seconds: number | null;
  trials: number | null;
  used_seconds: number;
  ticking: boolean;
}

export interface CardInfo {
  number: number;
  label: string;
  colour: string;
  score: string;
  facts: FactInfo[];
  settings: string[];
}

export interface ChallengeInfo {
  winner: number;
  rival: number;
  sentence: string;
  lost: string[];
  gained: string[];
}

export interface ChangeCounts {
  you: number;
  machine: number;
}

export interface Chip {
  text: string;
  detail: string;
  tone: "plain" | "warn";
}

export interface ColumnDetail {
  name: string;
  role: ColumnRole;
  reason: string;
  act: number | null;
  understood: ColumnRole;
  because: string;
  kind: string;
  missing: number;
  distinct: number;
  examples: string[];
  spread: DistributionInfo;
  relation: string;
  rates: RatesInfo;
  filling: string;
  value: number | string | null;
  encoding: string;
}

export interface ComparedSetting {
  name: string;
  label: string;
  values: Value[];
  has: boolean[];
}

export interface ComparedTrial {
  number: number;
  label: string;
  lead: string;
  folds: (number | null)[];
}

export interface Concept {
  title: string;
  text: string;
}

export interface ConstraintInfo {
  text: string;
  about: string;
  label: string;
  op: "<" | "<=" | ">" | ">=" | "in";
  limit: number | null;
  families: string[];
  hard: boolean;
  kept: number;
  broken: number;
  unknown: number;
  sentence: string;
}

export interface Counts {
  queued: number;
  running: number;
  complete: number;
  stopped: number;
  failed: number;
}

export interface Curve {
  number: number;
  points: number[][];
}

export interface DataInfo {
  sentence: string;
  notes: string[];
  target: string;
  spread: DistributionInfo;
  about: string;
  metric: string;
  rows: ColumnRow[];
  total: number;
  rest: string;
  reading: boolean;
  roles: RoleInfo[];
  transforms: TransformInfo[];
  python: string;
}

export interface DataPreview {
  title: string;
  python: string;
  sentence: string;
  leave: number;
  back: number;
  running: number;
  best_leaves: boolean;
}

export interface DataStatus {
  warnings: OpenWarnings | null;
  warnings_version: number;
  data_version: number;
}

export interface Delta {
  type: "delta";
  epoch: string;
  from: number;
  seq: number;
  rows?: TrialRow[];
  marks?: TrialMark[];
  status?: Partial<Status>;
  steering?: Partial<Steering>;
  broken?: SetChange;
  families?: FamilyInfo[];
}

export interface DifferenceInfo {
  name: string;
  label: string;
  better: "a" | "b" | "equal" | "unknown";
  text: string;
}

export interface DistributionInfo {
  kind: Spread;
  labels: string[];
  counts: number[];
  below: number;
  above: number;
  other: number;
}

export interface DivisionInfo {
  sentences: string[];
  order: string;
  ends: readonly string[];
  bins: number;
  folds: FoldBar[];
  more: string;
  metrics: MetricChoice[];
  python: string;
  split: SplitForm;
  groups: string[];
  times: string[];
  held: number;
  weights: string;
  weighting: string[];
}

export interface Ensemble {
  score: number;
  members: EnsembleMember[];
}

export interface EnsembleMember {
  number: number;
  weight: number;
}

export interface ExpectedResult {
  outcome: ExpectedOutcome;
  sentence: string;
}

export interface FactInfo {
  name: string;
  label: string;
  text: string;
}

export interface FamilyInfo {
  name: string;
  label: string;
  story: string;
  colour: string;
  baseline: boolean;
  parameters: ParameterInfo[];
}

export interface FitInfo {
  trial: number;
  fold: number;
  started: number;
  rounds: number | null;
  most: number | null;
  choosing: boolean;
}

export interface FoldBar {
  name: string;
  train: number;
  valid: number;
  runs: FoldRun[];
}

export interface FoldInfo {
  fold: number;
  score: number;
  seconds: number;
}

export interface GoalResult {
  outcome: GoalOutcome;
  sentence: string;
}

export interface GoalValue {
  outcome: GoalOutcome;
  value: string;
  interval: string;
}

export interface GoalsInfo {
  weights: Record<string, number>;
  strength: "hint" | "fair" | "strong";
}

export interface GroupInfo {
  label: string;
  rows: number;
  share: number;
  small: boolean;
  figures: ((number | null)[])[];
}

export interface HistoryRow {
  seq: number;
  time: number;
  elapsed: number;
  author: Author;
  kind: "run" | "trial" | "best" | "space" | "belief" | "preference" | "nudge" | "note" | "setting" | "result" | "data";
  text: string;
  detail: string;
  act: number | null;
  undone: boolean;
  trial: number | null;
}

export interface Holdout {
  rows: number;
  best: number;
  ensemble: number | null;
  sentence: string;
  gap: string;
  far: boolean;
  rival: string;
  newer: string;
  evaluated: string;
  delivered: string;
  goal: GoalResult | null;
  expected: ExpectedResult | null;
  models: OfferedModel[];
}

export interface IllustrationInfo {
  caption: string;
  chart: string;
  data: (Record<string, string | number | boolean>)[];
  across: string;
  up: string;
  dates: boolean;
  header: string[];
  cells: string[][];
  sets: number[];
  marked: string[];
  python: string;
}

export interface ImportanceInfo {
  family: string;
  trials: number;
  shares: Record<string, number>;
  sentence: string;
}

export interface Job {
  number: number;
  family: string;
  folds: number;
  started: number | null;
  expected: number | null;
}

export interface LabelShare {
  label: string;
  share: number;
}

export interface LabeledRow {
  row: number;
  cells: RowCell[];
  alike: AlikeRow[];
  sentence: string;
}

export interface LabelsInfo {
  sentence: string;
  suspects: SuspectInfo[];
  classes: string[];
  python: string;
}

export interface MetricChoice {
  scorer: string;
  label: string;
}

export interface MetricInfo {
  scorer: string;
  label: string;
  sign: number;
  of_target: boolean;
}

export interface Notice {
  level: "info" | "warn" | "error";
  text: string;
  remedy: string;
}

export interface NudgeAnswer {
  id: string;
  label: string;
  python: string;
}

export interface NudgeInfo {
  key: string;
  question: string;
  evidence: string;
  effect: string;
  answers: NudgeAnswer[];
  trial: number | null;
}

export interface ObjectiveInfo {
  name: string;
  label: string;
  direction: "higher" | "lower";
  unit: string;
  log: boolean;
  points: boolean;
  main: boolean;
  own: boolean;
  story: string;
  goal: number | null;
  share: number | null;
  low: number | null;
  high: number | null;
  measured: number;
  of: number;
  waiting: number;
  problem: string;
}

export interface OfferedModel {
  name: "best" | "preferred" | "ensemble" | "simpler";
  label: string;
  number: number | null;
  cv: number | null;
  std: number | null;
  score: number;
  low: number | null;
  high: number | null;
  predict_ms: number | null;
  size_mb: number | null;
  goal: GoalValue | null;
  notes: string[];
  python: string;
}

export interface OpenWarnings {
  open: number;
  severity: Severity;
  sentence: string;
  caution: string;
}

export interface PairInfo {
  a: CardInfo;
  b: CardInfo;
  differences: DifferenceInfo[];
  sentence: string;
  pictures: PictureKind[];
}

export interface ParameterInfo {
  name: string;
  label: string;
  kind: "float" | "int" | "categorical";
  low: number | null;
  high: number | null;
  log: boolean;
  choices: Value[] | null;
  default: Value;
  legal_low: number | null;
  legal_high: number | null;
  legal: Value[] | null;
}

export interface PictureInfo {
  kind: PictureKind;
  x: string;
  y: string;
  sentence: string;
  curves: Curve[];
}

export interface PreferencesInfo {
  sentence: string;
  objectives: ObjectiveInfo[];
  offered: ObjectiveInfo[];
  groups: string[];
  constraints: ConstraintInfo[];
  answers: AnswerInfo[];
  question: QuestionInfo | null;
  enough: string;
  learnt: string[];
  trades: TradeInfo[];
  certainty: number;
  preferred: number | null;
  best: number | null;
  challenge: ChallengeInfo | null;
  front: number[];
  broken: number;
  goals: GoalsInfo | null;
}

export interface QuestionInfo {
  first: number;
  second: number;
  gain: number;
  left: number;
  sentence: string;
}

export interface RangeInfo {
  name: string;
  low: number | null;
  high: number | null;
  log: boolean;
  choices: Value[] | null;
  given: boolean;
}

export interface RatesInfo {
  of: string;
  classes: string[];
  what: string;
  sentence: string;
  labels: string[];
  rows: number[];
  values: (number | null)[];
  low: (number | null)[];
  high: (number | null)[];
  overall: number;
  total: number;
  python: string;
}

export interface ReceiptInfo {
  seq: number;
  sentence: string;
  act: number | null;
  python: string;
  outside: number[] | null;
  number: number | null;
  numbers: number[];
  suggestion: Suggestion | null;
}

export interface RecentSession {
  journal: string;
  target: string;
  time: number;
  trials: number;
  seconds: number;
  ended: boolean;
}

export interface Refusal {
  message: string;
  remedy: string;
}

export interface Reply {
  type: "reply";
  id: string;
  ok: boolean;
  result?: unknown;
  error?: Refusal;
}

export interface RoleInfo {
  role: ColumnRole;
  label: string;
  story: string;
  fillings: WayInfo[];
  values: "none" | "number" | "text";
  encodings: WayInfo[];
}

export interface RowCell {
  name: string;
  text: string;
}

export interface SessionHead {
  id: string;
  name: string;
  started: string;
  target: string;
  kind: "binary" | "multiclass" | "regression";
  metric: MetricInfo;
  sentence: string;
  status: Status;
  best: string;
  caution: string;
  warnings: WarningInfo[];
  more_warnings: number;
  journal: string;
  cell: string | null;
}

export interface SessionInfo {
  id: string;
  name: string;
  started: string;
  variable: Variable;
  target: string;
  kind: "binary" | "multiclass" | "regression";
  metric: MetricInfo;
  sentence: string;
  split: string;
  folds: number;
  families: FamilyInfo[];
  workers: number;
  journal: string;
  rows: number;
  holdout_rows: number;
  classes: string[];
  goal: string;
  expectations: string;
  decided: string[];
  temporary: boolean;
}

export interface Sessions {
  type: "sessions";
  target: "hitl_widget.sidebar";
  version: number;
  sessions: SessionHead[];
}

export interface SetChange {
  added: number[];
  removed: number[];
}

export interface Setting {
  name: string;
  label: string;
  value: unknown;
  default: boolean;
}

export interface Snapshot {
  type: "snapshot";
  version: number;
  epoch: string;
  seq: number;
  session: SessionInfo;
  status: Status;
  steering: Steering;
  rows: TrialRow[];
}

export interface SpacePreview {
  title: string;
  python: string;
  sentences: string[];
  outside: number;
  back: number;
  outside_after: number[];
  of: number;
  remains: number | null;
  best_lost: boolean;
  best_after: number | null;
  running_outside: number;
}

export interface SplitForm {
  folds: number;
  repeats: number;
  groups: string;
  time: string;
  gap: string;
  made_by: string;
}

export interface Status {
  warnings: OpenWarnings | null;
  warnings_version: number;
  data_version: number;
  phase: Phase;
  headline: string;
  aside: string;
  improving: string;
  counts: Counts;
  today: Counts;
  budget: Budget;
  best: Best | null;
  baselines: Baseline[];
  ensemble: Ensemble | null;
  holdout: Holdout | null;
  notices: Notice[];
  autonomy: "user" | "cruise" | "autopilot";
  granted: number;
  jobs: Job[];
  fits: FitInfo[];
  nudges: NudgeInfo[];
  history_version: number;
  measured: string[];
  preferred: Best | null;
  preferences_version: number;
}

export interface Steering {
  sentence: string;
  chips: Chip[];
  families: string[];
  ranges: RangeInfo[];
  outside: number[];
  discarded: number[];
  annotations: AnnotationInfo[];
  broken: number[];
  other_data: number[][];
  beliefs: BeliefInfo[];
  acts: ActInfo[];
  changes: ChangeCounts;
  generation: number;
  undo: string | null;
  redo: string | null;
}

export interface Suggestion {
  config: Record<string, Value>;
  why: string;
}

export interface SuspectInfo {
  row: number;
  label: string;
  suggested: string;
  value: string | number;
  own: string | number;
  shares: LabelShare[];
  why: string;
}

export interface TradeInfo {
  give: string;
  take: string;
  known: boolean;
  confidence: number;
  sentence: string;
}

export interface TransformInfo {
  name: string;
  columns: string[];
  what: string;
}

export interface TrialComparison {
  trials: ComparedTrial[];
  best: number | null;
  folds: number[];
  settings: ComparedSetting[];
  same: number;
  python: string;
}

export interface TrialDetail {
  number: number;
  label: string;
  story: string;
  why: string;
  generation: string;
  near: number[];
  standing: string;
  objectives: FactInfo[];
  verdict: string;
  settings: Setting[];
  fitted: Setting[];
  folds: FoldInfo[];
  prepare_seconds: number;
  fit_seconds: number;
  predict_ms: number | null;
  warnings: string[];
  error: Notice | null;
  traceback: string;
  python: string;
}

export interface Variable {
  expression: string;
  setup: string;
}

export interface ViewInfo {
  name: string;
  level: "model" | "algorithm" | "search" | "comparison" | "data";
  question: string;
  sentences: string[];
  data: Record<string, (Record<string, boolean | number | string | null | Value[]>)[]>;
  charts: string[];
  notes: string[];
  concept: string;
  about: Record<string, boolean | number | string | null | Value[]>;
  options: Record<string, Value[]>;
  partial: boolean;
}

export interface ViewOffer {
  name: string;
  level: "model" | "algorithm" | "search" | "comparison" | "data";
  topic: string;
  question: string;
  ensemble: boolean;
  takes: string[];
}

export interface Views {
  offers: ViewOffer[];
  columns: string[];
  rows: number;
  concepts: Record<string, Concept>;
}

export interface WarningAnswer {
  id: string;
  label: string;
  python: string;
  acts: boolean;
}

export interface WarningInfo {
  key: string;
  severity: Severity;
  sentence: string;
  evidence: string;
  remedy: string;
  columns: string[];
  drawn: boolean;
  answers: WarningAnswer[];
  answer: string;
  holds: boolean;
}

export interface WarningsInfo {
  sentence: string;
  open: WarningInfo[];
  answered: WarningInfo[];
  looking: boolean;
}

export interface WayInfo {
  way: string;
  label: string;
}

export interface WorthInfo {
  numbers: number[];
  worth: number[];
  spread: number[];
}

/** What each message must look like; `protocol/validate.ts` reads it. */
export const SCHEMA = {
  "Value": {
    "any": [
      "boolean",
      "number",
      "string",
      "null"
    ]
  },
  "ColumnRole": {
    "enum": [
      "numeric",
      "categorical",
      "date",
      "text",
      "ignored"
    ]
  },
  "Spread": {
    "enum": [
      "numbers",
      "categories",
      "dates",
      "lengths",
      "none"
    ]
  },
  "ColumnRow": {
    "tuple": [
      "string",
      {
        "ref": "ColumnRole"
      },
      "boolean",
      "string",
      "number",
      "number",
      {
        "any": [
          "number",
          "null"
        ]
      },
      {
        "ref": "Spread"
      },
      {
        "list": "number"
      },
      "string",
      "string"
    ]
  },
  "FoldRun": {
    "tuple": [
      "number",
      "number",
      "number",
      "number",
      "number"
    ]
  },
  "PictureKind": {
    "enum": [
      "roc",
      "calibration",
      "residuals"
    ]
  },
  "Phase": {
    "enum": [
      "ready",
      "running",
      "paused",
      "finishing",
      "finished",
      "failed"
    ]
  },
  "ExpectedOutcome": {
    "enum": [
      "as_expected",
      "better",
      "worse"
    ]
  },
  "GoalOutcome": {
    "enum": [
      "reached",
      "likely",
      "unlikely",
      "missed"
    ]
  },
  "Author": {
    "enum": [
      "you",
      "machine"
    ]
  },
  "State": {
    "enum": [
      "queued",
      "running",
      "complete",
      "stopped",
      "failed"
    ]
  },
  "Origin": {
    "enum": [
      "baseline",
      "start",
      "sampler",
      "belief",
      "nudge",
      "own",
      "edit",
      "grid"
    ]
  },
  "TrialRow": {
    "tuple": [
      "number",
      {
        "ref": "State"
      },
      "string",
      {
        "any": [
          "number",
          "null"
        ]
      },
      {
        "any": [
          "number",
          "null"
        ]
      },
      "number",
      "number",
      {
        "any": [
          "number",
          "null"
        ]
      },
      {
        "ref": "Author"
      },
      {
        "ref": "Origin"
      },
      {
        "any": [
          "number",
          "null"
        ]
      },
      "number",
      {
        "list": {
          "ref": "Value"
        }
      },
      {
        "list": {
          "any": [
            "number",
            "null"
          ]
        }
      }
    ]
  },
  "TrialMark": {
    "tuple": [
      "number",
      {
        "ref": "State"
      },
      {
        "any": [
          "number",
          "null"
        ]
      },
      {
        "any": [
          "number",
          "null"
        ]
      },
      "number",
      "number",
      {
        "any": [
          "number",
          "null"
        ]
      },
      {
        "list": {
          "any": [
            "number",
            "null"
          ]
        }
      }
    ]
  },
  "Severity": {
    "enum": [
      "high",
      "medium",
      "low"
    ]
  },
  "ActInfo": {
    "object": {
      "number": "number",
      "author": {
        "ref": "Author"
      },
      "kind": {
        "enum": [
          "space",
          "learner",
          "belief",
          "discard",
          "annotate",
          "objective",
          "constraint",
          "answer",
          "goal",
          "data",
          "metric",
          "rows",
          "labels",
          "target",
          "undo"
        ]
      },
      "title": "string",
      "why": "string",
      "effect": "string",
      "change": "boolean",
      "first": "number",
      "gain": "string",
      "tone": {
        "enum": [
          "better",
          "worse",
          "none"
        ]
      },
      "elapsed": "number",
      "undone": "boolean"
    }
  },
  "AlikeRow": {
    "object": {
      "row": "number",
      "label": "string",
      "cells": {
        "list": "string"
      }
    }
  },
  "AnnotationInfo": {
    "object": {
      "number": "number",
      "tags": {
        "list": "string"
      },
      "note": "string"
    }
  },
  "AnswerInfo": {
    "object": {
      "first": "number",
      "second": "number",
      "answer": {
        "enum": [
          "a",
          "b",
          "equal",
          "skip"
        ]
      },
      "act": {
        "any": [
          "number",
          "null"
        ]
      },
      "sentence": "string",
      "doubt": "string"
    }
  },
  "AuditInfo": {
    "object": {
      "column": "string",
      "number": "number",
      "figures": {
        "list": "string"
      },
      "groups": {
        "list": {
          "ref": "GroupInfo"
        }
      },
      "sentence": "string",
      "notes": {
        "list": "string"
      }
    }
  },
  "Baseline": {
    "object": {
      "number": "number",
      "label": "string",
      "score": "number",
      "std": {
        "any": [
          "number",
          "null"
        ]
      }
    }
  },
  "BeliefInfo": {
    "object": {
      "about": "string",
      "label": "string",
      "around": {
        "any": [
          "number",
          "null"
        ]
      },
      "low": {
        "any": [
          "number",
          "null"
        ]
      },
      "high": {
        "any": [
          "number",
          "null"
        ]
      },
      "likely": {
        "list": {
          "ref": "Value"
        }
      },
      "strength": {
        "enum": [
          "hint",
          "fair",
          "strong"
        ]
      },
      "verdict": {
        "enum": [
          "undecided",
          "supported",
          "contradicted"
        ]
      },
      "sentence": "string",
      "weight": "number"
    }
  },
  "Best": {
    "object": {
      "number": "number",
      "family": "string",
      "score": "number",
      "std": {
        "any": [
          "number",
          "null"
        ]
      },
      "predict_ms": {
        "any": [
          "number",
          "null"
        ]
      }
    }
  },
  "Budget": {
    "object": {
      "seconds": {
        "any": [
          "number",
          "null"
        ]
      },
      "trials": {
        "any": [
          "number",
          "null"
        ]
      },
      "used_seconds": "number",
      "ticking": "boolean"
    }
  },
  "CardInfo": {
    "object": {
      "number": "number",
      "label": "string",
      "colour": "string",
      "score": "string",
      "facts": {
        "list": {
          "ref": "FactInfo"
        }
      },
      "settings": {
        "list": "string"
      }
    }
  },
  "ChallengeInfo": {
    "object": {
      "winner": "number",
      "rival": "number",
      "sentence": "string",
      "lost": {
        "list": "string"
      },
      "gained": {
        "list": "string"
      }
    }
  },
  "ChangeCounts": {
    "object": {
      "you": "number",
      "machine": "number"
    }
  },
  "Chip": {
    "object": {
      "text": "string",
      "detail": "string",
      "tone": {
        "enum": [
          "plain",
          "warn"
        ]
      }
    }
  },
  "ColumnDetail": {
    "object": {
      "name": "string",
      "role": {
        "ref": "ColumnRole"
      },
      "reason": "string",
      "act": {
        "any": [
          "number",
          "null"
        ]
      },
      "understood": {
        "ref": "ColumnRole"
      },
      "because": "string",
      "kind": "string",
      "missing": "number",
      "distinct": "number",
      "examples": {
        "list": "string"
      },
      "spread": {
        "ref": "DistributionInfo"
      },
      "relation": "string",
      "rates": {
        "ref": "RatesInfo"
      },
      "filling": "string",
      "value": {
        "any": [
          "number",
          "string",
          "null"
        ]
      },
      "encoding": "string"
    }
  },
  "ComparedSetting": {
    "object": {
      "name": "string",
      "label": "string",
      "values": {
        "list": {
          "ref": "Value"
        }
      },
      "has": {
        "list": "boolean"
      }
    }
  },
  "ComparedTrial": {
    "object": {
      "number": "number",
      "label": "string",
      "lead": "string",
      "folds": {
        "list": {
          "any": [
            "number",
            "null"
          ]
        }
      }
    }
  },
  "Concept": {
    "object": {
      "title": "string",
      "text": "string"
    }
  },
  "ConstraintInfo": {
    "object": {
      "text": "string",
      "about": "string",
      "label": "string",
      "op": {
        "enum": [
          "<",
          "<=",
          ">",
          ">=",
          "in"
        ]
      },
      "limit": {
        "any": [
          "number",
          "null"
        ]
      },
      "families": {
        "list": "string"
      },
      "hard": "boolean",
      "kept": "number",
      "broken": "number",
      "unknown": "number",
      "sentence": "string"
    }
  },
  "Counts": {
    "object": {
      "queued": "number",
      "running": "number",
      "complete": "number",
      "stopped": "number",
      "failed": "number"
    }
  },
  "Curve": {
    "object": {
      "number": "number",
      "points": {
        "list": {
          "list": "number"
        }
      }
    }
  },
  "DataInfo": {
    "object": {
      "sentence": "string",
      "notes": {
        "list": "string"
      },
      "target": "string",
      "spread": {
        "ref": "DistributionInfo"
      },
      "about": "string",
      "metric": "string",
      "rows": {
        "list": {
          "ref": "ColumnRow"
        }
      },
      "total": "number",
      "rest": "string",
      "reading": "boolean",
      "roles": {
        "list": {
          "ref": "RoleInfo"
        }
      },
      "transforms": {
        "list": {
          "ref": "TransformInfo"
        }
      },
      "python": "string"
    }
  },
  "DataPreview": {
    "object": {
      "title": "string",
      "python": "string",
      "sentence": "string",
      "leave": "number",
      "back": "number",
      "running": "number",
      "best_leaves": "boolean"
    }
  },
  "DataStatus": {
    "object": {
      "warnings": {
        "any": [
          {
            "ref": "OpenWarnings"
          },
          "null"
        ]
      },
      "warnings_version": "number",
      "data_version": "number"
    }
  },
  "Delta": {
    "object": {
      "type": {
        "enum": [
          "delta"
        ]
      },
      "epoch": "string",
      "from": "number",
      "seq": "number",
      "rows": {
        "optional": {
          "list": {
            "ref": "TrialRow"
          }
        }
      },
      "marks": {
        "optional": {
          "list": {
            "ref": "TrialMark"
          }
        }
      },
      "status": {
        "optional": {
          "part": "Status"
        }
      },
      "steering": {
        "optional": {
          "part": "Steering"
        }
      },
      "broken": {
        "optional": {
          "ref": "SetChange"
        }
      },
      "families": {
        "optional": {
          "list": {
            "ref": "FamilyInfo"
          }
        }
      }
    }
  },
  "DifferenceInfo": {
    "object": {
      "name": "string",
      "label": "string",
      "better": {
        "enum": [
          "a",
          "b",
          "equal",
          "unknown"
        ]
      },
      "text": "string"
    }
  },
  "DistributionInfo": {
    "object": {
      "kind": {
        "ref": "Spread"
      },
      "labels": {
        "list": "string"
      },
      "counts": {
        "list": "number"
      },
      "below": "number",
      "above": "number",
      "other": "number"
    }
  },
  "DivisionInfo": {
    "object": {
      "sentences": {
        "list": "string"
      },
      "order": "string",
      "ends": {
        "tuple": [
          "string",
          "string"
        ]
      },
      "bins": "number",
      "folds": {
        "list": {
          "ref": "FoldBar"
        }
      },
      "more": "string",
      "metrics": {
        "list": {
          "ref": "MetricChoice"
        }
      },
      "python": "string",
      "split": {
        "ref": "SplitForm"
      },
      "groups": {
        "list": "string"
      },
      "times": {
        "list": "string"
      },
      "held": "number",
      "weights": "string",
      "weighting": {
        "list": "string"
      }
    }
  },
  "Ensemble": {
    "object": {
      "score": "number",
      "members": {
        "list": {
          "ref": "EnsembleMember"
        }
      }
    }
  },
  "EnsembleMember": {
    "object": {
      "number": "number",
      "weight": "number"
    }
  },
  "ExpectedResult": {
    "object": {
      "outcome": {
        "ref": "ExpectedOutcome"
      },
      "sentence": "string"
    }
  },
  "FactInfo": {
    "object": {
      "name": "string",
      "label": "string",
      "text": "string"
    }
  },
  "FamilyInfo": {
    "object": {
      "name": "string",
      "label": "string",
      "story": "string",
      "colour": "string",
      "baseline": "boolean",
      "parameters": {
        "list": {
          "ref": "ParameterInfo"
        }
      }
    }
  },
  "FitInfo": {
    "object": {
      "trial": "number",
      "fold": "number",
      "started": "number",
      "rounds": {
        "any": [
          "number",
          "null"
        ]
      },
      "most": {
        "any": [
          "number",
          "null"
        ]
      },
      "choosing": "boolean"
    }
  },
  "FoldBar": {
    "object": {
      "name": "string",
      "train": "number",
      "valid": "number",
      "runs": {
        "list": {
          "ref": "FoldRun"
        }
      }
    }
  },
  "FoldInfo": {
    "object": {
      "fold": "number",
      "score": "number",
      "seconds": "number"
    }
  },
  "GoalResult": {
    "object": {
      "outcome": {
        "ref": "GoalOutcome"
      },
      "sentence": "string"
    }
  },
  "GoalValue": {
    "object": {
      "outcome": {
        "ref": "GoalOutcome"
      },
      "value": "string",
      "interval": "string"
    }
  },
  "GoalsInfo": {
    "object": {
      "weights": {
        "map": "number"
      },
      "strength": {
        "enum": [
          "hint",
          "fair",
          "strong"
        ]
      }
    }
  },
  "GroupInfo": {
    "object": {
      "label": "string",
      "rows": "number",
      "share": "number",
      "small": "boolean",
      "figures": {
        "list": {
          "list": {
            "any": [
              "number",
              "null"
            ]
          }
        }
      }
    }
  },
  "HistoryRow": {
    "object": {
      "seq": "number",
      "time": "number",
      "elapsed": "number",
      "author": {
        "ref": "Author"
      },
      "kind": {
        "enum": [
          "run",
          "trial",
          "best",
          "space",
          "belief",
          "preference",
          "nudge",
          "note",
          "setting",
          "result",
          "data"
        ]
      },
      "text": "string",
      "detail": "string",
      "act": {
        "any": [
          "number",
          "null"
        ]
      },
      "undone": "boolean",
      "trial": {
        "any": [
          "number",
          "null"
        ]
      }
    }
  },
  "Holdout": {
    "object": {
      "rows": "number",
      "best": "number",
      "ensemble": {
        "any": [
          "number",
          "null"
        ]
      },
      "sentence": "string",
      "gap": "string",
      "far": "boolean",
      "rival": "string",
      "newer": "string",
      "evaluated": "string",
      "delivered": "string",
      "goal": {
        "any": [
          {
            "ref": "GoalResult"
          },
          "null"
        ]
      },
      "expected": {
        "any": [
          {
            "ref": "ExpectedResult"
          },
          "null"
        ]
      },
      "models": {
        "list": {
          "ref": "OfferedModel"
        }
      }
    }
  },
  "IllustrationInfo": {
    "object": {
      "caption": "string",
      "chart": "string",
      "data": {
        "list": {
          "map": {
            "any": [
              "string",
              "number",
              "boolean"
            ]
          }
        }
      },
      "across": "string",
      "up": "string",
      "dates": "boolean",
      "header": {
        "list": "string"
      },
      "cells": {
        "list": {
          "list": "string"
        }
      },
      "sets": {
        "list": "number"
      },
      "marked": {
        "list": "string"
      },
      "python": "string"
    }
  },
  "ImportanceInfo": {
    "object": {
      "family": "string",
      "trials": "number",
      "shares": {
        "map": "number"
      },
      "sentence": "string"
    }
  },
  "Job": {
    "object": {
      "number": "number",
      "family": "string",
      "folds": "number",
      "started": {
        "any": [
          "number",
          "null"
        ]
      },
      "expected": {
        "any": [
          "number",
          "null"
        ]
      }
    }
  },
  "LabelShare": {
    "object": {
      "label": "string",
      "share": "number"
    }
  },
  "LabeledRow": {
    "object": {
      "row": "number",
      "cells": {
        "list": {
          "ref": "RowCell"
        }
      },
      "alike": {
        "list": {
          "ref": "AlikeRow"
        }
      },
      "sentence": "string"
    }
  },
  "LabelsInfo": {
    "object": {
      "sentence": "string",
      "suspects": {
        "list": {
          "ref": "SuspectInfo"
        }
      },
      "classes": {
        "list": "string"
      },
      "python": "string"
    }
  },
  "MetricChoice": {
    "object": {
      "scorer": "string",
      "label": "string"
    }
  },
  "MetricInfo": {
    "object": {
      "scorer": "string",
      "label": "string",
      "sign": "number",
      "of_target": "boolean"
    }
  },
  "Notice": {
    "object": {
      "level": {
        "enum": [
          "info",
          "warn",
          "error"
        ]
      },
      "text": "string",
      "remedy": "string"
    }
  },
  "NudgeAnswer": {
    "object": {
      "id": "string",
      "label": "string",
      "python": "string"
    }
  },
  "NudgeInfo": {
    "object": {
      "key": "string",
      "question": "string",
      "evidence": "string",
      "effect": "string",
      "answers": {
        "list": {
          "ref": "NudgeAnswer"
        }
      },
      "trial": {
        "any": [
          "number",
          "null"
        ]
      }
    }
  },
  "ObjectiveInfo": {
    "object": {
      "name": "string",
      "label": "string",
      "direction": {
        "enum": [
          "higher",
          "lower"
        ]
      },
      "unit": "string",
      "log": "boolean",
      "points": "boolean",
      "main": "boolean",
      "own": "boolean",
      "story": "string",
      "goal": {
        "any": [
          "number",
          "null"
        ]
      },
      "share": {
        "any": [
          "number",
          "null"
        ]
      },
      "low": {
        "any": [
          "number",
          "null"
        ]
      },
      "high": {
        "any": [
          "number",
          "null"
        ]
      },
      "measured": "number",
      "of": "number",
      "waiting": "number",
      "problem": "string"
    }
  },
  "OfferedModel": {
    "object": {
      "name": {
        "enum": [
          "best",
          "preferred",
          "ensemble",
          "simpler"
        ]
      },
      "label": "string",
      "number": {
        "any": [
          "number",
          "null"
        ]
      },
      "cv": {
        "any": [
          "number",
          "null"
        ]
      },
      "std": {
        "any": [
          "number",
          "null"
        ]
      },
      "score": "number",
      "low": {
        "any": [
          "number",
          "null"
        ]
      },
      "high": {
        "any": [
          "number",
          "null"
        ]
      },
      "predict_ms": {
        "any": [
          "number",
          "null"
        ]
      },
      "size_mb": {
        "any": [
          "number",
          "null"
        ]
      },
      "goal": {
        "any": [
          {
            "ref": "GoalValue"
          },
          "null"
        ]
      },
      "notes": {
        "list": "string"
      },
      "python": "string"
    }
  },
  "OpenWarnings": {
    "object": {
      "open": "number",
      "severity": {
        "ref": "Severity"
      },
      "sentence": "string",
      "caution": "string"
    }
  },
  "PairInfo": {
    "object": {
      "a": {
        "ref": "CardInfo"
      },
      "b": {
        "ref": "CardInfo"
      },
      "differences": {
        "list": {
          "ref": "DifferenceInfo"
        }
      },
      "sentence": "string",
      "pictures": {
        "list": {
          "ref": "PictureKind"
        }
      }
    }
  },
  "ParameterInfo": {
    "object": {
      "name": "string",
      "label": "string",
      "kind": {
        "enum": [
          "float",
          "int",
          "categorical"
        ]
      },
      "low": {
        "any": [
          "number",
          "null"
        ]
      },
      "high": {
        "any": [
          "number",
          "null"
        ]
      },
      "log": "boolean",
      "choices": {
        "any": [
          {
            "list": {
              "ref": "Value"
            }
          },
          "null"
        ]
      },
      "default": {
        "ref": "Value"
      },
      "legal_low": {
        "any": [
          "number",
          "null"
        ]
      },
      "legal_high": {
        "any": [
          "number",
          "null"
        ]
      },
      "legal": {
        "any": [
          {
            "list": {
              "ref": "Value"
            }
          },
          "null"
        ]
      }
    }
  },
  "PictureInfo": {
    "object": {
      "kind": {
        "ref": "PictureKind"
      },
      "x": "string",
      "y": "string",
      "sentence": "string",
      "curves": {
        "list": {
          "ref": "Curve"
        }
      }
    }
  },
  "PreferencesInfo": {
    "object": {
      "sentence": "string",
      "objectives": {
        "list": {
          "ref": "ObjectiveInfo"
        }
      },
      "offered": {
        "list": {
          "ref": "ObjectiveInfo"
        }
      },
      "groups": {
        "list": "string"
      },
      "constraints": {
        "list": {
          "ref": "ConstraintInfo"
        }
      },
      "answers": {
        "list": {
          "ref": "AnswerInfo"
        }
      },
      "question": {
        "any": [
          {
            "ref": "QuestionInfo"
          },
          "null"
        ]
      },
      "enough": "string",
      "learnt": {
        "list": "string"
      },
      "trades": {
        "list": {
          "ref": "TradeInfo"
        }
      },
      "certainty": "number",
      "preferred": {
        "any": [
          "number",
          "null"
        ]
      },
      "best": {
        "any": [
          "number",
          "null"
        ]
      },
      "challenge": {
        "any": [
          {
            "ref": "ChallengeInfo"
          },
          "null"
        ]
      },
      "front": {
        "list": "number"
      },
      "broken": "number",
      "goals": {
        "any": [
          {
            "ref": "GoalsInfo"
          },
          "null"
        ]
      }
    }
  },
  "QuestionInfo": {
    "object": {
      "first": "number",
      "second": "number",
      "gain": "number",
      "left": "number",
      "sentence": "string"
    }
  },
  "RangeInfo": {
    "object": {
      "name": "string",
      "low": {
        "any": [
          "number",
          "null"
        ]
      },
      "high": {
        "any": [
          "number",
          "null"
        ]
      },
      "log": "boolean",
      "choices": {
        "any": [
          {
            "list": {
              "ref": "Value"
            }
          },
          "null"
        ]
      },
      "given": "boolean"
    }
  },
  "RatesInfo": {
    "object": {
      "of": "string",
      "classes": {
        "list": "string"
      },
      "what": "string",
      "sentence": "string",
      "labels": {
        "list": "string"
      },
      "rows": {
        "list": "number"
      },
      "values": {
        "list": {
          "any": [
            "number",
            "null"
          ]
        }
      },
      "low": {
        "list": {
          "any": [
            "number",
            "null"
          ]
        }
      },
      "high": {
        "list": {
          "any": [
            "number",
            "null"
          ]
        }
      },
      "overall": "number",
      "total": "number",
      "python": "string"
    }
  },
  "ReceiptInfo": {
    "object": {
      "seq": "number",
      "sentence": "string",
      "act": {
        "any": [
          "number",
          "null"
        ]
      },
      "python": "string",
      "outside": {
        "any": [
          {
            "list": "number"
          },
          "null"
        ]
      },
      "number": {
        "any": [
          "number",
          "null"
        ]
      },
      "numbers": {
        "list": "number"
      },
      "suggestion": {
        "any": [
          {
            "ref": "Suggestion"
          },
          "null"
        ]
      }
    }
  },
  "RecentSession": {
    "object": {
      "journal": "string",
      "target": "string",
      "time": "number",
      "trials": "number",
      "seconds": "number",
      "ended": "boolean"
    }
  },
  "Refusal": {
    "object": {
      "message": "string",
      "remedy": "string"
    }
  },
  "Reply": {
    "object": {
      "type": {
        "enum": [
          "reply"
        ]
      },
      "id": "string",
      "ok": "boolean",
      "result": {
        "optional": "any"
      },
      "error": {
        "optional": {
          "ref": "Refusal"
        }
      }
    }
  },
  "RoleInfo": {
    "object": {
      "role": {
        "ref": "ColumnRole"
      },
      "label": "string",
      "story": "string",
      "fillings": {
        "list": {
          "ref": "WayInfo"
        }
      },
      "values": {
        "enum": [
          "none",
          "number",
          "text"
        ]
      },
      "encodings": {
        "list": {
          "ref": "WayInfo"
        }
      }
    }
  },
  "RowCell": {
    "object": {
      "name": "string",
      "text": "string"
    }
  },
  "SessionHead": {
    "object": {
      "id": "string",
      "name": "string",
      "started": "string",
      "target": "string",
      "kind": {
        "enum": [
          "binary",
          "multiclass",
          "regression"
        ]
      },
      "metric": {
        "ref": "MetricInfo"
      },
      "sentence": "string",
      "status": {
        "ref": "Status"
      },
      "best": "string",
      "caution": "string",
      "warnings": {
        "list": {
          "ref": "WarningInfo"
        }
      },
      "more_warnings": "number",
      "journal": "string",
      "cell": {
        "any": [
          "string",
          "null"
        ]
      }
    }
  },
  "SessionInfo": {
    "object": {
      "id": "string",
      "name": "string",
      "started": "string",
      "variable": {
        "ref": "Variable"
      },
      "target": "string",
      "kind": {
        "enum": [
          "binary",
          "multiclass",
          "regression"
        ]
      },
      "metric": {
        "ref": "MetricInfo"
      },
      "sentence": "string",
      "split": "string",
      "folds": "number",
      "families": {
        "list": {
          "ref": "FamilyInfo"
        }
      },
      "workers": "number",
      "journal": "string",
      "rows": "number",
      "holdout_rows": "number",
      "classes": {
        "list": "string"
      },
      "goal": "string",
      "expectations": "string",
      "decided": {
        "list": "string"
      },
      "temporary": "boolean"
    }
  },
  "Sessions": {
    "object": {
      "type": {
        "enum": [
          "sessions"
        ]
      },
      "target": {
        "enum": [
          "hitl_widget.sidebar"
        ]
      },
      "version": "number",
      "sessions": {
        "list": {
          "ref": "SessionHead"
        }
      }
    }
  },
  "SetChange": {
    "object": {
      "added": {
        "list": "number"
      },
      "removed": {
        "list": "number"
      }
    }
  },
  "Setting": {
    "object": {
      "name": "string",
      "label": "string",
      "value": "any",
      "default": "boolean"
    }
  },
  "Snapshot": {
    "object": {
      "type": {
        "enum": [
          "snapshot"
        ]
      },
      "version": "number",
      "epoch": "string",
      "seq": "number",
      "session": {
        "ref": "SessionInfo"
      },
      "status": {
        "ref": "Status"
      },
      "steering": {
        "ref": "Steering"
      },
      "rows": {
        "list": {
          "ref": "TrialRow"
        }
      }
    }
  },
  "SpacePreview": {
    "object": {
      "title": "string",
      "python": "string",
      "sentences": {
        "list": "string"
      },
      "outside": "number",
      "back": "number",
      "outside_after": {
        "list": "number"
      },
      "of": "number",
      "remains": {
        "any": [
          "number",
          "null"
        ]
      },
      "best_lost": "boolean",
      "best_after": {
        "any": [
          "number",
          "null"
        ]
      },
      "running_outside": "number"
    }
  },
  "SplitForm": {
    "object": {
      "folds": "number",
      "repeats": "number",
      "groups": "string",
      "time": "string",
      "gap": "string",
      "made_by": "string"
    }
  },
  "Status": {
    "object": {
      "warnings": {
        "any": [
          {
            "ref": "OpenWarnings"
          },
          "null"
        ]
      },
      "warnings_version": "number",
      "data_version": "number",
      "phase": {
        "ref": "Phase"
      },
      "headline": "string",
      "aside": "string",
      "improving": "string",
      "counts": {
        "ref": "Counts"
      },
      "today": {
        "ref": "Counts"
      },
      "budget": {
        "ref": "Budget"
      },
      "best": {
        "any": [
          {
            "ref": "Best"
          },
          "null"
        ]
      },
      "baselines": {
        "list": {
          "ref": "Baseline"
        }
      },
      "ensemble": {
        "any": [
          {
            "ref": "Ensemble"
          },
          "null"
        ]
      },
      "holdout": {
        "any": [
          {
            "ref": "Holdout"
          },
          "null"
        ]
      },
      "notices": {
        "list": {
          "ref": "Notice"
        }
      },
      "autonomy": {
        "enum": [
          "user",
          "cruise",
          "autopilot"
        ]
      },
      "granted": "number",
      "jobs": {
        "list": {
          "ref": "Job"
        }
      },
      "fits": {
        "list": {
          "ref": "FitInfo"
        }
      },
      "nudges": {
        "list": {
          "ref": "NudgeInfo"
        }
      },
      "history_version": "number",
      "measured": {
        "list": "string"
      },
      "preferred": {
        "any": [
          {
            "ref": "Best"
          },
          "null"
        ]
      },
      "preferences_version": "number"
    }
  },
  "Steering": {
    "object": {
      "sentence": "string",
      "chips": {
        "list": {
          "ref": "Chip"
        }
      },
      "families": {
        "list": "string"
      },
      "ranges": {
        "list": {
          "ref": "RangeInfo"
        }
      },
      "outside": {
        "list": "number"
      },
      "discarded": {
        "list": "number"
      },
      "annotations": {
        "list": {
          "ref": "AnnotationInfo"
        }
      },
      "broken": {
        "list": "number"
      },
      "other_data": {
        "list": {
          "list": "number"
        }
      },
      "beliefs": {
        "list": {
          "ref": "BeliefInfo"
        }
      },
      "acts": {
        "list": {
          "ref": "ActInfo"
        }
      },
      "changes": {
        "ref": "ChangeCounts"
      },
      "generation": "number",
      "undo": {
        "any": [
          "string",
          "null"
        ]
      },
      "redo": {
        "any": [
          "string",
          "null"
        ]
      }
    }
  },
  "Suggestion": {
    "object": {
      "config": {
        "map": {
          "ref": "Value"
        }
      },
      "why": "string"
    }
  },
  "SuspectInfo": {
    "object": {
      "row": "number",
      "label": "string",
      "suggested": "string",
      "value": {
        "any": [
          "string",
          "number"
        ]
      },
      "own": {
        "any": [
          "string",
          "number"
        ]
      },
      "shares": {
        "list": {
          "ref": "LabelShare"
        }
      },
      "why": "string"
    }
  },
  "TradeInfo": {
    "object": {
      "give": "string",
      "take": "string",
      "known": "boolean",
      "confidence": "number",
      "sentence": "string"
    }
  },
  "TransformInfo": {
    "object": {
      "name": "string",
      "columns": {
        "list": "string"
      },
      "what": "string"
    }
  },
  "TrialComparison": {
    "object": {
      "trials": {
        "list": {
          "ref": "ComparedTrial"
        }
      },
      "best": {
        "any": [
          "number",
          "null"
        ]
      },
      "folds": {
        "list": "number"
      },
      "settings": {
        "list": {
          "ref": "ComparedSetting"
        }
      },
      "same": "number",
      "python": "string"
    }
  },
  "TrialDetail": {
    "object": {
      "number": "number",
      "label": "string",
      "story": "string",
      "why": "string",
      "generation": "string",
      "near": {
        "list": "number"
      },
      "standing": "string",
      "objectives": {
        "list": {
          "ref": "FactInfo"
        }
      },
      "verdict": "string",
      "settings": {
        "list": {
          "ref": "Setting"
        }
      },
      "fitted": {
        "list": {
          "ref": "Setting"
        }
      },
      "folds": {
        "list": {
          "ref": "FoldInfo"
        }
      },
      "prepare_seconds": "number",
      "fit_seconds": "number",
      "predict_ms": {
        "any": [
          "number",
          "null"
        ]
      },
      "warnings": {
        "list": "string"
      },
      "error": {
        "any": [
          {
            "ref": "Notice"
          },
          "null"
        ]
      },
      "traceback": "string",
      "python": "string"
    }
  },
  "Variable": {
    "object": {
      "expression": "string",
      "setup": "string"
    }
  },
  "ViewInfo": {
    "object": {
      "name": "string",
      "level": {
        "enum": [
          "model",
          "algorithm",
          "search",
          "comparison",
          "data"
        ]
      },
      "question": "string",
      "sentences": {
        "list": "string"
      },
      "data": {
        "map": {
          "list": {
            "map": {
              "any": [
                "boolean",
                "number",
                "string",
                "null",
                {
                  "list": {
                    "ref": "Value"
                  }
                }
              ]
            }
          }
        }
      },
      "charts": {
        "list": "string"
      },
      "notes": {
        "list": "string"
      },
      "concept": "string",
      "about": {
        "map": {
          "any": [
            "boolean",
            "number",
            "string",
            "null",
            {
              "list": {
                "ref": "Value"
              }
            }
          ]
        }
      },
      "options": {
        "map": {
          "list": {
            "ref": "Value"
          }
        }
      },
      "partial": "boolean"
    }
  },
  "ViewOffer": {
    "object": {
      "name": "string",
      "level": {
        "enum": [
          "model",
          "algorithm",
          "search",
          "comparison",
          "data"
        ]
      },
      "topic": "string",
      "question": "string",
      "ensemble": "boolean",
      "takes": {
        "list": "string"
      }
    }
  },
  "Views": {
    "object": {
      "offers": {
        "list": {
          "ref": "ViewOffer"
        }
      },
      "columns": {
        "list": "string"
      },
      "rows": "number",
      "concepts": {
        "map": {
          "ref": "Concept"
        }
      }
    }
  },
  "WarningAnswer": {
    "object": {
      "id": "string",
      "label": "string",
      "python": "string",
      "acts": "boolean"
    }
  },
  "WarningInfo": {
    "object": {
      "key": "string",
      "severity": {
        "ref": "Severity"
      },
      "sentence": "string",
      "evidence": "string",
      "remedy": "string",
      "columns": {
        "list": "string"
      },
      "drawn": "boolean",
      "answers": {
        "list": {
          "ref": "WarningAnswer"
        }
      },
      "answer": "string",
      "holds": "boolean"
    }
  },
  "WarningsInfo": {
    "object": {
      "sentence": "string",
      "open": {
        "list": {
          "ref": "WarningInfo"
        }
      },
      "answered": {
        "list": {
          "ref": "WarningInfo"
        }
      },
      "looking": "boolean"
    }
  },
  "WayInfo": {
    "object": {
      "way": "string",
      "label": "string"
    }
  },
  "WorthInfo": {
    "object": {
      "numbers": {
        "list": "number"
      },
      "worth": {
        "list": "number"
      },
      "spread": {
        "list": "number"
      }
    }
  }
} as const;
