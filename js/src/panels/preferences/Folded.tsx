import type { ComponentChildren } from "preact";
import { Fold } from "../../components/Fold";
import type { UiStore } from "../../store/ui";

interface Props {
  ui: UiStore;
  id: string;
  title: string;
  help?: string | undefined;
  note: string;
  /** True if it is open until the user folds it. */
  begins: boolean;
  class: string;
  children: ComponentChildren;
}

/** A section of the preferences; it stays as the user left it. */
export function Folded({ ui, id, begins, ...rest }: Props) {
  const open = ui.unfolded.value[id] ?? begins;
  return (
    <Fold
      {...rest}
      id={`hitl-q-${id}`}
      open={open}
      onToggle={(now) => {
        if (now !== open) ui.unfolded.value = { ...ui.unfolded.value, [id]: now };
      }}
    />
  );
}
