import { useState } from "preact/hooks";
import type { AnnotationInfo } from "../../protocol/messages";
import "./Annotation.css";

interface Props {
  annotation: AnnotationInfo | null;
  disabled: boolean;
  /** False if it was refused. */
  onSave(tags: string[], note: string): Promise<boolean>;
}

const readTags = (text: string) =>
  [...new Set(text.split(",").map((one) => one.trim()))].filter((one) => one !== "");

/** The tags and the note of a trial, and a form to change them. */
export function Annotation({ annotation, disabled, onSave }: Props) {
  const [draft, setDraft] = useState<{ tags: string; note: string } | null>(null);
  const { tags, note } = annotation ?? { tags: [], note: "" };
  if (draft === null) {
    return (
      <section class="annotation">
        {tags.length > 0 && (
          <p class="tags">
            {tags.map((one) => (
              <span key={one} class="tag">
                {one}
              </span>
            ))}
          </p>
        )}
        {note !== "" && <p class="annotation-note">{note}</p>}
        <button
          type="button"
          class="btn link"
          disabled={disabled}
          onClick={() => setDraft({ tags: tags.join(", "), note })}
        >
          {annotation === null ? "Add tags or a note" : "Edit tags and note"}
        </button>
      </section>
    );
  }
  const save = async (event: Event) => {
    event.preventDefault();
    const [before, after] = [tags, readTags(draft.tags)];
    const same = before.join() === after.join() && note === draft.note.trim();
    if (same || (await onSave(after, draft.note.trim()))) setDraft(null);
  };
  return (
    <form class="annotation" onSubmit={save} noValidate>
      <div class="stack">
        <label for="hitl-tags">tags, separated by commas</label>
        <input
          id="hitl-tags"
          class="field"
          maxLength={400}
          value={draft.tags}
          onInput={(event) => setDraft({ ...draft, tags: event.currentTarget.value })}
        />
      </div>
      <div class="stack">
        <label for="hitl-note">note</label>
        <textarea
          id="hitl-note"
          class="field"
          rows={2}
          maxLength={2000}
          value={draft.note}
          onInput={(event) => setDraft({ ...draft, note: event.currentTarget.value })}
        />
      </div>
      <div class="annotation-acts">
        <button type="submit" class="btn small you" disabled={disabled}>
          Save tags and note
        </button>
        <button type="button" class="btn quiet small" onClick={() => setDraft(null)}>
          Discard draft
        </button>
      </div>
    </form>
  );
}
