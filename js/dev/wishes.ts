import type {
  AuditInfo,
  Best,
  CardInfo,
  ConstraintInfo,
  DifferenceInfo,
  ObjectiveInfo,
  PairInfo,
  PictureInfo,
  PreferencesInfo,
  TrialRow,
  WorthInfo,
} from "../src/protocol/messages";
import { formatMeasure } from "../src/words/objective";
import { GROUPS, measured, OBJECTIVES, objectiveOf } from "./objectives";
import { FAMILIES, random } from "./scripted";
import { type Answer, frontOf, pairKey, Taste } from "./taste";

/** What the person has said of what good means. */
export interface Said {
  objectives: string[];
  constraints: { text: string; hard: boolean }[];
  answers: Answer[];
  goals: { weights: Record<string, number>; strength: "hint" | "fair" | "strong" } | null;
}

export const NOTHING_SAID: Said = {
  objectives: ["roc_auc", "predict_ms", "complexity"],
  constraints: [],
  answers: [],
  goals: null,
};

const LIMIT = /^\s*([^<>=]+?)\s*(<=|>=|<|>)\s*([-+0-9.,e]+)\s*$/i;
const AMONG = /^\s*family\s+in\s+(.+?)\s*$/;

type Rule = Omit<ConstraintInfo, "kept" | "broken" | "unknown" | "sentence">;

/** A constraint as typed, or the reason why it is none. */
export function ruleOf({ text, hard }: { text: string; hard: boolean }): Rule | string {
  const among = AMONG.exec(text);
  if (among !== null) {
    const families = (among[1] ?? "").split(",").map((one) => one.trim());
    const strange = families.find((name) => !FAMILIES.some((one) => one.name === name));
    if (strange !== undefined) return `There is no family ${strange}.`;
    return { text, about: "family", label: "model", op: "in", limit: null, families, hard };
  }
  const found = LIMIT.exec(text);
  const limit = Number(found?.[3]?.replaceAll(",", ""));
  if (found === null || !Number.isFinite(limit)) {
    return `A constraint is not to be read: write a limit such as 'predict_ms < 5'; got '${text}'.`;
  }
  const about = found[1] ?? "";
  const objective = objectiveOf(about);
  if (objective === undefined)
    return `There is no objective ${about}. Known are predict_ms, complexity and others.`;
  const op = found[2] as Rule["op"];
  return { text: `${about} ${op} ${limit}`, about, label: objective.label, op, limit, families: [], hard };
}

function keeps(row: TrialRow, rule: Rule): boolean {
  if (rule.op === "in") return rule.families.includes(row[2]);
  const value = measured(row, rule.about) ?? 0;
  const limit = rule.limit ?? 0;
  return rule.op === "<"
    ? value < limit
    : rule.op === "<="
      ? value <= limit
      : rule.op === ">"
        ? value > limit
        : value >= limit;
}

/** What the kernel would answer about preferences, from the trials and from what was said. */
export class World {
  private readonly complete: TrialRow[];
  private readonly axes: (typeof OBJECTIVES)[number][];
  private readonly rules: Rule[];
  private readonly front: number[];
  private readonly taste: Taste;

  constructor(
    rows: Iterable<TrialRow>,
    private readonly said: Said,
    private readonly waiting: ReadonlySet<string> = new Set(),
  ) {
    this.complete = [...rows].filter((row) => row[1] === "complete" && row[3] !== null);
    this.axes = said.objectives.map(objectiveOf).filter((one) => one !== undefined);
    this.rules = said.constraints.map(ruleOf).filter((one) => typeof one !== "string");
    const hard = this.rules.filter((rule) => rule.hard);
    const kept = this.complete.filter((row) => row[2] !== "dummy" && hard.every((rule) => keeps(row, rule)));
    this.front = this.axes.length < 2 ? [] : frontOf(this.axes, kept);
    this.taste = new Taste(this.axes, this.complete, this.front, said.answers, said.goals?.weights ?? null);
  }

  private get led(): boolean {
    return this.said.goals !== null || this.said.answers.some((one) => one.answer !== "skip");
  }

  preferred(): Best | null {
    const number = this.led ? this.taste.best() : null;
    const row = this.complete.find((one) => one[0] === number);
    return row === undefined ? null : { number: row[0], family: row[2], score: row[3] ?? 0, std: row[4] };
  }

  worth(): WorthInfo {
    const numbers = this.complete.map((row) => row[0]);
    const both = numbers.map((number) => this.taste.worth(number));
    return { numbers, worth: both.map(([worth]) => worth), spread: both.map(([, spread]) => spread) };
  }

  private objective(name: string, at: number): ObjectiveInfo {
    const known = objectiveOf(name);
    if (known === undefined) throw new Error(name);
    const [share, low, high] = at < 0 || !this.led ? [null, null, null] : this.taste.share(at);
    const late = this.waiting.has(name) ? Math.round(this.complete.length / 3) : 0;
    return {
      ...known,
      goal: this.said.goals?.weights[name] ?? null,
      share,
      low,
      high,
      measured: at < 0 ? 0 : this.complete.length - late,
      of: this.complete.length,
      waiting: late,
      problem: name === "calibration" ? "2 trials were loaded without their predictions." : "",
    };
  }

  private constraint(rule: Rule): ConstraintInfo {
    const kept = this.complete.filter((row) => keeps(row, rule)).length;
    const label = `${rule.label.slice(0, 1).toUpperCase()}${rule.label.slice(1)}`;
    const names = rule.families.map((name) => FAMILIES.find((one) => one.name === name)?.label);
    const side = rule.op === "in" ? "one of" : rule.op.startsWith("<") ? "at most" : "at least";
    const limit = formatMeasure(rule.limit ?? 0, objectiveOf(rule.about) ?? { unit: "", points: false });
    const what = rule.op === "in" ? names.join(", ") : limit;
    const sentence = `${label} ${rule.hard ? "must" : "should"} be ${side} ${what}: ${kept} of ${this.complete.length} models keep it.`;
    return { ...rule, kept, broken: this.complete.length - kept, unknown: 0, sentence };
  }

  preferences(): PreferencesInfo {
    const { said, taste, front } = this;
    const asked = new Set(said.answers.map((one) => pairKey(one.first, one.second)));
    const next = front.length < 2 ? null : taste.next(asked);
    const question = next !== null && next.gain > 0.003 ? next : null;
    const answered = said.answers.filter((one) => one.answer !== "skip").length;
    const certainty = Math.min(0.97, 0.5 + 0.07 * answered);
    const best = this.best();
    const preferred = this.preferred()?.number ?? null;
    const name = (number: number | null) => (number === null ? "" : `${this.familyOf(number)}, #${number}`);
    return {
      sentence:
        front.length < 2
          ? "There is nothing to compare yet."
          : !this.led
            ? `${front.length} models are each the best at something. Which is best for you is not known yet.`
            : preferred === best
              ? `You would prefer ${name(preferred)}, which also scores best.`
              : `You would prefer ${name(preferred)}, to the best by score, ${name(best)}.`,
      objectives: said.objectives.map((one, i) => this.objective(one, i)),
      offered: OBJECTIVES.filter((one) => !said.objectives.includes(one.name)).map((one) =>
        this.objective(one.name, -1),
      ),
      groups: GROUPS,
      constraints: this.rules.map((rule) => this.constraint(rule)),
      answers: said.answers
        .map((one) => ({
          ...one,
          sentence:
            one.answer === "skip"
              ? `Skipped #${one.first} and #${one.second}.`
              : one.answer === "equal"
                ? `#${one.first} and #${one.second} are about equal.`
                : `#${one.answer === "a" ? one.first : one.second} rather than #${one.answer === "a" ? one.second : one.first}.`,
          doubt: this.doubt(one),
        }))
        .reverse(),
      question:
        question === null
          ? null
          : {
              ...question,
              left: question.gain * 2,
              sentence: `An answer is expected to bring the choice ${(100 * question.gain).toFixed(1)} % of the way nearer to the best.`,
            },
      enough:
        question !== null
          ? ""
          : front.length < 2
            ? "There is nothing to compare yet: two models on the front are needed."
            : "Another answer would hardly change which model is chosen.",
      learnt: answered === 0 ? [] : this.learnt(certainty),
      trades: [],
      certainty,
      preferred,
      best,
      challenge: this.challenge(),
      front,
      broken: this.complete
        .filter((row) => this.rules.some((rule) => rule.hard && !keeps(row, rule)))
        .map((row) => row[0]),
      goals: said.goals,
    };
  }

  private doubt(one: Answer): string {
    if (one.answer !== "a" && one.answer !== "b") return "";
    const others = this.said.answers.filter((answer) => answer !== one);
    if (others.length < 2) return "";
    const without = new Taste(this.axes, this.complete, this.front, others, this.said.goals?.weights ?? null);
    const agreed = without.prefers(one.first, one.second);
    const against = one.answer === "a" ? 1 - agreed : agreed;
    return against < 0.9
      ? ""
      : `Your other answers say the opposite, with ${Math.round(100 * against)} %. A slip, or a taste that changed?`;
  }

  private learnt(certainty: number): string[] {
    const order = this.axes
      .map((axis, i) => ({ axis, share: this.taste.share(i)[0] }))
      .sort((a, b) => b.share - a.share);
    const first = order[0];
    const last = order.at(-1);
    const sure = `${Math.round(100 * certainty)} % sure`;
    return [
      `${first?.axis.label} counts most, about ${Math.round(100 * (first?.share ?? 0))} % (${sure}).`,
      `You give up about 0.4 points of ROC AUC to halve the prediction time (between 0.2 and 0.9; ${sure} within a factor of two).`,
      `Not yet known: how much prediction time you would give up for a smaller ${last?.axis.label}.`,
    ];
  }

  private best(): number | null {
    return (
      this.complete.reduce<TrialRow | null>(
        (top, row) => ((row[3] ?? 0) > (top?.[3] ?? 0) ? row : top),
        null,
      )?.[0] ?? null
    );
  }

  private familyOf(number: number): string {
    const row = this.complete.find((one) => one[0] === number);
    return FAMILIES.find((one) => one.name === row?.[2])?.label ?? "";
  }

  private challenge(): PreferencesInfo["challenge"] {
    const winner = this.preferred()?.number ?? this.best();
    const top = this.complete.find((row) => row[0] === winner);
    if (winner === null || top === undefined) return null;
    const rivals = this.complete.filter((row) => (row[3] ?? 0) > (top[3] ?? 0) - 0.015 && row[0] !== winner);
    rivals.sort((a, b) => (measured(a, "complexity") ?? 0) - (measured(b, "complexity") ?? 0));
    const rival = rivals[0];
    if (rival === undefined || (measured(rival, "complexity") ?? 0) > (measured(top, "complexity") ?? 0) / 3)
      return null;
    return {
      winner,
      rival: rival[0],
      sentence: `${this.familyOf(rival[0])}, #${rival[0]}, is the simplest model within the noise of ${this.familyOf(winner)}, #${winner}.`,
      lost: [
        `${(100 * ((top[3] ?? 0) - (rival[3] ?? 0))).toFixed(1)} points of ROC AUC, about what the folds differ`,
      ],
      gained: this.axes
        .filter((axis) => axis.log)
        .map((axis) => {
          const ratio = (measured(top, axis.name) ?? 1) / (measured(rival, axis.name) ?? 1);
          return `${axis.label}: ${ratio.toFixed(1)}× less`;
        }),
    };
  }

  pair(first: number, second: number): PairInfo {
    const a = this.card(first);
    const b = this.card(second);
    const rows = [first, second].map((number) => this.complete.find((row) => row[0] === number));
    const differences = this.axes.map((axis) => this.difference(axis, rows[0], rows[1]));
    return {
      a,
      b,
      differences,
      sentence: `A: ${differences.map((one) => `${one.label} ${one.text}`).join(", ")}.`,
      pictures: ["roc", "calibration"],
    };
  }

  private difference(
    axis: (typeof OBJECTIVES)[number],
    a: TrialRow | undefined,
    b: TrialRow | undefined,
  ): DifferenceInfo {
    const base = { name: axis.name, label: axis.label };
    const [x, y] = [a, b].map((row) => (row === undefined ? null : measured(row, axis.name)));
    if (x == null || y == null || this.waiting.has(axis.name))
      return { ...base, better: "unknown", text: "not measured yet" };
    const higher = axis.direction === "higher";
    const better = x > y === higher ? "a" : "b";
    if (axis.log) {
      const ratio = Math.max(x / y, y / x);
      if (ratio < 1.15) return { ...base, better: "equal", text: "about the same" };
      const word = axis.unit === "ms" ? (x < y ? "faster" : "slower") : x < y ? "simpler" : "larger";
      return { ...base, better, text: `${ratio.toFixed(ratio < 10 ? 1 : 0)}× ${word}` };
    }
    const gap = Math.abs(x - y);
    if (gap < (axis.points ? 0.002 : 0.5)) return { ...base, better: "equal", text: "about the same" };
    const size = axis.points ? `${(100 * gap).toFixed(1)} points` : `${gap.toFixed(0)} ${axis.unit}`;
    const word = axis.points ? (better === "a" ? "better" : "worse") : x < y ? "fewer" : "more";
    return { ...base, better, text: `${size} ${word}` };
  }

  private card(number: number): CardInfo {
    const row = this.complete.find((one) => one[0] === number);
    const family = FAMILIES.find((one) => one.name === row?.[2]);
    return {
      number,
      label: family?.label ?? "",
      colour: family?.colour ?? "base",
      score: `ROC AUC ${row?.[3]?.toFixed(3)} ± ${row?.[4]?.toFixed(3)}`,
      facts: this.axes.map((axis) => {
        const value = row === undefined ? null : measured(row, axis.name);
        const text = value === null ? "not measured yet" : formatMeasure(value, axis);
        return {
          name: axis.name,
          label: axis.label,
          text: axis.main ? `${text} ± ${row?.[4]?.toFixed(3)}` : text,
        };
      }),
      settings: (family?.parameters ?? []).slice(0, 5).map((one, i) => {
        const value = row?.[12][i];
        return `${one.label} ${typeof value === "number" ? Number(value.toPrecision(3)) : String(value)}`;
      }),
    };
  }

  picture(numbers: readonly number[], kind: PictureInfo["kind"]): PictureInfo {
    return {
      kind,
      x: kind === "roc" ? "false positive rate" : "predicted",
      y: kind === "roc" ? "true positive rate" : kind === "calibration" ? "observed" : "error",
      sentence:
        kind === "roc"
          ? "At equal false alarms, A finds a little more; they cross near 40 %."
          : kind === "calibration"
            ? "Both say too little where the risk is high."
            : "Errors grow with the prediction.",
      curves: numbers.map((number, i) => {
        const row = this.complete.find((one) => one[0] === number);
        const bend = 1 / (1 - 1.02 * ((row?.[3] ?? 0.8) - 0.03 * i) || 1);
        const rnd = random(number + 3);
        const at = Array.from({ length: kind === "roc" ? 60 : kind === "residuals" ? 250 : 10 }, (_, k) => k);
        return {
          number,
          points: at.map((k) => {
            if (kind === "roc") return [k / 59, 1 - (1 - k / 59) ** (bend * 0.7)];
            if (kind === "residuals") return [rnd() * 100, (rnd() + rnd() - 1) * 20];
            const x = (k + 0.5) / 10;
            const y = Math.min(1, x ** 1.15 + 0.06 * (rnd() - 0.5));
            return [x, y, Math.max(0, y - 0.05), Math.min(1, y + 0.05), 300 - 20 * k];
          }),
        };
      }),
    };
  }

  audit(number: number, column: string): AuditInfo {
    const row = this.complete.find((one) => one[0] === number);
    const score = row?.[3] ?? 0.8;
    const rnd = random(number + column.length);
    const names =
      column === "gender"
        ? ["Female", "Male"]
        : column === "SeniorCitizen"
          ? ["0", "1"]
          : ["<b>a</b>", "b", "c", "d"];
    const figures = [
      "ROC AUC",
      "selected",
      "missed (false negative rate)",
      "false alarms (false positive rate)",
    ];
    let left = 1;
    const groups = names.map((label, i) => {
      const share = i === names.length - 1 ? left : left * (0.5 + 0.4 * rnd());
      left -= share;
      const rows = Math.round(5634 * share * (names.length > 2 && i > 1 ? 0.02 : 1));
      const wide = 1.2 / Math.sqrt(rows);
      return {
        label,
        rows,
        share: rows / 5634,
        small: rows < 100,
        figures: [score - 0.02 * rnd(), 0.2 + 0.15 * rnd(), 0.3 + 0.2 * rnd(), 0.1 + 0.1 * rnd()].map(
          (value, k) =>
            k === 2 && rows < 40
              ? [null, null, null]
              : [value, Math.max(0, value - wide), Math.min(1, value + wide)],
        ),
      };
    });
    return {
      column,
      number,
      figures,
      groups,
      sentence: `${names[0]} are selected in ${(100 * (groups[0]?.figures[1]?.[0] ?? 0)).toFixed(0)} % of the rows, ${names[1]} in ${(100 * (groups[1]?.figures[1]?.[0] ?? 0)).toFixed(0)} %. Whether that is right is for you to judge.`,
      notes: ["A row is selected where the prediction is 0.5 or more.", "Intervals hold 95 %."],
    };
  }
}
