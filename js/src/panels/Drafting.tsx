import { Segmented } from "../components/Segmented";
import type { ActInfo } from "../protocol/messages";
import { UNDO_KEYS } from "../words/keys";

interface RunningProps {
  /** Which running trials. */
  words: string;
  cancels: boolean;
  onCancels(cancels: boolean): void;
}

/** What becomes of running trials when a draft is applied. */
export function RunningChoice({ words, cancels, onCancels }: RunningProps) {
  return (
    <div class="in-work">
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

/** The only way in for a draft, and the way out. */
export function ApplyOrDiscard({ disabled, sending, onApply, onDiscard }: ApplyProps) {
  return (
    <div class="foot">
      <button type="button" class="btn you" disabled={disabled || sending} onClick={onApply}>
        {sending ? "Applying…" : "Apply"}
      </button>
      <button type="button" class="btn" onClick={onDiscard}>
        Discard
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

/** The way back from the act that was applied last, or forth again. */
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
