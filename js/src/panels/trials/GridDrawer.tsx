import { useState } from "preact/hooks";
import { CopyButton } from "../../components/Copy";
import { Strip } from "../../components/Strip";
import type { Command } from "../../protocol/commands";
import type { ParameterInfo, SessionInfo, Status } from "../../protocol/messages";
import { configOf, todaysFamily } from "../../words/family";
import { gridValues, MOST_IN_GRID, readGrid } from "../../words/grid";
import { countWords, formatSetting } from "../../words/numbers";
import { mayQueue } from "../../words/phase";
import type { PanelProps } from "../context";
import { DrawerFrame } from "./DrawerFrame";
import "./GridDrawer.css";

interface Props extends PanelProps {
  number: number;
  session: SessionInfo;
  status: Status;
}

interface Refused {
  message?: string;
  remedy?: string;
}

/** One setting of a trial over several values, everything else as it was. */
export function GridDrawer({ store, ui, reachable, number, session, status }: Props) {
  const row = store.rows.get(number);
  const first = session.families.find((one) => one.name === row?.family);
  const family = first === undefined ? undefined : todaysFamily(first, store.steering.value);
  const [name, setName] = useState(family?.parameters[0]?.name ?? "");
  const parameter = family?.parameters.find((one) => one.name === name);
  const [text, setText] = useState(() => (parameter === undefined ? "" : listed(parameter)));
  const [refused, setRefused] = useState<Refused | null>(null);
  const [sending, setSending] = useState(false);
  const close = () => {
    ui.drawer.value = { show: "trial", number };
  };
  const title = `Grid around #${number}`;
  if (row === undefined || family === undefined || parameter === undefined) {
    return (
      <DrawerFrame title={title} label={title} onClose={close}>
        <p class="mute">This model has no settings to vary.</p>
      </DrawerFrame>
    );
  }
  const read = readGrid(parameter, text);
  const config = configOf(family, row.values);
  const command = (): Command => ({
    type: "grid",
    config,
    parameter: name,
    values: read.ok ? read.values : [],
    parent: number,
  });
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!read.ok) return;
    setSending(true);
    try {
      await store.act(command());
      ui.drawer.value = null;
      ui.tab.value = "trials";
    } catch (reason) {
      setRefused(reason as Refused);
      setSending(false);
    }
  };
  return (
    <DrawerFrame title={title} label={title} onClose={close}>
      <p class="mute">One trial per value; all other settings as in #{number}.</p>
      <form class="form" onSubmit={submit} noValidate>
        <div class="stack">
          <label for="hitl-grid-name">setting</label>
          <select
            id="hitl-grid-name"
            class="field"
            value={name}
            onChange={(event) => {
              const next = family.parameters.find((one) => one.name === event.currentTarget.value);
              if (next === undefined) return;
              setName(next.name);
              setText(listed(next));
            }}
          >
            {family.parameters.map((one) => (
              <option key={one.name} value={one.name}>
                {one.label || one.name}
              </option>
            ))}
          </select>
        </div>
        <div class="stack">
          <label for="hitl-grid-values">values, separated by spaces</label>
          <textarea
            id="hitl-grid-values"
            class="field"
            rows={3}
            value={text}
            aria-invalid={!read.ok}
            aria-describedby="hitl-grid-say"
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <span id="hitl-grid-say" class={read.ok ? "hint" : "oops"}>
            {read.ok ? `${countWords(read.values.length, "trial")}; at most ${MOST_IN_GRID}.` : read.message}
          </span>
        </div>
        {refused !== null && (
          <Strip tone="error">
            <b>{refused.message}</b> {refused.remedy ?? ""}
          </Strip>
        )}
        <div class="foot">
          <button
            type="submit"
            class="btn you"
            disabled={!read.ok || sending || !reachable || !mayQueue(status)}
          >
            {read.ok ? `Queue ${countWords(read.values.length, "trial")}` : "Queue trials"}
          </button>
          <button type="button" class="btn quiet" onClick={close}>
            Discard draft
          </button>
          <span class="grow" />
          {read.ok && <CopyButton label="Copy as Python" text={() => store.code(command())} />}
        </div>
      </form>
    </DrawerFrame>
  );
}

function listed(parameter: ParameterInfo): string {
  return gridValues(parameter).map(plain).join(" ");
}

const plain = (value: unknown) => (typeof value === "number" ? String(value) : formatSetting(value));
