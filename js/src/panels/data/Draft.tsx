import { CodeLine } from "../../components/Copy";
import { emphasised } from "../../components/Figures";
import type { ActInfo, DataPreview } from "../../protocol/messages";
import { UNDO_KEYS } from "../../words/keys";
import type { Previewed } from "../usePreview";
import "./Draft.css";

interface Props {
  previewed: Previewed<DataPreview>;
  drafting: boolean;
  /** The act that was applied from here last. */
  applied: ActInfo | null;
  refused: string;
  cancels: boolean;
  sending: boolean;
  disabled: boolean;
  redoable: boolean;
  onCancels(cancels: boolean): void;
  onApply(): void;
  onDiscard(): void;
  onUndo(act: number): void;
  onRedo(): void;
}

/** What the choices so far would do, and the way in; afterwards the way back. */
export function Draft(props: Props) {
  const { previewed, drafting, applied } = props;
  if (!drafting) return applied === null ? null : <Applied {...props} applied={applied} />;
  const { preview, error, busy } = previewed;
  const bad = props.refused || error;
  return (
    <section class="data-draft" aria-label="What would this change do?" aria-live="polite">
      <p class={busy ? "old" : ""}>
        {bad !== "" ? (
          <span class="oops">{bad}</span>
        ) : preview === null ? (
          "Previewing the change…"
        ) : (
          <>
            <b>{preview.title}</b> {emphasised(preview.sentence)}
          </>
        )}
      </p>
      {preview !== null && preview.running > 0 && bad === "" && (
        <div class="in-work">
          <span class="mute">Running trials:</span>
          <div class="seg" role="group" aria-label="Running trials">
            <button type="button" aria-pressed={!props.cancels} onClick={() => props.onCancels(false)}>
              let finish
            </button>
            <button type="button" aria-pressed={props.cancels} onClick={() => props.onCancels(true)}>
              cancel
            </button>
          </div>
        </div>
      )}
      <div class="foot">
        <button
          type="button"
          class="btn you"
          disabled={props.disabled || props.sending || error !== ""}
          onClick={props.onApply}
        >
          {props.sending ? "Applying…" : "Apply"}
        </button>
        <button type="button" class="btn" onClick={props.onDiscard}>
          Discard
        </button>
      </div>
      {preview !== null && bad === "" && <CodeLine code={preview.python} label="Copy" />}
    </section>
  );
}

function Applied({ applied, disabled, redoable, onUndo, onRedo }: Props & { applied: ActInfo }) {
  return (
    <section class="data-draft applied" aria-label="The last change" aria-live="polite">
      <p>
        {applied.undone ? "Undone: " : "Applied: "}
        <b>{applied.title}</b>.
      </p>
      <div class="foot">
        {applied.undone ? (
          redoable && (
            <button type="button" class="btn" disabled={disabled} onClick={onRedo}>
              Redo
            </button>
          )
        ) : (
          <button
            type="button"
            class="btn you-line"
            disabled={disabled}
            title={UNDO_KEYS}
            onClick={() => onUndo(applied.number)}
          >
            Undo
          </button>
        )}
      </div>
    </section>
  );
}
