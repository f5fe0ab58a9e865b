// @ts-nocheck
import type {
  ActInfo,
  BeliefInfo,
  FamilyInfo,
  GenerationInfo,
  HistoryRow,
  ImportanceInfo,
  NudgeInfo,
  ParameterInfo,
  RangeInfo,
  ReceiptInfo,
  Snapshot,
  SpacePreview,
  Steering,
  Suggestion,
  TrialDetail,
  TrialRow,
} from "../src/protocol/messages";
import { formatSetting } from "../src/words/numbers";
import { addOwn, measured, objectiveOf } from "./objectives";
import {
  drawn,
  FAMILIES,
  MEASURED,
  random,
  scriptedDetail,
  scriptedStatus,
  surface,
  unit,
  weightsOf,
} from "./scripted";
import type { Answer } from "./taste";
import { NOTHING_SAID, ruleOf, type Said, World as Wished } from "./wishes";

/** Why the kernel would not do it. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly remedy = "",
  ) {
    super(message);
  }
}

type Body = Record<string, unknown>;

interface World {
  families: string[];
  ranges: Map<string, RangeInfo>;
  beliefs: BeliefInfo[];
  discarded: number[];
  said: Said;
}

/** The receipt of a command that made nothing. */
export const NOTHING: Omit<ReceiptInfo, "seq"> = {
  sentence: "Done.",
  act: null,
  python: "",
  outside: null,
  number: null,
  numbers: [],
  suggestion: null,
};
const WISHES: readonly string[] = ["objective", "constraint", "answer", "goal"];

interface Act extends ActInfo {
  before: World;
  after: World;
}

export interface Change {
  rows: TrialRow[];
  steering: Partial<Steering>;
}

const NEEDED = ["dummy", "logistic"];

/** A kernel's steering, played in the page: edits grey trials, undo brings them back, nudges come and are answered. */
export class Simulation {
  private world: World;
  private acts: Act[] = [];
  private undone: Act[] = [];
  private generations: (GenerationInfo & { world: World })[];
  private told: HistoryRow[] = [];
  private touched = new Map<number, TrialRow>();
  private rnd = random(11);
  private measured = [...MEASURED];
  /** Objectives of which a third of the trials is still to be measured. */
  private waiting = new Set<string>();
  private wishes = 0;
  nudges: NudgeInfo[] = [];
  autonomy: Snapshot["status"]["autonomy"];
  granted = 0;
  rows: Map<number, TrialRow>;

  constructor(snapshot: Snapshot) {
    this.rows = new Map(snapshot.rows.map((row) => [row[0], row]));
    this.autonomy = snapshot.status.autonomy;
    this.world = {
      families: snapshot.steering.families,
      ranges: new Map(snapshot.steering.ranges.map((range) => [range.name, range])),
      beliefs: [],
      discarded: [],
      said: NOTHING_SAID,
    };
    const [first] = snapshot.steering.generations;
    this.generations = first === undefined ? [] : [{ ...first, world: this.world }];
    this.tell("machine", "run", "The search started.", "2 workers, 5 minutes.");
    let best = 0;
    for (const row of snapshot.rows) {
      if (row[8] === "you")
        this.tell("you", "trial", `You queued #${row[0]}.`, "", { trial: row[0], at: row[7] });
      else if (row[0] < 60 || row[0] % 9 === 0) {
        const label = FAMILIES.find((one) => one.name === row[2])?.label ?? row[2];
        this.tell("machine", "trial", `Tried #${row[0]}, ${label}.`, "", { trial: row[0], at: row[7] });
      }
      if (row[1] === "complete" && (row[3] ?? 0) > best) {
        best = row[3] ?? 0;
        this.tell("machine", "best", `#${row[0]} is the new best: ${best.toFixed(4)}.`, "", {
          trial: row[0],
          at: row[7],
        });
      }
    }
  }

  // -- what is asked ----------------------------------------------------------------------------------------------

  steering(): Steering {
    const { world } = this;
    const last = this.acts.findLast((act) => !act.undone);
    const lastUndone = this.undone.at(-1);
    return {
      families: world.families,
      ranges: [...world.ranges.values()],
      outside: this.outside(world),
      discarded: world.discarded,
      beliefs: world.beliefs.map((belief) => this.judged(belief)),
      acts: this.acts.map(({ before: _, after: __, ...act }) => act).reverse(),
      generations: this.generations
        .map(({ world: _, ...one }, i) => {
          const next = this.generations[i + 1]?.first ?? this.rows.size;
          const own = [...this.rows.values()].filter((row) => row[0] >= one.first && row[0] < next);
          const scores = own.filter((row) => row[1] === "complete").map((row) => row[3] ?? 0);
          const top = scores.length === 0 ? null : Math.max(...scores, one.best_before ?? 0);
          const gain = top === null || one.best_before === null ? null : top - one.best_before;
          return {
            ...one,
            trials: own.length,
            best_after: top,
            gain: gain === null ? "–" : gain < 0.0005 ? "±0" : `+${gain.toFixed(3)}`,
          };
        })
        .reverse(),
      undo: last?.title ?? null,
      redo: lastUndone?.title ?? null,
    };
  }

  story(seq: number): HistoryRow[] {
    return this.told.filter((row) => row.seq > seq);
  }

  get storyCount(): number {
    return this.told.length;
  }

  importance(name: string): ImportanceInfo {
    const info = familyOf(name);
    const trials = [...this.rows.values()].filter((row) => row[2] === name && row[1] === "complete").length;
    if (trials < 5) {
      return {
        family: name,
        trials,
        shares: {},
        sentence: `${trials} trials are too few to say what decides.`,
      };
    }
    const weights = weightsOf(name);
    const sum = weights.reduce((a, b) => a + b, 0) || 1;
    const shares = Object.fromEntries(info.parameters.map((one, i) => [one.name, (weights[i] ?? 0) / sum]));
    return { family: name, trials, shares, sentence: `From ${trials} trials.` };
  }

  preview(command: Body): SpacePreview {
    const after = this.edited(command);
    const before = new Set(this.outside(this.world));
    const then = this.outside(after);
    const now = new Set(then);
    const fresh = then.filter((number) => !before.has(number));
    const back = [...before].filter((number) => !now.has(number));
    const inWork = fresh.filter((number) => this.rows.get(number)?.[1] === "running").length;
    const best = this.best();
    const lost = best !== null && now.has(best[0]) && !before.has(best[0]);
    const remains = this.remains(after);
    const next = this.best(now);
    const all = this.rows.size;
    const sentences = [
      fresh.length > 0
        ? `${fresh.length} of ${all} trials fall outside and turn grey.`
        : "No trial turns grey.",
      back.length > 0 ? `${back.length} ${back.length === 1 ? "trial comes" : "trials come"} back.` : "",
      remains === null
        ? ""
        : remains <= 1
          ? `${Math.round(100 * remains)} % of the range remains.`
          : `The range grows by ${Math.round(100 * (remains - 1))} %.`,
      best === null
        ? ""
        : lost
          ? `The best trial, #${best[0]}, falls outside.`
          : `The best trial, #${best[0]}, stays inside.`,
      inWork > 0
        ? `${inWork} running ${inWork === 1 ? "trial finishes" : "trials finish"}; the next one obeys.`
        : "The next trial obeys.",
    ];
    return {
      title: this.titleOf(after),
      python: pythonOf(command),
      sentences: sentences.filter((one) => one !== ""),
      outside: fresh.length,
      back: back.length,
      outside_after: then,
      of: all,
      remains,
      best_lost: lost,
      best_after: next?.[0] ?? null,
      running_outside: inWork,
    };
  }

  detail(number: number): TrialDetail {
    const row = this.rows.get(number);
    if (row === undefined) throw new Refused(`There is no trial ${number}.`);
    const detail = scriptedDetail(row);
    const discarded = this.world.discarded.includes(number);
    const outside = this.outside(this.world).includes(number);
    const generation = this.generations.find((one) => one.number === row[11]);
    return {
      ...detail,
      generation: generation?.title
        ? `Under the search space after “${generation.title}”.`
        : "Under the search space as first given.",
      standing: discarded
        ? "You discarded it: it is kept on record and counts for nothing."
        : outside
          ? `It lies outside today's space: ${this.reason(row)}. It is kept as evidence.`
          : "",
    };
  }

  private reason(row: TrialRow): string {
    const info = familyOf(row[2]);
    if (!this.world.families.includes(row[2])) return `${info.label} is excluded`;
    const at = info.parameters.findIndex((one, i) => !within(this.world.ranges.get(one.name), row[12][i]));
    const parameter = info.parameters[at];
    return parameter === undefined ? "" : `its ${parameter.label} is ${formatSetting(row[12][at])}`;
  }

  /** What the person prefers among the trials of now. */
  wished(): Wished {
    const discarded = new Set(this.world.discarded);
    const rows = [...this.rows.values()].filter((row) => !discarded.has(row[0]));
    return new Wished(rows, this.world.said, this.waiting);
  }

  // -- what is done -----------------------------------------------------------------------------------------------

  obey(command: Body): Omit<ReceiptInfo, "seq"> {
    const nothing = NOTHING;
    switch (command.type) {
      case "edit":
        this.apply("space", "you", this.edited(command));
        if (command.running === "cancel") this.cancelOutside();
        return nothing;
      case "undo":
        this.undo(command.act as number | null);
        return nothing;
      case "redo":
        this.redo();
        return nothing;
      case "believe":
        this.believe(command);
        return nothing;
      case "withdraw": {
        const beliefs = this.world.beliefs.filter((one) => one.about !== command.about);
        this.apply("belief", "you", { ...this.world, beliefs }, `withdrew the belief about ${command.about}`);
        return nothing;
      }
      case "discard":
      case "restore": {
        const number = command.number as number;
        const others = this.world.discarded.filter((one) => one !== number);
        const discarded = command.type === "discard" ? [...others, number] : others;
        const verb = command.type === "discard" ? "discarded" : "brought back";
        this.apply("discard", "you", { ...this.world, discarded }, `${verb} #${number}`);
        return nothing;
      }
      case "set_autonomy":
        this.autonomy = command.level as Snapshot["status"]["autonomy"];
        this.tell("you", "setting", `Autonomy: ${command.level}.`);
        return nothing;
      case "batch":
        this.granted += command.count as number;
        this.tell("you", "setting", `You let the machine try ${command.count} more.`);
        return nothing;
      case "suggest":
        return { ...nothing, suggestion: this.suggest() };
      case "propose": {
        const number = this.propose(command.config as Body, command.parent as number | null, "own");
        return { ...nothing, number, numbers: [number] };
      }
      case "grid": {
        const values = command.values as unknown[];
        const numbers = values.map((value) =>
          this.propose(
            { ...(command.config as Body), [String(command.parameter)]: value },
            command.parent as number | null,
            "grid",
          ),
        );
        return { ...nothing, number: numbers[0] ?? null, numbers };
      }
      case "answer_nudge":
        this.answer(String(command.key), String(command.answer));
        return nothing;
      case "note":
        this.tell("you", "note", String(command.text));
        return nothing;
      case "set_objectives":
      case "add_objective":
      case "require":
      case "relax":
      case "prefer":
      case "set_goals":
        this.wish(command);
        return nothing;
      default:
        return nothing;
    }
  }

  private wish(command: Body): void {
    const { said } = this.world;
    const say = (kind: ActInfo["kind"], change: Partial<Said>, title: string) => {
      this.apply(kind, "you", { ...this.world, said: { ...said, ...change } }, title);
    };
    const text = String(command.text);
    switch (command.type) {
      case "set_objectives": {
        const names = (command.names as string[]).filter((name) => name !== "roc_auc");
        const strange = names.find((name) => objectiveOf(name) === undefined);
        if (strange !== undefined) throw new Refused(`There is no objective ${strange}.`);
        if (names.length > 7) throw new Refused("More than 8 objectives: nobody can compare so many.");
        this.measure(names);
        say("objective", { objectives: ["roc_auc", ...names] }, `what matters: ROC AUC, ${names.join(", ")}`);
        return;
      }
      case "add_objective": {
        const name = String(command.name);
        if (objectiveOf(name) !== undefined) throw new Refused(`There is an objective '${name}' already.`);
        addOwn(name, String(command.label), command.direction as "lower", String(command.unit));
        this.measure([name]);
        say("objective", { objectives: [...said.objectives, name] }, `added the objective ${command.label}`);
        return;
      }
      case "require": {
        const rule = ruleOf({ text, hard: command.hard === true });
        if (typeof rule === "string") throw new Refused(rule);
        const side = rule.op.slice(0, 1);
        const others = said.constraints.filter((one) => {
          const held = ruleOf(one);
          return typeof held !== "string" && (held.about !== rule.about || held.op.slice(0, 1) !== side);
        });
        this.measure(rule.about === "family" || rule.about === "roc_auc" ? [] : [rule.about]);
        const constraints = [...others, { text: rule.text, hard: rule.hard }];
        say("constraint", { constraints }, `require ${rule.text}`);
        return;
      }
      case "relax":
        say(
          "constraint",
          { constraints: said.constraints.filter((one) => one.text !== text) },
          `let go of ${text}`,
        );
        return;
      case "prefer": {
        const { first, second, answer } = command as unknown as Answer;
        const act = (this.acts.at(-1)?.number ?? 0) + 1;
        const title = answer === "a" || answer === "b" ? "preferred" : answer;
        say(
          "answer",
          { answers: [...said.answers, { first, second, answer, act }] },
          `${title} #${answer === "b" ? second : first}`,
        );
        return;
      }
      case "set_goals": {
        const weights = command.weights as Record<string, number>;
        const none = Object.keys(weights).length === 0;
        const goals = none ? null : { weights, strength: command.strength as "fair" };
        say("goal", { goals }, none ? "let the answers decide" : "set goals");
      }
    }
  }

  /** New objectives are measured for two thirds of the trials at once, for the others by and by. */
  private measure(names: readonly string[]): void {
    const fresh = names.filter((name) => !this.measured.includes(name));
    if (fresh.length === 0) return;
    this.measured = [...this.measured, ...fresh];
    for (const name of fresh) this.waiting.add(name);
    for (const row of this.rows.values()) if (row[1] === "complete") this.put(row);
  }

  /** What was still to be measured has been. */
  private remeasure(): void {
    if (this.waiting.size === 0 || this.rnd() < 0.7) return;
    this.waiting.clear();
    for (const row of this.rows.values()) if (row[1] === "complete") this.put(row);
  }

  /** Dates the spaces back, so that a past lies between the trials. */
  backdate(shares: readonly number[]): void {
    const last = this.rows.size;
    this.generations = this.generations.map((one, i) => {
      const share = shares[i - 1];
      if (share === undefined) return one;
      const first = Math.round(last * share);
      const before = [...this.rows.values()].filter((row) => row[0] < first && row[1] === "complete");
      return {
        ...one,
        first,
        elapsed: 2 + first * 4.4,
        best_before: Math.max(0, ...before.map((row) => row[3] ?? 0)),
      };
    });
    this.acts = this.acts.map((act) => {
      const opened = this.generations.find((one) => one.act === act.number);
      return opened === undefined ? act : { ...act, elapsed: opened.elapsed };
    });
  }

  /** The rows that changed since the last time. */
  taken(): TrialRow[] {
    const rows = [...this.touched.values()].map((row) => {
      const known = this.measured.map((name) =>
        this.waiting.has(name) && row[0] % 3 === 0 ? null : measured(row, name),
      );
      return changedRow(row, { 13: row[1] === "complete" ? known : [] });
    });
    this.touched.clear();
    return rows;
  }

  /** One step of the search: what runs ends, and the next begins. */
  tick(): void {
    this.remeasure();
    this.wishes += 1;
    const running = [...this.rows.values()].filter((row) => row[1] === "running");
    const ends = running[0];
    if (ends !== undefined) this.finish(ends);
    const queued = [...this.rows.values()].find((row) => row[1] === "queued");
    if (queued !== undefined) this.put(changedRow(queued, { 1: "running", 6: 0.4 }));
    else if (this.autonomy !== "user" || this.granted > 0) {
      if (this.autonomy === "user") this.granted -= 1;
      const { config, origin } = this.next();
      this.start(config, origin);
    }
  }

  private finish(row: TrialRow): void {
    const info = familyOf(row[2]);
    const stopped = this.rnd() < 0.1;
    const score = surface(info, row[12], this.rnd) - (stopped ? 0.012 : 0);
    const best = this.best();
    this.put(
      changedRow(row, {
        1: stopped ? "stopped" : "complete",
        3: score,
        4: stopped ? null : 0.005,
        5: stopped ? 1 : 5,
        6: 4.4,
        7: this.elapsed(),
      }),
    );
    if (!stopped && score > (best?.[3] ?? 0)) {
      this.tell("machine", "best", `#${row[0]} is the new best: ${score.toFixed(4)}.`, "", { trial: row[0] });
    }
  }

  private start(values: { family: string; values: unknown[] }, origin: TrialRow[9]): void {
    const generation = this.generations.at(-1)?.number ?? 0;
    const number = this.rows.size;
    const { family } = values;
    this.put([
      number,
      "running",
      family,
      null,
      null,
      0,
      0.4,
      null,
      "machine",
      origin,
      null,
      generation,
      values.values,
      [],
    ]);
    this.tell("machine", "trial", `Trying #${number}, ${familyOf(family).label}.`, "", { trial: number });
  }

  private next(): { config: { family: string; values: unknown[] }; origin: TrialRow[9] } {
    const searched = this.world.families.filter((one) => one !== "dummy");
    const likely = this.world.beliefs.find((one) => one.about === "family")?.likely.map(String) ?? [];
    const pool = [...searched, ...searched.filter((one) => one === "lightgbm"), ...likely, ...likely];
    const family = pool[Math.floor(this.rnd() * pool.length)] ?? "lightgbm";
    const values = drawn(familyOf(family), this.world.ranges, 0.75, this.rnd);
    const believed = this.world.beliefs.some((one) => one.about.startsWith(`${family}.`));
    return { config: { family, values }, origin: believed && this.rnd() < 0.5 ? "belief" : "sampler" };
  }

  private suggest(): Suggestion {
    const { config } = this.next();
    const info = familyOf(config.family);
    const pairs = info.parameters.map((one, i) => [one.name, config.values[i]] as const);
    return {
      config: { family: config.family, ...Object.fromEntries(pairs) },
      why: `${info.label} near #${this.best()?.[0] ?? 0}, with a little more room: what was tried around it still gets better in this direction.`,
    };
  }

  private propose(config: Body, parent: number | null, kind: "own" | "grid"): number {
    const family = String(config.family);
    const info = familyOf(family);
    if (!this.world.families.includes(family)) {
      throw new Refused(`${info.label} is not in today's space.`, "Include it first.");
    }
    for (const one of info.parameters) {
      const range = this.world.ranges.get(one.name);
      if (!within(range, config[one.name]) && range !== undefined) {
        throw new Refused(
          `${one.name} lies between ${range.low} and ${range.high} in this search space; got ${config[one.name]}.`,
          "Choose a value inside, or widen the space first.",
        );
      }
    }
    const number = this.rows.size;
    const origin = kind === "grid" ? "grid" : parent === null ? "own" : "edit";
    const values = info.parameters.map((one) => config[one.name]);
    const generation = this.generations.at(-1)?.number ?? 0;
    this.put([
      number,
      "queued",
      family,
      null,
      null,
      0,
      0,
      null,
      "you",
      origin,
      parent,
      generation,
      values,
      [],
    ]);
    this.tell("you", "trial", `You queued #${number}, ${info.label}.`, "", { trial: number });
    return number;
  }

  private cancelOutside(): void {
    for (const number of this.outside(this.world)) {
      const row = this.rows.get(number);
      if (row?.[1] === "running") this.put(changedRow(row, { 1: "failed" }));
    }
  }

  // -- steering ---------------------------------------------------------------------------------------------------

  /** Changes the world as an act of its own, on record and undoable. */
  apply(
    kind: ActInfo["kind"],
    author: ActInfo["author"],
    after: World,
    title = this.titleOf(after),
    why = "",
  ): void {
    const before = this.world;
    const number = (this.acts.at(-1)?.number ?? 0) + 1;
    this.undone = [];
    this.acts.push({
      number,
      author,
      kind,
      title,
      why,
      elapsed: this.elapsed(),
      undone: false,
      before,
      after,
    });
    this.move(after, title, author, number, kind);
    const who = author === "you" ? "You" : "The machine";
    const story = kind === "belief" ? "belief" : WISHES.includes(kind) ? "preference" : "space";
    this.tell(author, story, `${who}: ${title}.`, why, { act: number });
  }

  private move(
    after: World,
    title: string,
    author: ActInfo["author"],
    act: number | null,
    kind: ActInfo["kind"],
  ): void {
    this.world = after;
    this.wishes += 1;
    if (kind === "belief" || kind === "discard" || WISHES.includes(kind)) return;
    const best = this.best();
    this.generations.push({
      number: this.generations.length,
      title,
      author,
      elapsed: this.elapsed(),
      trials: 0,
      first: this.rows.size,
      best_before: best?.[3] ?? null,
      best_after: null,
      gain: "–",
      act,
      world: after,
    });
  }

  private undo(number: number | null): void {
    const act =
      number === null
        ? this.acts.findLast((one) => !one.undone)
        : this.acts.find((one) => one.number === number);
    if (act === undefined) throw new Refused("There is nothing to undo.");
    if (act.undone) throw new Refused("That act is undone already.");
    const later = this.acts.filter((one) => !one.undone && one.number > act.number && one.kind === "space");
    const last = later.length === 0;
    const ranges = new Map(this.world.ranges);
    for (const [name, range] of act.after.ranges) {
      const before = act.before.ranges.get(name);
      if (before === undefined || same(before, range)) continue;
      if (!same(ranges.get(name), range)) {
        throw new Refused(`${name} was changed again since.`, "Undo the later change first.");
      }
      ranges.set(name, before);
    }
    const families = FAMILIES.map((one) => one.name).filter((name) => {
      const changed = act.before.families.includes(name) !== act.after.families.includes(name);
      return changed ? act.before.families.includes(name) : this.world.families.includes(name);
    });
    const world = WISHES.includes(act.kind)
      ? { ...this.world, said: unsaid(this.world.said, act) }
      : act.kind === "belief"
        ? { ...this.world, beliefs: act.before.beliefs }
        : act.kind === "discard"
          ? { ...this.world, discarded: act.before.discarded }
          : last
            ? { ...this.world, ranges: act.before.ranges, families: act.before.families }
            : { ...this.world, ranges, families };
    this.replace(act, { undone: true });
    this.undone.push(act);
    this.move(world, `undid: ${act.title}`, "you", null, act.kind);
    this.tell("you", "space", `You undid: ${act.title}.`);
  }

  private redo(): void {
    const act = this.undone.pop();
    if (act === undefined) throw new Refused("There is nothing to do again.");
    this.replace(act, { undone: false });
    const world = WISHES.includes(act.kind)
      ? { ...this.world, said: act.after.said }
      : act.kind === "belief"
        ? { ...this.world, beliefs: act.after.beliefs }
        : act.kind === "discard"
          ? { ...this.world, discarded: act.after.discarded }
          : { ...this.world, ranges: act.after.ranges, families: act.after.families };
    this.move(world, `again: ${act.title}`, "you", act.number, act.kind);
    this.tell("you", "space", `You did again: ${act.title}.`);
  }

  private replace(act: Act, change: Partial<Act>): void {
    this.acts = this.acts.map((one) => (one.number === act.number ? { ...one, ...change } : one));
  }

  edited(command: Body): World {
    const families = new Set(this.world.families);
    for (const name of (command.include as string[] | undefined) ?? []) families.add(name);
    for (const name of (command.exclude as string[] | undefined) ?? []) {
      if (NEEDED.includes(name)) {
        throw new Refused(`${name} cannot be excluded: every score is held against it.`);
      }
      families.delete(name);
    }
    if ([...families].every((name) => NEEDED.includes(name))) {
      throw new Refused("This would exclude the last family; at least one must be left to search.");
    }
    const ranges = new Map(this.world.ranges);
    for (const [name, change] of Object.entries((command.changes as Body | undefined) ?? {})) {
      const parameter = FAMILIES.flatMap((one) => one.parameters).find((one) => one.name === name);
      const now = ranges.get(name);
      if (parameter === undefined || now === undefined)
        throw new Refused(`There is no hyperparameter ${name}.`);
      ranges.set(name, changedRange(parameter, now, change));
    }
    return {
      ...this.world,
      families: FAMILIES.map((one) => one.name).filter((name) => families.has(name)),
      ranges,
    };
  }

  private believe(command: Body): void {
    const about = String(command.about);
    const parameter = FAMILIES.flatMap((one) => one.parameters).find((one) => one.name === about);
    const range = this.world.ranges.get(about);
    const likely = (command.likely as unknown[] | undefined) ?? [];
    const around = (command.around as number | undefined) ?? null;
    let low: number | null = null;
    let high: number | null = null;
    if (around !== null && range !== undefined) {
      const spread = Number(command.spread);
      const [a, b] = [range.low ?? 0, range.high ?? 1];
      low = range.log ? around / (b / a) ** spread : around - spread * (b - a);
      high = range.log ? around * (b / a) ** spread : around + spread * (b - a);
    }
    const belief: BeliefInfo = {
      about,
      label: about === "family" ? "models" : (parameter?.label ?? about),
      around,
      low,
      high,
      likely,
      strength: command.strength as BeliefInfo["strength"],
      verdict: "undecided",
      sentence: "",
      weight: 1,
    };
    const beliefs = [...this.world.beliefs.filter((one) => one.about !== about), belief];
    const what = around === null ? likely.map(formatSetting).join(", ") : `about ${formatSetting(around)}`;
    this.apply(
      "belief",
      "you",
      { ...this.world, beliefs },
      `believe ${belief.label} ${what}, ${belief.strength}`,
    );
  }

  private judged(belief: BeliefInfo): BeliefInfo {
    const act = this.acts.findLast(
      (one) => one.kind === "belief" && one.after.beliefs.some((b) => b.about === belief.about),
    );
    const since = [...this.rows.values()].filter((row) => (row[7] ?? 0) > (act?.elapsed ?? 0)).length;
    const weight = 1 / (1 + since / 12) ** 2;
    const parameter = FAMILIES.flatMap((one) => one.parameters).find((one) => one.name === belief.about);
    if (parameter === undefined || belief.around === null) {
      return { ...belief, weight, sentence: "Too few trials of these to say." };
    }
    const family = familyOf(belief.about.split(".")[0] ?? "");
    const at = family.parameters.indexOf(parameter);
    const near = [...this.rows.values()].filter(
      (row) =>
        row[2] === family.name &&
        row[1] === "complete" &&
        Number(row[12][at]) >= (belief.low ?? 0) &&
        Number(row[12][at]) <= (belief.high ?? 0),
    );
    if (near.length < 3) {
      return { ...belief, weight, sentence: `${near.length} trials lie there: too few to say.` };
    }
    const top = Math.max(...near.map((row) => row[3] ?? 0));
    const best = this.best()?.[3] ?? 0;
    const good = top > best - 0.004;
    return {
      ...belief,
      weight,
      verdict: good ? "supported" : "contradicted",
      sentence: good
        ? `The best of ${near.length} trials there has ${top.toFixed(3)}, among the leaders.`
        : `The best of ${near.length} trials there has ${top.toFixed(3)}, ${(best - top).toFixed(3)} behind the best.`,
    };
  }

  private answer(key: string, answer: string): void {
    const nudge = this.nudges.find((one) => one.key === key);
    if (nudge === undefined) throw new Refused("This question is no longer open.");
    this.nudges = this.nudges.filter((one) => one.key !== key);
    this.tell("you", "nudge", `“${nudge.question}” You: ${answer}.`, nudge.evidence);
    if (answer === "widen") {
      const after = this.edited({ changes: { "lightgbm.learning_rate": [0.001, 0.3] } });
      this.apply("space", "you", after, undefined, nudge.evidence);
    }
  }

  private remains(after: World): number | null {
    let share: number | null = null;
    for (const [name, range] of after.ranges) {
      const now = this.world.ranges.get(name);
      if (now === undefined || same(now, range)) continue;
      const parameter = FAMILIES.flatMap((one) => one.parameters).find((one) => one.name === name);
      if (parameter === undefined) continue;
      const length = (one: RangeInfo) =>
        parameter.kind === "categorical"
          ? (one.choices ?? []).length
          : unit(parameter, one.high) - unit(parameter, one.low);
      share = (share ?? 1) * (length(range) / Math.max(length(now), 1e-9));
    }
    return share;
  }

  private titleOf(after: World): string {
    const parts: string[] = [];
    for (const { name, label } of FAMILIES) {
      const now = after.families.includes(name);
      if (now !== this.world.families.includes(name)) parts.push(`${now ? "included" : "excluded"} ${label}`);
    }
    for (const [name, range] of after.ranges) {
      const now = this.world.ranges.get(name);
      if (now === undefined || same(now, range)) continue;
      const parameter = FAMILIES.flatMap((one) => one.parameters).find((one) => one.name === name);
      parts.push(`${parameter?.label} ${words(now)} → ${words(range)}`);
    }
    return parts.length > 3
      ? `${parts.slice(0, 2).join("; ")}; ${parts.length - 2} more changes`
      : parts.join("; ");
  }

  private outside(world: World): number[] {
    const numbers: number[] = [];
    for (const row of this.rows.values()) {
      const info = FAMILIES.find((one) => one.name === row[2]);
      const inside =
        world.families.includes(row[2]) &&
        (info?.parameters ?? []).every((one, i) => within(world.ranges.get(one.name), row[12][i]));
      if (!inside) numbers.push(row[0]);
    }
    return numbers;
  }

  private best(without: ReadonlySet<number> = new Set(this.world.discarded)): TrialRow | null {
    let best: TrialRow | null = null;
    for (const row of this.rows.values()) {
      if (row[1] !== "complete" || without.has(row[0])) continue;
      if ((row[3] ?? 0) > (best?.[3] ?? 0)) best = row;
    }
    return best;
  }

  status(): Record<string, unknown> {
    const {
      budget: _,
      phase: __,
      notices: ___,
      ...status
    } = scriptedStatus("running", [...this.rows.values()]);
    return {
      ...status,
      autonomy: this.autonomy,
      granted: this.granted,
      nudges: this.nudges,
      history_version: this.told.length,
      measured: this.measured,
      preferred: this.wished().preferred(),
      preferences_version: this.wishes,
    };
  }

  private put(row: TrialRow): void {
    this.rows.set(row[0], row);
    this.touched.set(row[0], row);
  }

  private elapsed(): number {
    return Math.max(0, ...[...this.rows.values()].map((row) => row[7] ?? 0)) + 1;
  }

  private tell(
    author: HistoryRow["author"],
    kind: HistoryRow["kind"],
    text: string,
    detail = "",
    more: { act?: number; trial?: number; at?: number | null } = {},
  ): void {
    const elapsed = more.at ?? (this.told.length === 0 ? 0 : this.elapsed());
    this.told.push({
      seq: this.told.length + 1,
      time: 1_790_000_000 + elapsed,
      elapsed,
      author,
      kind,
      text,
      detail,
      act: more.act ?? null,
      undone: false,
      trial: more.trial ?? null,
    });
  }
}

/** What was said, without one act: an answer goes alone, other wishes go back to what they were. */
function unsaid(now: Said, act: Act): Said {
  const before = act.before.said;
  switch (act.kind) {
    case "answer":
      return { ...now, answers: now.answers.filter((one) => one.act !== act.number) };
    case "constraint":
      return { ...now, constraints: before.constraints };
    case "goal":
      return { ...now, goals: before.goals };
    default:
      return { ...now, objectives: before.objectives };
  }
}

export function familyOf(name: string): FamilyInfo {
  const info = FAMILIES.find((one) => one.name === name);
  if (info === undefined) throw new Refused(`There is no family ${name}.`);
  return info;
}

function changedRow(row: TrialRow, change: Record<number, unknown>): TrialRow {
  const copy = [...row] as unknown[];
  for (const [at, value] of Object.entries(change)) copy[Number(at)] = value;
  return copy as TrialRow;
}

function within(range: RangeInfo | undefined, value: unknown): boolean {
  if (range === undefined) return false;
  if (range.choices !== null) return range.choices.includes(value);
  return typeof value === "number" && value >= (range.low ?? 0) && value <= (range.high ?? 0);
}

function same(one: RangeInfo | undefined, other: RangeInfo): boolean {
  return (
    one !== undefined &&
    one.low === other.low &&
    one.high === other.high &&
    one.log === other.log &&
    JSON.stringify(one.choices) === JSON.stringify(other.choices)
  );
}

function words(range: RangeInfo): string {
  if (range.choices !== null) return range.choices.map(formatSetting).join(", ");
  if (range.low === range.high) return formatSetting(range.low);
  return `${formatSetting(range.low)}–${formatSetting(range.high)}`;
}

function changedRange(parameter: ParameterInfo, now: RangeInfo, change: unknown): RangeInfo {
  const { name, low, high, log, choices } = parameter;
  if (change === null) return { name, low, high, log, choices, given: true };
  const wish = (Array.isArray(change) ? { low: change[0], high: change[1] } : change) as Body;
  if (parameter.kind === "categorical") {
    let kept = [...(now.choices ?? [])];
    if ("fix" in wish) kept = [wish.fix];
    if ("choices" in wish) kept = wish.choices as unknown[];
    if ("add" in wish) kept = [...kept, ...(wish.add as unknown[])];
    if ("remove" in wish) kept = kept.filter((one) => !(wish.remove as unknown[]).includes(one));
    const legal = parameter.legal ?? [];
    return { ...now, choices: legal.filter((one) => kept.includes(one)), given: false };
  }
  const from = Number("fix" in wish ? wish.fix : (wish.low ?? now.low));
  const to = Number("fix" in wish ? wish.fix : (wish.high ?? now.high));
  const scale = typeof wish.log === "boolean" ? wish.log : now.log;
  if (from < (parameter.legal_low ?? from) || to > (parameter.legal_high ?? to)) {
    throw new Refused(`${name} accepts ${parameter.legal_low} to ${parameter.legal_high}.`);
  }
  if (scale && from <= 0)
    throw new Refused(`${name} starts at ${from}; a logarithmic scale needs a lower bound above 0.`);
  return { ...now, low: from, high: to, log: scale, given: from === low && to === high && scale === log };
}

/** The kernel's line of Python, near enough. */
export function pythonOf(command: Body): string {
  const { type, ...rest } = command;
  const text = (value: unknown) =>
    JSON.stringify(value)
      .replaceAll("true", "True")
      .replaceAll("false", "False")
      .replaceAll("null", "None")
      .replaceAll(",", ", ")
      .replaceAll('":', '": ');
  const range = (change: unknown) => (Array.isArray(change) ? `(${change.join(", ")})` : text(change));
  if (type === "propose") return `session.propose(${text(rest.config)})`;
  if (type === "set_budget") return `session.budget = ${rest.seconds ?? "None"}`;
  if (type === "set_autonomy") return `session.autonomy = "${rest.level}"`;
  if (type === "edit") {
    const changes = Object.entries(rest.changes as Body).map(
      ([name, change]) => `"${name}": ${range(change)}`,
    );
    const exclude = rest.exclude as string[];
    const include = rest.include as string[];
    if (changes.length === 0 && include.length === 0)
      return `session.exclude(${exclude.map(text).join(", ")})`;
    if (changes.length === 0 && exclude.length === 0)
      return `session.include(${include.map(text).join(", ")})`;
    const more = [
      `{${changes.join(", ")}}`,
      include.length > 0 ? `include=${text(include)}` : "",
      exclude.length > 0 ? `exclude=${text(exclude)}` : "",
      rest.running === "cancel" ? 'running="cancel"' : "",
    ];
    return `session.edit(${more.filter((one) => one !== "").join(", ")})`;
  }
  if (type === "believe") {
    const what = rest.likely ? `likely=${text(rest.likely)}` : `around=${rest.around}, spread=${rest.spread}`;
    return `session.believe("${rest.about}", ${what}, strength="${rest.strength}")`;
  }
  if (type === "answer_nudge") return `session.accept("${rest.key}")`;
  if (type === "grid")
    return `session.grid(${rest.parent ?? text(rest.config)}, "${rest.parameter}", ${text(rest.values)})`;
  if (type === "prefer") return `session.prefer(${rest.first}, ${rest.second}, "${rest.answer}")`;
  if (type === "set_objectives")
    return `session.objectives(${(rest.names as string[]).map(text).join(", ")})`;
  const first = Object.values(rest).find((one) => one !== null);
  return `session.${type}(${first === undefined ? "" : text(first)})`;
}

/** A past of edits, a belief and two questions, so that every screen has something to show. */
export function steeredPast(simulation: Simulation): void {
  const at = (change: Body) => simulation.edited({ changes: {}, include: [], exclude: [], ...change });
  const world = at({ changes: { "lightgbm.feature_fraction": [0.5, 1] } });
  simulation.apply("space", "machine", world, undefined, "Its lower half brought nothing in 9 trials.");
  simulation.apply("space", "you", at({ exclude: ["extra_trees"] }));
  simulation.backdate([0.3, 0.62]);
  simulation.obey({
    type: "believe",
    about: "lightgbm.learning_rate",
    around: 0.026,
    spread: 0.12,
    strength: "strong",
  });
  simulation.nudges = [
    {
      key: "widen:lightgbm.learning_rate:low",
      question: "Widen the learning rate?",
      evidence: "4 of the 5 best LightGBM trials sit near its lower bound, 0.005.",
      effect: "Widening to 0.001 adds 39 % of space and loses no trial.",
      answers: [
        {
          id: "widen",
          label: "Widen",
          python: 'session.edit({"lightgbm.learning_rate": (0.001, 0.3)})',
        },
      ],
      trial: null,
    },
    {
      key: "simple:logistic",
      question: "Would a simpler model do?",
      evidence: "Logistic regression, #1, is 0.006 behind the best, which is about what the folds differ.",
      effect: "It predicts 14 times faster and can be read line by line.",
      answers: [{ id: "look", label: "Look at it", python: "session.trials.loc[1]" }],
      trial: 1,
    },
  ];
}
