import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import "./DrawerFrame.css";

interface Props {
  title: ComponentChildren;
  label: string;
  children: ComponentChildren;
  /** Actions, which stay in sight below the content. */
  foot?: ComponentChildren;
  onClose(): void;
}

/** A drawer beside the panel, or in its place if there is no room. Esc closes it. */
export function DrawerFrame({ title, label, children, foot, onClose }: Props) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    box.current?.focus({ preventScroll: true });
  }, []);
  const keys = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    onClose();
  };
  return (
    <aside ref={box} class="drawer" aria-label={label} tabIndex={-1} onKeyDown={keys}>
      <div class="drawer-scroll">
        <div class="drawer-head">
          <h3>{title}</h3>
          <span class="grow" />
          <button type="button" class="btn quiet small" onClick={onClose}>
            Close <kbd>Esc</kbd>
          </button>
        </div>
        <div class="drawer-body">{children}</div>
        {foot !== undefined && <div class="drawer-foot">{foot}</div>}
      </div>
    </aside>
  );
}
