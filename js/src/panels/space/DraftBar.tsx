import { emphasised } from "../../components/Figures";
import type { SpacePreview } from "../../protocol/messages";
import type { Previewed } from "../usePreview";
import "./DraftBar.css";

interface Props {
  previewed: Previewed<SpacePreview>;
  refused: string;
  sending: boolean;
  disabled: boolean;
  onApply(): void;
  onDiscard(): void;
}

/** The draft in one line, below the row that was touched: shown while the card beside is out of sight. */
export function DraftBar({ previewed, refused, sending, disabled, onApply, onDiscard }: Props) {
  const { preview, error, busy } = previewed;
  const words =
    refused ||
    (error !== ""
      ? error
      : preview === null
        ? "Previewing the edit…"
        : preview.sentences.slice(0, 2).join(" "));
  const bad = refused !== "" || error !== "";
  return (
    <div class="draft-bar">
      <p class={bad ? "oops" : busy ? "old" : ""}>
        {bad ? words : emphasised(words)}
        {!bad && preview?.best_lost === true && <b class="lost"> The best trial falls outside.</b>}
      </p>
      <span class="draft-acts">
        <button
          type="button"
          class="btn you small"
          disabled={disabled || sending || error !== ""}
          onClick={onApply}
        >
          Apply changes
        </button>
        <button type="button" class="btn small" onClick={onDiscard}>
          Discard draft
        </button>
      </span>
    </div>
  );
}
