import { useRef, useState } from "preact/hooks";
import type { Command } from "../../protocol/commands";
import type { ObjectiveInfo, PreferencesInfo, SessionInfo } from "../../protocol/messages";
import { countWords, formatCount } from "../../words/numbers";
import { TERMS } from "../../words/terms";
import type { PanelProps } from "../context";
import { Constraints } from "./Constraints";
import { Costs, MOST_CLASSES } from "./Costs";
import { Folded } from "./Folded";
import "./Objectives.css";

interface Props extends PanelProps {
  info: PreferencesInfo;
  session: SessionInfo;
}

/** The objectives besides the metric, and the constraints. */
export function Objectives(props: Props) {
  const { store, reachable, act, info, session } = props;
  const [adding, setAdding] = useState(false);
  const further = info.objectives.filter((one) => !one.main).map((one) => one.name);
  const known = further.join("\n");
  // Pending objectives count at once: a second click must not revert the first.
  const asked = useRef<{ known: string; names: string[] } | null>(null);
  if (asked.current !== null && asked.current.known !== known) asked.current = null;
  const names = () => asked.current?.names ?? further;
  const set = async (wanted: string[]) => {
    const mine = { known, names: wanted };
    asked.current = mine;
    const done = await act({ type: "set_objectives", names: wanted });
    if (done === null && asked.current === mine) asked.current = null;
    return done;
  };
  return (
    <Folded
      ui={props.ui}
      id="objectives"
      title="Objectives and constraints"
      help={TERMS.objective}
      note={noteOf(info)}
      begins={info.objectives.length < 2}
      class="objectives-card"
    >
      <ul class="objectives">
        {info.objectives.map((one) => (
          <Objective
            key={one.name}
            objective={one}
            disabled={!reachable}
            onRemove={() => set(names().filter((name) => name !== one.name))}
          />
        ))}
      </ul>
      {adding ? (
        <AddObjective
          info={info}
          session={session}
          onOwn={async (command) => {
            await store.act(command);
            setAdding(false);
          }}
          disabled={!reachable}
          onAdd={async (name) => {
            if ((await set([...names(), name])) !== null) setAdding(false);
          }}
          onClose={() => setAdding(false)}
        />
      ) : (
        <button type="button" class="chip add" aria-expanded={false} onClick={() => setAdding(true)}>
          + Add an objective…
        </button>
      )}
      <Constraints {...props} />
    </Folded>
  );
}

function noteOf({ objectives, constraints }: PreferencesInfo): string {
  const limits = constraints.length === 0 ? "" : `; ${countWords(constraints.length, "constraint")}`;
  return `${objectives.map(({ label }) => label).join(", ")}${limits}`;
}

interface ObjectiveProps {
  objective: ObjectiveInfo;
  disabled: boolean;
  onRemove(): void;
}

function Objective({ objective, disabled, onRemove }: ObjectiveProps) {
  const { label, direction, main, measured, of, waiting, problem, story } = objective;
  const part = waiting > 0 || measured < of;
  return (
    <li class="objective" title={story}>
      <span class="objective-what">
        <b>{label}</b> <span class="faint">{direction} is better</span>
        {part && !main && (
          <span class="faint num objective-measured">
            {formatCount(measured)} of {formatCount(of)} measured
            {waiting > 0 && `, ${formatCount(waiting)} waiting`}
          </span>
        )}
        {problem !== "" && <span class="objective-problem">{problem}</span>}
      </span>
      {main ? (
        <span class="faint" title="The metric of the task is always an objective">
          main metric
        </span>
      ) : (
        <button
          type="button"
          class="btn quiet small"
          aria-label={`Remove ${label}`}
          disabled={disabled}
          onClick={onRemove}
        >
          Remove
        </button>
      )}
    </li>
  );
}

interface AddProps {
  info: PreferencesInfo;
  session: SessionInfo;
  disabled: boolean;
  onAdd(name: string): void;
  /** Rejects with the kernel's sentence. */
  onOwn(command: Command): Promise<void>;
  onClose(): void;
}

interface OfGroups {
  kind: string;
  label: string;
  story: string;
}

/** Objectives that look at groups are offered once, with their column to choose. */
export function groupKinds({
  offered,
  objectives,
}: Pick<PreferencesInfo, "offered" | "objectives">): OfGroups[] {
  const kinds = new Map<string, OfGroups>();
  for (const { name, label, story } of [...offered, ...objectives]) {
    const [kind = "", column] = split(name);
    if (column === null || kinds.has(kind)) continue;
    kinds.set(kind, {
      kind,
      label: label.endsWith(column) ? label.slice(0, -column.length).trim() : label,
      story,
    });
  }
  return [...kinds.values()];
}

function split(name: string): [string, string | null] {
  const at = name.indexOf(":");
  return at < 0 ? [name, null] : [name.slice(0, at), name.slice(at + 1)];
}

function AddObjective({ info, session, disabled, onAdd, onOwn, onClose }: AddProps) {
  const [costs, setCosts] = useState(false);
  const priced = session.classes.length > 1 && session.classes.length <= MOST_CLASSES;
  const [column, setColumn] = useState(info.groups[0] ?? "");
  const plain = info.offered.filter((one) => split(one.name)[1] === null);
  const kinds = info.groups.length === 0 ? [] : groupKinds(info);
  const taken = new Set(info.objectives.map((one) => one.name));
  return (
    <section
      class="offers"
      aria-label="More objectives"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <ul>
        {plain.map((one) => (
          <li key={one.name}>
            <button type="button" class="offer" disabled={disabled} onClick={() => onAdd(one.name)}>
              <b>{one.label}</b> <span class="mute">{one.story}</span>
            </button>
          </li>
        ))}
      </ul>
      {kinds.length > 0 && (
        <>
          <p class="offers-groups">
            <label for="hitl-offer-column">Fairness between groups of</label>{" "}
            <select
              id="hitl-offer-column"
              class="field"
              value={column}
              onChange={(event) => setColumn(event.currentTarget.value)}
            >
              {info.groups.map((one) => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
            </select>
          </p>
          <ul>
            {kinds.map((one) => {
              const name = `${one.kind}:${column}`;
              return (
                <li key={one.kind}>
                  <button
                    type="button"
                    class="offer"
                    disabled={disabled || taken.has(name)}
                    onClick={() => onAdd(name)}
                  >
                    <b>{one.label}</b> <span class="mute">{one.story}</span>
                  </button>
                </li>
              );
            })}
          </ul>
        </>
      )}
      {priced && (
        <button type="button" class="offer" aria-expanded={costs} onClick={() => setCosts(!costs)}>
          <b>cost of mistakes…</b>{" "}
          <span class="mute">Set a cost for each kind of mistake, in your own unit.</span>
        </button>
      )}
      {priced && costs && <Costs info={info} session={session} disabled={disabled} onAdd={onOwn} />}
      <button type="button" class="btn quiet small" onClick={onClose}>
        Close
      </button>
    </section>
  );
}
