import type { ComponentChildren } from "preact";
import "./Fold.css";

interface Props {
  id: string;
  title: string;
  /** Tooltip that explains the title. */
  help?: string | undefined;
  /** The state in one phrase, for those who leave it folded. */
  note: string;
  open: boolean;
  onToggle(open: boolean): void;
  class: string;
  children: ComponentChildren;
}

/** A card behind its heading. */
export function Fold({ id, title, help, note, open, onToggle, class: kind, children }: Props) {
  return (
    <section class={`card fold ${kind}`} aria-labelledby={id}>
      <details
        open={open}
        onToggle={(event) => {
          if (event.target === event.currentTarget) onToggle(event.currentTarget.open);
        }}
      >
        <summary>
          <h3 id={id} title={help}>
            {title}
          </h3>{" "}
          <span class="fold-note">{note}</span>
        </summary>
        {children}
      </details>
    </section>
  );
}
