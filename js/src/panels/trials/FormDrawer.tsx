import { ConfigForm } from "../../components/ConfigForm";
import type { Value } from "../../protocol/commands";
import type { SessionInfo, Status } from "../../protocol/messages";
import { todaysFamily, valuesOf } from "../../words/family";
import { mayQueue } from "../../words/phase";
import type { PanelProps } from "../context";
import { DrawerFrame } from "./DrawerFrame";

interface Props extends PanelProps {
  parent: number | null;
  family: string | null;
  /** A configuration to start from, when it is not a trial's. */
  config: Readonly<Record<string, Value>> | null;
  session: SessionInfo;
  status: Status;
}

/** A new configuration of the user, or an edit of a trial. */
export function FormDrawer({ store, ui, reachable, parent, family, config, session, status }: Props) {
  const steering = store.steering.value;
  const all = session.families.map((one) => todaysFamily(one, steering));
  const searched = all.filter((one) => !one.baseline && (steering?.families.includes(one.name) ?? true));
  const offered = searched.length > 0 ? searched : all;
  const wanted = family ?? status.best?.family;
  const among = parent === null ? offered : all;
  const start = among.find((one) => one.name === wanted) ?? offered[0];
  const row = parent === null ? undefined : store.rows.get(parent);
  const close = () => {
    ui.drawer.value = parent === null ? null : { show: "trial", number: parent };
  };
  if (start === undefined) return null;
  const title = parent === null ? "New configuration" : `Edit of #${parent}`;
  const values = config === null ? (row?.values ?? null) : valuesOf(start, config);
  const propose = (config: Record<string, Value>) => ({ type: "propose" as const, config, parent });
  return (
    <DrawerFrame title={title} label={title} onClose={close}>
      <p class="mute">
        {parent === null
          ? "Runs next, on the same folds as the other trials."
          : `Runs as a new trial; #${parent} itself does not change.`}
      </p>
      <ConfigForm
        families={offered}
        family={start}
        values={values}
        parent={parent}
        disabled={!reachable || !mayQueue(status)}
        onQueue={async (config) => {
          const { number } = await store.act(propose(config));
          ui.suggestion.value = null;
          ui.drawer.value = number === null ? null : { show: "trial", number };
        }}
        onCode={(config) => store.code(propose(config))}
        onCancel={close}
      />
    </DrawerFrame>
  );
}
