import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { UiStore } from "../../store/ui";
import "./Folded.css";

interface Props {
  ui: UiStore;
  id: string;
  title: string;
  /** Tooltip that explains the title. */
  help?: string | undefined;
  /** The state in one phrase, for those who leave it folded. */
  note: string;
  /** True if it is open until the user folds it. */
  begins: boolean;
  class: string;
  children: ComponentChildren;
}

/** A section of the preferences behind its heading; it stays as the user left it. */
export function Folded({ ui, id, title, help, note, begins, class: kind, children }: Props) {
  const open = ui.unfolded.value[id] ?? begins;
  const heading = `hitl-q-${id}`;
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
    <section ref={box} class={`card fold ${kind}`} aria-labelledby={heading}>
      <details
        open={open}
        onToggle={(event) => {
          const now = event.currentTarget.open;
          if (event.target === event.currentTarget && now !== open)
            ui.unfolded.value = { ...ui.unfolded.value, [id]: now };
        }}
      >
        <summary>
          <h3 id={heading} title={help}>
            {title}
          </h3>{" "}
          <span class="fold-note">{note}</span>
        </summary>
        {children}
      </details>
    </section>
  );
}
