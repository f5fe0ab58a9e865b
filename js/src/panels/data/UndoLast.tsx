import { commands } from "../../protocol/commands";
import type { ActInfo } from "../../protocol/messages";
import type { PanelProps } from "../context";

interface Props extends PanelProps {
  kind: ActInfo["kind"];
  /** Says what was applied. */
  titled?: boolean;
}

/** The button that undoes the last act, if it is of this kind. */
export function UndoLast({ store, act, reachable, kind, titled }: Props) {
  const last = store.steering.value?.acts.find((one) => !one.undone);
  if (last?.kind !== kind) return null;
  return (
    <>
      {titled && <span class="mute">Applied: {last.title}.</span>}
      <button
        type="button"
        class="btn quiet small"
        disabled={!reachable}
        onClick={() => act(commands.undo({ act: last.number }))}
      >
        Undo
      </button>
    </>
  );
}
