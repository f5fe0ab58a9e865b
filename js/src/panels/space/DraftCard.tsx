import type { Ref } from "preact";
import { CodeLine } from "../../components/Copy";
import { emphasised } from "../../components/Figures";
import type { ActInfo, SpacePreview } from "../../protocol/messages";
import { formatCount } from "../../words/numbers";
import { ApplyOrDiscard, RunningChoice, UndoOrRedo } from "../Drafting";
import type { Previewed } from "../usePreview";
import "./DraftCard.css";

interface Props {
  previewed: Previewed<SpacePreview>;
  /** There is a draft. */
  drafting: boolean;
  /** The act that was applied from here last. */
  applied: ActInfo | null;
  /** Why the last apply was refused. */
  refused: string;
  cancels: boolean;
  sending: boolean;
  disabled: boolean;
  redoable: boolean;
  box: Ref<HTMLElement>;
  onCancels(cancels: boolean): void;
  onApply(): void;
  onDiscard(): void;
  onUndo(act: number): void;
  onRedo(): void;
}

/** The effect of the draft as the kernel previews it, and the buttons that apply or discard it. */
export function DraftCard(props: Props) {
  const { previewed, drafting } = props;
  const { preview, error, busy } = previewed;
  const warning = preview?.sentences.find((sentence) => /\bbest\b/.test(sentence));
  return (
    <section ref={props.box} class="card draft" aria-labelledby="hitl-q-edit" aria-live="polite">
      <h3 id="hitl-q-edit">What would this edit do?</h3>
      {!drafting ? (
        <Idle {...props} />
      ) : (
        <>
          <p class="say">
            {error !== "" ? "This edit is not possible." : (preview?.title ?? "Previewing the edit…")}
          </p>
          {error !== "" && <p class="oops">{error}</p>}
          {preview !== null && error === "" && (
            <div class={busy ? "foreseen old" : "foreseen"}>
              <Remains preview={preview} />
              <ul class="sentences">
                {preview.sentences.map((sentence) => (
                  <li key={sentence} class={preview.best_lost && sentence === warning ? "lost" : ""}>
                    {emphasised(sentence)}
                  </li>
                ))}
              </ul>
              {preview.best_lost && warning === undefined && (
                <p class="lost">The best trial falls outside.</p>
              )}
              {preview.running_outside > 0 && (
                <RunningChoice
                  words={
                    preview.running_outside === 1
                      ? "The running trial that falls outside"
                      : `The ${preview.running_outside} running trials that fall outside`
                  }
                  cancels={props.cancels}
                  onCancels={props.onCancels}
                />
              )}
            </div>
          )}
          {props.refused !== "" && (
            <p class="oops" role="alert">
              {props.refused}
            </p>
          )}
          <ApplyOrDiscard {...props} disabled={props.disabled || error !== ""} />
          {preview !== null && error === "" && preview.python !== "" && (
            <CodeLine code={preview.python} label="Copy" />
          )}
        </>
      )}
    </section>
  );
}

function Idle(props: Props) {
  const { applied } = props;
  if (applied === null) {
    return (
      <p class="say">
        Drag a handle or click a model to preview the effect here. Nothing changes until you click Apply.
      </p>
    );
  }
  return (
    <div class="applied">
      <p>
        <b>{applied.undone ? "Undone." : "Applied."}</b>{" "}
        <span class={applied.undone ? "mute gone" : "mute"}>{applied.title}</span>
      </p>
      <UndoOrRedo {...props} applied={applied} />
    </div>
  );
}

/** The trials as one bar: those that stay inside, turn grey, or were grey. */
export function Remains({ preview }: { preview: SpacePreview }) {
  const all = Math.max(1, preview.of);
  const outside = Math.min(all, preview.outside_after.length);
  const fresh = Math.min(outside, preview.outside);
  const before = outside - fresh;
  const back = Math.min(all - outside, preview.back);
  const inside = all - outside - back;
  const parts: [string, number, string][] = [
    ["in", inside, "inside"],
    ["back", back, back === 1 ? "comes back" : "come back"],
    ["fresh", fresh, fresh === 1 ? "turns gray" : "turn gray"],
    ["out", before, "already gray"],
  ];
  const shown = parts.filter(([, count]) => count > 0);
  const said = shown.map(([, count, words]) => `${formatCount(count)} ${words}`).join(", ");
  return (
    <div class="remains">
      <div class="remains-bar" role="img" aria-label={`Of ${formatCount(all)} trials: ${said}`}>
        {shown.map(([kind, count]) => (
          <i key={kind} class={kind} style={{ flexGrow: count }} />
        ))}
      </div>
      <ul class="remains-key" aria-hidden="true">
        {shown.map(([kind, count, words]) => (
          <li key={kind}>
            <i class={kind} />
            {formatCount(count)} {words}
          </li>
        ))}
      </ul>
    </div>
  );
}
