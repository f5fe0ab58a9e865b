import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import "./Popover.css";
import { useAway } from "./useAway";

interface Props {
  label: ComponentChildren;
  /** Label of the box for screen readers. */
  name: string;
  title?: string;
  class?: string;
  children: ComponentChildren;
}

/** A button that opens a box below it. Esc, or a click elsewhere, closes the box. */
export function Popover({ label, name, title, class: extra = "btn", children }: Props) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useAway(box, open, () => setOpen(false));
  useEffect(() => {
    if (open)
      box.current?.querySelector<HTMLElement>("input, button, [tabindex]")?.focus({ preventScroll: true });
  }, [open]);
  const keys = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !open) return;
    event.stopPropagation();
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div class="popover" role="group" aria-label={name} onKeyDown={keys}>
      <button
        ref={button}
        type="button"
        class={extra}
        title={title}
        aria-expanded={open}
        aria-haspopup="dialog"
        onClick={() => setOpen(!open)}
      >
        {label}
      </button>
      {open && (
        <div ref={box} class="pop" role="dialog" aria-label={name}>
          {children}
        </div>
      )}
    </div>
  );
}
