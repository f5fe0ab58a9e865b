import { useState } from "preact/hooks";
import { Segmented } from "../../components/Segmented";
import type { Command } from "../../protocol/commands";
import type { PreferencesInfo, SessionInfo } from "../../protocol/messages";
import { nameOf, plainCosts, readCosts } from "../../words/costs";
import "./Costs.css";

interface Props {
  info: PreferencesInfo;
  session: SessionInfo;
  disabled: boolean;
  /** Rejects with the kernel's sentence. */
  onAdd(command: Command): Promise<void>;
}

/** So many classes can be seen at once; more are said in Python. */
export const MOST_CLASSES = 5;

/** A form for the cost of each kind of mistake, which becomes an objective. */
export function Costs({ info, session, disabled, onAdd }: Props) {
  const { classes, target } = session;
  const [typed, setTyped] = useState(() => plainCosts(classes.length));
  const [label, setLabel] = useState("cost of mistakes");
  const [unit, setUnit] = useState("");
  const [gains, setGains] = useState(false);
  const [refused, setRefused] = useState("");
  const matrix = readCosts(typed);
  const taken = new Set([...info.objectives, ...info.offered].map((one) => one.name));
  const send = async (event: Event) => {
    event.preventDefault();
    if (matrix === null || disabled) return;
    setRefused("");
    try {
      await onAdd({
        type: "add_objective",
        name: nameOf(label, taken),
        label: label.trim(),
        direction: gains ? "higher" : "lower",
        unit: unit.trim(),
        matrix,
      });
    } catch (reason) {
      const { message, remedy = "" } = reason as { message: string; remedy?: string };
      setRefused(`${message} ${remedy}`);
    }
  };
  const put = (i: number, j: number, text: string) =>
    setTyped(typed.map((row, r) => (r === i ? row.map((held, c) => (c === j ? text : held)) : row)));
  return (
    <form class="costs" aria-label="Cost of mistakes" onSubmit={send} noValidate>
      <p class="mute">
        Enter the {gains ? "gain" : "cost"} of each prediction; the objective is the mean over all rows.
      </p>
      <div class="audit-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">true {target}</th>
              {classes.map((one) => (
                <th key={one} scope="col">
                  predicted {one}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {classes.map((truth, i) => (
              <tr key={truth}>
                <th scope="row">{truth}</th>
                {classes.map((one, j) => {
                  const text = typed[i]?.[j] ?? "";
                  const wrong = text.trim() === "" || !Number.isFinite(Number(text.replaceAll(",", "")));
                  return (
                    <td key={one}>
                      <input
                        class="field tiny"
                        inputMode="decimal"
                        autocomplete="off"
                        aria-label={`${target} is ${truth}, predicted ${one}`}
                        aria-invalid={wrong}
                        value={text}
                        onInput={(event) => put(i, j, event.currentTarget.value)}
                      />
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div class="limit-row">
        <input
          class="field"
          aria-label="Name"
          value={label}
          maxLength={60}
          onInput={(event) => setLabel(event.currentTarget.value)}
        />
        <input
          class="field tiny"
          aria-label="Unit"
          placeholder="unit"
          maxLength={20}
          value={unit}
          onInput={(event) => setUnit(event.currentTarget.value)}
        />
        <Segmented
          label="Costs or gains"
          choices={[
            { value: false, label: "costs" },
            { value: true, label: "gains" },
          ]}
          value={gains}
          onChoose={(next) => setGains(next)}
        />
      </div>
      {refused !== "" && (
        <p class="oops" role="alert">
          {refused}
        </p>
      )}
      <button type="submit" class="btn you small" disabled={disabled || matrix === null}>
        Add objective
      </button>
    </form>
  );
}
