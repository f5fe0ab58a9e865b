/** The commands of wire.py's `Request`. */
export type Command =
  | { type: "start" }
  | { type: "pause" }
  | { type: "resume" }
  | { type: "stop" }
  | { type: "set_budget"; seconds: number | null; trials: number | null }
  | { type: "propose"; config: Record<string, unknown>; parent: number | null }
  | { type: "cancel"; number: number };
