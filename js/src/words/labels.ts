import { commands, type RelabelCommand } from "../protocol/commands";
import type { SuspectInfo } from "../protocol/messages";
import { formatCount } from "./numbers";

export type Label = string | number;

/** Labels that the user has given in the review and not applied yet, by row. */
export type LabelDraft = ReadonlyMap<number, { label: Label; changed: boolean }>;

export const NO_LABELS: LabelDraft = new Map();

/** A draft with the user's label for a row; null removes the row. */
export function withLabel(draft: LabelDraft, suspect: SuspectInfo, label: Label | null): LabelDraft {
  const next = new Map(draft);
  next.delete(suspect.row); // the last answer comes last
  if (label !== null) next.set(suspect.row, { label, changed: label !== suspect.own });
  return next;
}

/** The one command that applies a draft; null if it is empty. */
export function relabelCommand(draft: LabelDraft): RelabelCommand | null {
  if (draft.size === 0) return null;
  return commands.relabel({
    rows: [...draft.keys()],
    labels: [...draft.values()].map((one) => one.label),
  });
}

const changes = (draft: LabelDraft) => [...draft.values()].filter((one) => one.changed).length;

/** What a draft holds: "2 labels changed, 1 kept." */
export function draftWords(draft: LabelDraft): string {
  const changed = changes(draft);
  const kept = draft.size - changed;
  const labels = (count: number) => `${formatCount(count)} ${count === 1 ? "label" : "labels"}`;
  if (changed === 0) return `${labels(kept)} kept.`;
  return `${labels(changed)} changed${kept > 0 ? `, ${formatCount(kept)} kept` : ""}.`;
}

/** The words of the button that applies a draft. */
export function applyWords(draft: LabelDraft): string {
  const changed = changes(draft);
  if (changed > 0) return `Apply ${formatCount(changed)} ${changed === 1 ? "change" : "changes"}`;
  return `Confirm ${formatCount(draft.size)} ${draft.size === 1 ? "label" : "labels"}`;
}

/** The place of the first row after one that has no answer yet, from the start again after the end; null if all have. */
export function nextOpen(suspects: readonly SuspectInfo[], draft: LabelDraft, after: number): number | null {
  const order = [...suspects.keys()].map((i) => (i + after + 1) % suspects.length);
  return order.find((i) => !draft.has(suspects[i]?.row ?? -1)) ?? null;
}
