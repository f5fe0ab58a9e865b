import { useState } from "preact/hooks";
import { Segmented } from "../../components/Segmented";
import type { Command } from "../../protocol/commands";
import type { ConstraintInfo, PreferencesInfo, SessionInfo } from "../../protocol/messages";
import { constraintWords, sideOf } from "../../words/objective";
import { TERMS } from "../../words/terms";
import { byName, familyLabel } from "../../words/trial";
import type { PanelProps } from "../context";
import "./Constraints.css";

interface Props extends PanelProps {
  info: PreferencesInfo;
  session: SessionInfo;
}

interface Refused {
  message: string;
  remedy?: string;
}

const STRICTNESS = [
  { value: true, label: "must", title: "Hard: a model that violates it is never chosen" },
  {
    value: false,
    label: "should",
    title: "Soft: a model that violates it is chosen only if no model satisfies it as well",
  },
];

/** Hard and soft constraints: listed, added by a form, or typed. */
export function Constraints({ store, reachable, attempt, info, session }: Props) {
  const [adding, setAdding] = useState(false);
  const families = byName(session.families);
  const label = (name: string) => familyLabel(families, name);
  const known = [...info.objectives, ...info.offered];
  const change = (one: ConstraintInfo, command: (now: ConstraintInfo) => Command | null) =>
    attempt(() => store.changeConstraint(sideOf(one), command));
  return (
    <div class="constraints">
      <h4 title={TERMS.constraint}>Constraints</h4>
      {info.constraints.length === 0 && !adding && <p class="mute">None yet: any model may be chosen.</p>}
      <ul>
        {info.constraints.map((one) => (
          <Line
            key={sideOf(one)}
            constraint={one}
            words={constraintWords(
              one,
              known.find(({ name }) => name === one.about) ?? { unit: "", points: false },
              label,
            )}
            disabled={!reachable}
            onHard={(hard) =>
              change(one, ({ text, hard: now }) => (now === hard ? null : { type: "require", text, hard }))
            }
            onRelax={() => change(one, ({ text }) => ({ type: "relax", text }))}
          />
        ))}
      </ul>
      {adding ? (
        <Add
          info={info}
          session={session}
          disabled={!reachable}
          onRequire={async (text, hard) => {
            await store.act({ type: "require", text, hard });
            setAdding(false);
          }}
          onClose={() => setAdding(false)}
        />
      ) : (
        <button type="button" class="chip add" aria-expanded={false} onClick={() => setAdding(true)}>
          + Add a constraint…
        </button>
      )}
    </div>
  );
}

interface LineProps {
  constraint: ConstraintInfo;
  words: string;
  disabled: boolean;
  onHard(hard: boolean): void;
  onRelax(): void;
}

function Line({ constraint, words, disabled, onHard, onRelax }: LineProps) {
  const { hard, sentence, text } = constraint;
  const at = sentence.indexOf(": ");
  const [said, kept] = at < 0 ? [sentence || words, ""] : [sentence.slice(0, at), sentence.slice(at + 2)];
  return (
    <li class="constraint" title={text}>
      <span class="constraint-what">
        <b>{said}</b>
        {kept !== "" && <span class="faint">: {kept}</span>}
      </span>
      <span class="constraint-acts">
        <Segmented
          label={`How strict: ${words}`}
          choices={STRICTNESS}
          value={hard}
          disabled={disabled}
          onChoose={onHard}
        />
        <button
          type="button"
          class="btn quiet small"
          aria-label={`Remove: ${words}`}
          disabled={disabled}
          onClick={onRelax}
        >
          Remove
        </button>
      </span>
    </li>
  );
}

interface AddProps {
  info: PreferencesInfo;
  session: SessionInfo;
  disabled: boolean;
  /** Rejects with the kernel's sentence. */
  onRequire(text: string, hard: boolean): Promise<void>;
  onClose(): void;
}

const FAMILY = "family";

function Add({ info, session, disabled, onRequire, onClose }: AddProps) {
  const [about, setAbout] = useState(info.objectives.find((one) => !one.main)?.name ?? FAMILY);
  const objective = info.objectives.find((one) => one.name === about);
  const [side, setSide] = useState<"<=" | ">=" | null>(null);
  const [limit, setLimit] = useState("");
  const [typed, setTyped] = useState("");
  const [families, setFamilies] = useState<readonly string[]>([]);
  const [hard, setHard] = useState(true);
  const [refused, setRefused] = useState<Refused | null>(null);
  const op = side ?? (objective?.direction === "higher" ? ">=" : "<=");
  const number = limit.trim() === "" ? Number.NaN : Number(limit.replaceAll(",", ""));
  const made =
    about === FAMILY
      ? families.length > 0
        ? `family in ${families.join(", ")}`
        : ""
      : Number.isFinite(number)
        ? `${about} ${op} ${number}`
        : "";
  const text = typed.trim() || made;
  const send = async (event: Event) => {
    event.preventDefault();
    if (text === "" || disabled) return;
    setRefused(null);
    try {
      await onRequire(text, hard);
    } catch (reason) {
      setRefused(reason as Refused);
    }
  };
  return (
    <form
      class="limit-form"
      aria-label="New constraint"
      onSubmit={send}
      noValidate
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <div class="limit-row">
        <select
          class="field"
          aria-label="Constrain"
          value={about}
          onChange={(event) => {
            setAbout(event.currentTarget.value);
            setSide(null);
          }}
        >
          {info.objectives.map((one) => (
            <option key={one.name} value={one.name}>
              {one.label}
            </option>
          ))}
          <option value={FAMILY}>the model</option>
        </select>
        {about !== FAMILY && (
          <>
            <select
              class="field"
              aria-label="At most or at least"
              value={op}
              onChange={(event) => setSide(event.currentTarget.value as "<=" | ">=")}
            >
              <option value="<=">at most</option>
              <option value=">=">at least</option>
            </select>
            <span class="limit-number">
              <input
                class="field tiny"
                aria-label="Limit"
                inputMode="decimal"
                autocomplete="off"
                value={limit}
                onInput={(event) => setLimit(event.currentTarget.value)}
              />{" "}
              {objective?.unit}
            </span>
          </>
        )}
      </div>
      {about === FAMILY && (
        <div class="chips">
          {session.families
            .filter((one) => !one.baseline)
            .map((one) => (
              <label key={one.name} class="chip family">
                <input
                  type="checkbox"
                  checked={families.includes(one.name)}
                  onChange={() =>
                    setFamilies(
                      families.includes(one.name)
                        ? families.filter((name) => name !== one.name)
                        : [...families, one.name],
                    )
                  }
                />
                {one.label}
              </label>
            ))}
        </div>
      )}
      <label class="limit-typed">
        <span class="faint">or type the constraint</span>
        <input
          class="field"
          placeholder="predict_ms < 5"
          autocomplete="off"
          spellcheck={false}
          value={typed}
          aria-invalid={refused !== null}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      {refused !== null && (
        <p class="oops" role="alert">
          {refused.message} {refused.remedy ?? ""}
        </p>
      )}
      <div class="foot">
        <Segmented label="How strict" choices={STRICTNESS} value={hard} onChoose={(next) => setHard(next)} />
        <button type="submit" class="btn you small" disabled={disabled || text === ""}>
          Add constraint
        </button>
        <button type="button" class="btn quiet small" onClick={onClose}>
          Close
        </button>
      </div>
    </form>
  );
}
