// Generated from Python by `npm run generate`. Do not edit.

/** A value of a hyperparameter. */
export type Value = boolean | number | string | null;

export type Strength = "hint" | "fair" | "strong";

export type Role = "numeric" | "categorical" | "date" | "text" | "ignored";

export interface FilledWith {
  value: string | number;
}

export type Autonomy = "user" | "cruise" | "autopilot";

export type Judgement = "a" | "b" | "equal" | "skip";

export interface ChangeParts {
  low?: number;
  high?: number;
  log?: boolean;
  fix?: Value;
  choices?: Value[];
  add?: Value[];
  remove?: Value[];
}

export interface AnswerNudgeCommand {
  type: "answer_nudge";
  key: string;
  answer: string;
}

export interface AnswerWarningCommand {
  type: "answer_warning";
  key: string;
  answer: string;
}

export interface BelieveCommand {
  type: "believe";
  about: string;
  around: number | null;
  spread: number;
  likely: readonly Value[];
  strength: Strength;
}

export interface WithdrawCommand {
  type: "withdraw";
  about: string;
}

export interface ChangeDataCommand {
  type: "change_data";
  roles: Readonly<Record<string, Role | "auto">>;
  filling: Readonly<Record<string, string | FilledWith>>;
  encoding: Readonly<Record<string, string>>;
  running: "finish" | "cancel";
  missing: Readonly<Record<string, readonly (string | number)[]>>;
}

export interface RemoveTransformCommand {
  type: "remove_transform";
  name: string;
}

export interface SetMetricCommand {
  type: "set_metric";
  metric: string;
}

export interface StartCommand {
  type: "start";
}

export interface PauseCommand {
  type: "pause";
}

export interface ResumeCommand {
  type: "resume";
}

export interface StopCommand {
  type: "stop";
}

export interface SetBudgetCommand {
  type: "set_budget";
  seconds: number | null;
  trials: number | null;
}

export interface SetAutonomyCommand {
  type: "set_autonomy";
  level: Autonomy;
}

export interface NoteCommand {
  type: "note";
  text: string;
}

export interface SetObjectivesCommand {
  type: "set_objectives";
  names: readonly string[];
}

export interface AddObjectiveCommand {
  type: "add_objective";
  name: string;
  label: string;
  direction: "higher" | "lower";
  unit: string;
  matrix: readonly (readonly number[])[];
}

export interface RequireCommand {
  type: "require";
  text: string;
  hard: boolean;
}

export interface RelaxCommand {
  type: "relax";
  text: string;
}

export interface PreferCommand {
  type: "prefer";
  first: number;
  second: number;
  answer: Judgement;
}

export interface SetGoalsCommand {
  type: "set_goals";
  weights: Readonly<Record<string, number>>;
  strength: Strength;
}

export interface SetSplitCommand {
  type: "set_split";
  cv: number | null;
  repeats: number;
  groups: string | null;
  time: string | null;
  gap: string | number | null;
  holdout: number | null;
}

export interface SetWeightsCommand {
  type: "set_weights";
  column: string | null;
}

export interface SetTargetCommand {
  type: "set_target";
  column: string;
  metric: string | null;
  positive: string | number | boolean | null;
}

export interface DropRowsCommand {
  type: "drop_rows";
  rule: string;
}

export interface RelabelCommand {
  type: "relabel";
  rows: readonly number[];
  labels: readonly (string | number)[];
}

export interface EditCommand {
  type: "edit";
  changes: Readonly<Record<string, boolean | number | string | null | Value[] | ChangeParts>>;
  include: readonly string[];
  exclude: readonly string[];
  running: "finish" | "cancel";
}

export interface SetBalanceCommand {
  type: "set_balance";
  ways: readonly string[];
}

export interface ProposeCommand {
  type: "propose";
  config: Readonly<Record<string, Value>>;
  parent: number | null;
}

export interface CancelCommand {
  type: "cancel";
  number: number;
}

export interface GridCommand {
  type: "grid";
  config: Readonly<Record<string, Value>>;
  parameter: string;
  values: readonly Value[];
  parent: number | null;
}

export interface BatchCommand {
  type: "batch";
  count: number;
}

export interface SuggestCommand {
  type: "suggest";
}

export interface DiscardCommand {
  type: "discard";
  number: number;
}

export interface RestoreCommand {
  type: "restore";
  number: number;
}

export interface AnnotateCommand {
  type: "annotate";
  number: number;
  tags: readonly string[];
  note: string;
}

export interface UndoCommand {
  type: "undo";
  act: number | null;
}

export interface RedoCommand {
  type: "redo";
}

export type Command =
  | AnswerNudgeCommand
  | AnswerWarningCommand
  | BelieveCommand
  | WithdrawCommand
  | ChangeDataCommand
  | RemoveTransformCommand
  | SetMetricCommand
  | StartCommand
  | PauseCommand
  | ResumeCommand
  | StopCommand
  | SetBudgetCommand
  | SetAutonomyCommand
  | NoteCommand
  | SetObjectivesCommand
  | AddObjectiveCommand
  | RequireCommand
  | RelaxCommand
  | PreferCommand
  | SetGoalsCommand
  | SetSplitCommand
  | SetWeightsCommand
  | SetTargetCommand
  | DropRowsCommand
  | RelabelCommand
  | EditCommand
  | SetBalanceCommand
  | ProposeCommand
  | CancelCommand
  | GridCommand
  | BatchCommand
  | SuggestCommand
  | DiscardCommand
  | RestoreCommand
  | AnnotateCommand
  | UndoCommand
  | RedoCommand;

/** The fields of a command without its type; those with a default may be missing. */
type Given<C, Optional extends keyof C = never> = Omit<C, "type" | Optional> & Partial<Pick<C, Optional>>;

/** Builders of commands. */
export const commands = {
  answerNudge: (given: Given<AnswerNudgeCommand, "answer">): AnswerNudgeCommand => ({ type: "answer_nudge", answer: "accept", ...given }),
  answerWarning: (given: Given<AnswerWarningCommand>): AnswerWarningCommand => ({ type: "answer_warning", ...given }),
  believe: (given: Given<BelieveCommand, "around" | "spread" | "likely" | "strength">): BelieveCommand => ({ type: "believe", around: null, spread: 0.1, likely: [], strength: "fair", ...given }),
  withdraw: (given: Given<WithdrawCommand>): WithdrawCommand => ({ type: "withdraw", ...given }),
  changeData: (given: Given<ChangeDataCommand, "roles" | "filling" | "encoding" | "running" | "missing"> = {}): ChangeDataCommand => ({ type: "change_data", roles: {}, filling: {}, encoding: {}, running: "finish", missing: {}, ...given }),
  removeTransform: (given: Given<RemoveTransformCommand>): RemoveTransformCommand => ({ type: "remove_transform", ...given }),
  setMetric: (given: Given<SetMetricCommand>): SetMetricCommand => ({ type: "set_metric", ...given }),
  start: (): StartCommand => ({ type: "start" }),
  pause: (): PauseCommand => ({ type: "pause" }),
  resume: (): ResumeCommand => ({ type: "resume" }),
  stop: (): StopCommand => ({ type: "stop" }),
  setBudget: (given: Given<SetBudgetCommand, "seconds" | "trials"> = {}): SetBudgetCommand => ({ type: "set_budget", seconds: null, trials: null, ...given }),
  setAutonomy: (given: Given<SetAutonomyCommand>): SetAutonomyCommand => ({ type: "set_autonomy", ...given }),
  note: (given: Given<NoteCommand>): NoteCommand => ({ type: "note", ...given }),
  setObjectives: (given: Given<SetObjectivesCommand, "names"> = {}): SetObjectivesCommand => ({ type: "set_objectives", names: [], ...given }),
  addObjective: (given: Given<AddObjectiveCommand, "label" | "direction" | "unit" | "matrix">): AddObjectiveCommand => ({ type: "add_objective", label: "", direction: "lower", unit: "", matrix: [], ...given }),
  require: (given: Given<RequireCommand, "hard">): RequireCommand => ({ type: "require", hard: true, ...given }),
  relax: (given: Given<RelaxCommand>): RelaxCommand => ({ type: "relax", ...given }),
  prefer: (given: Given<PreferCommand>): PreferCommand => ({ type: "prefer", ...given }),
  setGoals: (given: Given<SetGoalsCommand, "weights" | "strength"> = {}): SetGoalsCommand => ({ type: "set_goals", weights: {}, strength: "fair", ...given }),
  setSplit: (given: Given<SetSplitCommand, "cv" | "repeats" | "groups" | "time" | "gap" | "holdout"> = {}): SetSplitCommand => ({ type: "set_split", cv: null, repeats: 1, groups: null, time: null, gap: null, holdout: null, ...given }),
  setWeights: (given: Given<SetWeightsCommand, "column"> = {}): SetWeightsCommand => ({ type: "set_weights", column: null, ...given }),
  setTarget: (given: Given<SetTargetCommand, "metric" | "positive">): SetTargetCommand => ({ type: "set_target", metric: null, positive: null, ...given }),
  dropRows: (given: Given<DropRowsCommand, "rule"> = {}): DropRowsCommand => ({ type: "drop_rows", rule: "", ...given }),
  relabel: (given: Given<RelabelCommand>): RelabelCommand => ({ type: "relabel", ...given }),
  edit: (given: Given<EditCommand, "changes" | "include" | "exclude" | "running"> = {}): EditCommand => ({ type: "edit", changes: {}, include: [], exclude: [], running: "finish", ...given }),
  setBalance: (given: Given<SetBalanceCommand, "ways"> = {}): SetBalanceCommand => ({ type: "set_balance", ways: [], ...given }),
  propose: (given: Given<ProposeCommand, "parent">): ProposeCommand => ({ type: "propose", parent: null, ...given }),
  cancel: (given: Given<CancelCommand>): CancelCommand => ({ type: "cancel", ...given }),
  grid: (given: Given<GridCommand, "parent">): GridCommand => ({ type: "grid", parent: null, ...given }),
  batch: (given: Given<BatchCommand>): BatchCommand => ({ type: "batch", ...given }),
  suggest: (): SuggestCommand => ({ type: "suggest" }),
  discard: (given: Given<DiscardCommand>): DiscardCommand => ({ type: "discard", ...given }),
  restore: (given: Given<RestoreCommand>): RestoreCommand => ({ type: "restore", ...given }),
  annotate: (given: Given<AnnotateCommand, "tags" | "note">): AnnotateCommand => ({ type: "annotate", tags: [], note: "", ...given }),
  undo: (given: Given<UndoCommand, "act"> = {}): UndoCommand => ({ type: "undo", act: null, ...given }),
  redo: (): RedoCommand => ({ type: "redo" }),
};
