import type { ChangeDataCommand } from "../words/data";

/** What a person may say of one hyperparameter in an edit; null gives it back as first given. */
export type Change =
  | [low: number, high: number]
  | { low: number; high: number; log: boolean }
  | { fix: unknown }
  | { choices: unknown[] }
  | { add: unknown[] }
  | { remove: unknown[] }
  | null;

export type EditCommand = {
  type: "edit";
  changes: Record<string, Change>;
  include: string[];
  exclude: string[];
  running: "finish" | "cancel";
};

export type Strength = "hint" | "fair" | "strong";

export type BelieveCommand =
  | { type: "believe"; about: string; around: number; spread: number; strength: Strength }
  | { type: "believe"; about: string; likely: unknown[]; strength: Strength };

export type Judgement = "a" | "b" | "equal" | "skip";

/** What a person says about what good means. */
export type WishCommand =
  | { type: "set_objectives"; names: string[] }
  | {
      type: "add_objective";
      name: string;
      label: string;
      direction: "higher" | "lower";
      unit: string;
      matrix: number[][];
    }
  | { type: "require"; text: string; hard: boolean }
  | { type: "relax"; text: string }
  | { type: "prefer"; first: number; second: number; answer: Judgement }
  | { type: "set_goals"; weights: Record<string, number>; strength: Strength };

/** The commands of wire.py's `Request`. */
export type Command =
  | { type: "start" }
  | { type: "pause" }
  | { type: "resume" }
  | { type: "stop" }
  | { type: "set_budget"; seconds: number | null; trials: number | null }
  | { type: "set_autonomy"; level: "user" | "cruise" | "autopilot" }
  | { type: "propose"; config: Record<string, unknown>; parent: number | null }
  | {
      type: "grid";
      config: Record<string, unknown>;
      parameter: string;
      values: unknown[];
      parent: number | null;
    }
  | { type: "batch"; count: number }
  | { type: "suggest" }
  | { type: "cancel"; number: number }
  | { type: "discard"; number: number }
  | { type: "restore"; number: number }
  | EditCommand
  | { type: "undo"; act: number | null }
  | { type: "redo" }
  | BelieveCommand
  | { type: "withdraw"; about: string }
  | { type: "answer_nudge"; key: string; answer: string }
  | { type: "note"; text: string }
  | WishCommand
  | ChangeDataCommand
  | { type: "remove_transform"; name: string }
  | { type: "answer_warning"; key: string; answer: string };
