import { CodeLine } from "../../components/Copy";
import { emphasised } from "../../components/Figures";
import type { ActInfo, DataPreview } from "../../protocol/messages";
import { ApplyOrDiscard, RunningChoice, UndoOrRedo } from "../Drafting";
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

/** The effect of the draft and the button that applies it; afterwards the button that undoes it. */
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
        <RunningChoice words="Running trials" cancels={props.cancels} onCancels={props.onCancels} />
      )}
      <ApplyOrDiscard {...props} disabled={props.disabled || error !== ""} />
      {preview !== null && bad === "" && <CodeLine code={preview.python} label="Copy" />}
    </section>
  );
}

function Applied(props: Props & { applied: ActInfo }) {
  const { applied } = props;
  return (
    <section class="data-draft applied" aria-label="The last change" aria-live="polite">
      <p>
        {applied.undone ? "Undone: " : "Applied: "}
        <b>{applied.title}</b>.
      </p>
      <UndoOrRedo {...props} applied={applied} />
    </section>
  );
}
