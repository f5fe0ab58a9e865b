// @ts-nocheck
import type { ViewInfo, Views } from "../src/protocol/messages";
import { random } from "./scripted";

const CONCEPTS = {
  shap: {
    title: "SHAP values",
    text: "Start from what the model predicts on average; let the columns join in one after the other.",
  },
};

const COLUMNS = ["contract", "tenure", "charges", "<img src=x onerror=alert(1)>"];

export const VIEWS: Views = {
  offers: [
    { name: "importance", level: "model", question: "Which columns matter to this model?", takes: ["trial"] },
    { name: "beeswarm", level: "model", question: "Which way does each column push?", takes: ["trial"] },
    {
      name: "effect",
      level: "model",
      question: "What happens when one column changes?",
      takes: ["trial", "column", "centred"],
    },
    { name: "row", level: "model", question: "Why this prediction?", takes: ["trial", "row"] },
    {
      name: "what_if",
      level: "model",
      question: "What if this row were different?",
      takes: ["trial", "row", "changes"],
    },
    {
      name: "threshold",
      level: "model",
      question: "Where to draw the line?",
      takes: ["trial", "false_alarm", "miss"],
    },
    { name: "winner", level: "search", question: "Why did this one win?", takes: [] },
  ],
  columns: COLUMNS,
  rows: 1_600,
  concepts: CONCEPTS,
};

/** Steps until an answer rests on all rows. */
const STEPS = 3;

/** A view with invented numbers, alive to its options; null for one that there is not. */
export function viewOf(name: string, options: Record<string, unknown>, step: number): ViewInfo | null {
  const offer = VIEWS.offers.find((one) => one.name === name);
  const make = Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined;
  if (offer === undefined || make === undefined) return null;
  const { trial = null } = options;
  const whole: ViewInfo = {
    name,
    level: offer.level,
    question: offer.question,
    sentences: [],
    data: {},
    charts: [],
    notes: [
      "It rests on a sample of the rows.",
      "It says what the model does, not what is cause and effect.",
    ],
    concept: "shap",
    about: trial === null ? {} : { trial },
    options: {},
    partial: false,
  };
  const made = make(options, step);
  return { ...whole, ...made, about: { ...whole.about, ...made.about } };
}

type Maker = (options: Record<string, unknown>, step: number) => Partial<ViewInfo>;

const MAKERS: Record<string, Maker> = {
  importance: (_, step) => {
    const some = random(3 + step);
    const rows = COLUMNS.map((column, rank) => {
      const value = 0.12 / (rank + 1) + 0.005 * some();
      const spread = 0.02 / (step + 1);
      const text = `${(100 * value).toFixed(1)} points`;
      return { column, value, low: value - spread, high: value + spread, share: value / 0.25, text, rank };
    });
    return {
      sentences: ["contract and tenure decide.", `Looked at ${100 * (step + 1)} rows.`],
      data: { importance: rows },
      charts: ["shap_bar"],
      partial: step < STEPS - 1,
    };
  },
  beeswarm: () => {
    const some = random(5);
    const rows = COLUMNS.flatMap((column, rank) =>
      Array.from({ length: 60 }, () => {
        const scaled = some();
        const shap = ((scaled - 0.5) * 0.4) / (rank + 1);
        return { column, rank, scaled, shap, offset: some() - 0.5, value: scaled.toFixed(2) };
      }),
    );
    return {
      sentences: ["A high contract raises it, a low one lowers it."],
      data: { beeswarm: rows },
      charts: ["beeswarm"],
    };
  },
  effect: ({ column = "tenure", centred = false }) => {
    const rows = Array.from({ length: 20 }, (_, order) => {
      const value = 0.5 - 0.015 * order - (centred === true ? 0.5 : 0);
      return {
        x: 3 * order,
        level: String(3 * order),
        value,
        label: `${value}`,
        order,
        rows: 40,
        few: order > 17,
      };
    });
    return {
      question: `What does the model predict as ${String(column)} changes?`,
      sentences: [`As ${String(column)} grows, the probability falls.`],
      data: { effect: rows, lines: rows.map((row) => ({ ...row, row: 1, value: row.value + 0.1 })) },
      charts: ["effect"],
      about: { column, centred },
    };
  },
  row: ({ row = 7 }) => ({
    question: `Why this prediction for row ${String(row)}?`,
    sentences: [`The model predicts ${20 + (Number(row) % 60)} % for row ${String(row)}.`],
    data: {
      waterfall: [
        { label: "start", start: 0.3, end: 0.3, kind: "base", text: "30 %", order: 0 },
        { label: "tenure = 4", start: 0.3, end: 0.45, kind: "more", text: "+15 points", order: 1 },
        { label: "prediction", start: 0.45, end: 0.45, kind: "prediction", text: "45 %", order: 2 },
      ],
    },
    charts: ["waterfall"],
    about: { row },
  }),
  what_if: ({ row = 7, changes }) => {
    const told = Object.entries((changes ?? {}) as Record<string, unknown>);
    const start = { label: "as it is", value: 0.38, change: 0, text: "38 % yes", order: 0 };
    const moved = told.map(([column, value], i) => ({
      label: `${column} = ${String(value)}`,
      value: 0.38 + 0.07 * (i + 1),
      change: 0.07 * (i + 1),
      text: `+${7 * (i + 1)} points`,
      order: i + 1,
    }));
    const cell = { low: null, high: null, step: null, choices: [], missing: false };
    return {
      question: `What if row ${String(row)} were different?`,
      sentences: [
        told.length === 0
          ? `The model predicts 38 % yes for row ${String(row)}.`
          : `With ${told.map(([column, value]) => `${column} = ${String(value)}`).join(" and ")} the model predicts ${38 + 7 * told.length} % yes instead of 38 %.`,
      ],
      data: {
        what_if: [start, ...moved],
        controls: [
          { ...cell, column: "tenure", kind: "number", low: 1, high: 72, step: 1, value: 61 },
          { ...cell, column: "contract", kind: "category", choices: ["monthly", "yearly"], value: "monthly" },
          { ...cell, column: "since", kind: "date", low: 18_000, high: 19_000, step: 1, value: 18_500 },
          { ...cell, column: "note", kind: "text", value: "late", missing: true },
        ],
      },
      charts: ["what_if"],
      about: { row },
    };
  },
  threshold: ({ false_alarm = 1, miss = 1 }) => ({
    sentences: [`With costs of ${String(false_alarm)} and ${String(miss)}, say yes from 0.48 on.`],
    data: { costs: [{ threshold: 0.48, cost: 28 }] },
    charts: ["a_chart_that_is_not_there"],
    about: { false_alarm, miss },
  }),
  winner: () => ({ level: "search", sentences: ["Either could have won."], concept: "" }),
};
