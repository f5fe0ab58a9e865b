import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
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
  const box = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const node = box.current;
    // A section that goes with the focus in it hands the focus on, so that keys still reach the dashboard.
    return () => {
      if (node?.contains((node.getRootNode() as ShadowRoot).activeElement))
        node.closest<HTMLElement>("[tabindex='-1']")?.focus({ preventScroll: true });
    };
  }, []);
  return (
    <section ref={box} class={`card fold ${kind}`} aria-labelledby={id}>
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
