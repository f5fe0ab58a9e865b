import type { ActInfo, ChangeCounts, HistoryRow } from "../protocol/messages";
import type { Row } from "../store/row";
import type { HistoryFilter } from "../store/ui";
import { countWords, formatCount } from "./numbers";
import { numberWord } from "./space";

export const KINDS: readonly [HistoryRow["kind"], string][] = [
  ["best", "new best scores"],
  ["space", "search space"],
  ["data", "data"],
  ["belief", "beliefs"],
  ["preference", "preferences"],
  ["nudge", "questions"],
  ["note", "notes"],
  ["trial", "trials"],
  ["setting", "settings"],
  ["run", "start and stop"],
  ["result", "results"],
];

/** One line of the timeline, or a folded run of the search's trials. */
export type HistoryItem =
  | { readonly is: "row"; readonly row: HistoryRow }
  | { readonly is: "run"; readonly rows: readonly HistoryRow[] };

const LEAST = 3;

/** The filtered history, newest first, with runs of the search's trials folded. */
export function arrangedHistory(rows: readonly HistoryRow[], filter: HistoryFilter): HistoryItem[] {
  const items: HistoryItem[] = [];
  let run: HistoryRow[] = [];
  const close = () => {
    if (run.length >= LEAST) items.push({ is: "run", rows: run });
    else for (const row of run) items.push({ is: "row", row });
    run = [];
  };
  for (let i = rows.length - 1; i >= 0; i -= 1) {
    const row = rows[i];
    if (row === undefined) continue;
    if (filter.author !== "" && row.author !== filter.author) continue;
    if (filter.kind !== "" && row.kind !== filter.kind) continue;
    if (row.kind === "trial" && row.author === "machine" && filter.kind === "") {
      run.push(row);
      continue;
    }
    close();
    items.push({ is: "row", row });
  }
  close();
  return items;
}

/** True if the act of a line was undone; `Steering.acts` is newer and decides. */
export function isUndone(row: HistoryRow, acts: readonly ActInfo[]): boolean {
  return acts.find((act) => act.number === row.act)?.undone ?? row.undone;
}

const changes = (count: number) => `${numberWord(count)} ${count === 1 ? "change" : "changes"}`;

const SEARCH_DID: readonly [HistoryRow["kind"], one: string, many: string][] = [
  ["space", "changed the search space once", "changed the search space # times"],
  ["data", "changed the data once", "changed the data # times"],
  ["nudge", "made 1 suggestion", "made # suggestions"],
];

/** Who stands behind a trial of the search that was not its own idea. */
const ASKED_FOR: ReadonlySet<Row["origin"]> = new Set(["belief", "nudge"]);

/** What else the search did, beside what its history and its trials say. */
export interface Did {
  /** About the table and its rows, as of `SessionInfo.decided`. */
  readonly decided: readonly string[];
  /** Members of the ensemble; 0 without one. */
  readonly ensemble: number;
  readonly holdout: boolean;
}

/** What the search did on its own, in the order in which it did it; "" before it did anything. */
export function searchWords(rows: readonly HistoryRow[], trials: Iterable<Row>, did: Did): string {
  const own = rows.filter((row) => row.author === "machine");
  const tried = [...trials].filter((one) => one.author === "machine" && !ASKED_FOR.has(one.origin));
  const starts = tried.filter((one) => one.origin === "baseline" || one.origin === "start").length;
  const of =
    starts > 0 && starts < tried.length ? ` (${formatCount(starts)} of them as starting points)` : "";
  const ran = tried.length === 0 ? [] : [`proposed ${countWords(tried.length, "trial")}${of}`];
  const stopped = tried.filter((one) => one.state === "stopped").length;
  const acts = SEARCH_DID.flatMap(([kind, one, many]) => {
    const count = own.filter((row) => row.kind === kind && (kind === "nudge" || row.act !== null)).length;
    return count === 0 ? [] : [count === 1 ? one : many.replace("#", formatCount(count))];
  });
  const parts = [
    ...did.decided,
    ...ran,
    ...(stopped > 0 ? [`stopped ${formatCount(stopped)} of them early`] : []),
    ...acts,
    ...(did.ensemble > 0 ? [`built an ensemble of ${countWords(did.ensemble, "model")}`] : []),
    ...(did.holdout ? ["scored the final models on the holdout"] : []),
  ];
  if (parts.length === 0) return "";
  const last = parts.at(-1);
  return `On its own, the search ${parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${last}` : last}.`;
}

/** The headline of the journal. */
export function historyHeadline(rows: readonly HistoryRow[], made: ChangeCounts): string {
  if (rows.length === 0) return "Nothing has happened yet.";
  const { you: yours, machine: turns } = made;
  if (yours === 0 && turns === 0) return "The search has run on its own so far.";
  const you = yours === 0 ? "You have changed nothing yet" : `You made ${changes(yours)}`;
  return `${you}${turns === 0 ? "." : `; the search made ${changes(turns)}.`}`;
}
