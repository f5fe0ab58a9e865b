import { Segmented } from "../components/Segmented";
import type { ActInfo } from "../protocol/messages";
import { UNDO_KEYS } from "../words/keys";

interface RunningProps {
  /** Which running trials. */
  words: string;
  cancels: boolean;
  onCancels(cancels: boolean): void;
}

/** The choice to finish or cancel running trials when a draft is applied. */
export function RunningChoice({ words, cancels, onCancels }: RunningProps) {
  return (
    <div class="running-choice">
      <span class="mute">{words}:</span>
      <Segmented
        label={words}
        choices={[
          { value: false, label: "let finish" },
          { value: true, label: "cancel" },
        ]}
        value={cancels}
        onChoose={onCancels}
      />
    </div>
  );
}

interface ApplyProps {
  disabled: boolean;
  sending: boolean;
  onApply(): void;
  onDiscard(): void;
}

/** The buttons that apply or discard a draft. */
export function ApplyOrDiscard({ disabled, sending, onApply, onDiscard }: ApplyProps) {
  return (
    <div class="foot">
      <button type="button" class="btn you" disabled={disabled || sending} onClick={onApply}>
        {sending ? "Applying…" : "Apply changes"}
      </button>
      <button type="button" class="btn" onClick={onDiscard}>
        Discard draft
      </button>
    </div>
  );
}

interface UndoProps {
  applied: ActInfo;
  disabled: boolean;
  redoable: boolean;
  onUndo(act: number): void;
  onRedo(): void;
}

/** The button that undoes the act applied last, or redoes it. */
export function UndoOrRedo({ applied, disabled, redoable, onUndo, onRedo }: UndoProps) {
  if (applied.undone && !redoable) return null;
  return applied.undone ? (
    <button type="button" class="btn small" disabled={disabled} onClick={onRedo}>
      Redo
    </button>
  ) : (
    <button type="button" class="btn small" disabled={disabled} onClick={() => onUndo(applied.number)}>
      Undo <kbd>{UNDO_KEYS}</kbd>
    </button>
  );
}
