import type { ActInfo, ChangeCounts, HistoryRow } from "../protocol/messages";
import type { HistoryFilter } from "../store/ui";
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

/** One line of the timeline, or a folded run of the machine's trials. */
export type HistoryItem =
  | { readonly is: "row"; readonly row: HistoryRow }
  | { readonly is: "run"; readonly rows: readonly HistoryRow[] };

const LEAST = 3;

/** The filtered history, newest first, with runs of the machine's trials folded. */
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

/** The headline of the journal. */
export function historyHeadline(rows: readonly HistoryRow[], made: ChangeCounts): string {
  if (rows.length === 0) return "Nothing has happened yet.";
  const { you: yours, machine: turns } = made;
  if (yours === 0 && turns === 0) return "The machine has searched on its own so far.";
  const you = yours === 0 ? "You have changed nothing yet" : `You made ${changes(yours)}`;
  return `${you}${turns === 0 ? "." : `; the machine made ${changes(turns)}.`}`;
}
