import { useState } from "preact/hooks";
import type { Value } from "../protocol/commands";
import type { FamilyInfo, ParameterInfo } from "../protocol/messages";
import { checkForm, formTexts, hintWords } from "../words/form";
import { formatSetting } from "../words/numbers";
import { CopyButton } from "./Copy";
import { Strip } from "./Strip";

interface Props {
  families: readonly FamilyInfo[];
  /** Family of the initial values. */
  family: FamilyInfo;
  /** A trial's values in the order of the family's parameters; null for the defaults. */
  values: readonly Value[] | null;
  parent: number | null;
  disabled: boolean;
  onQueue(config: Record<string, Value>): Promise<void>;
  onCode(config: Record<string, Value>): Promise<string>;
  onCancel(): void;
}

interface Refused {
  message: string;
  remedy: string;
}

export function ConfigForm(props: Props) {
  const [family, setFamily] = useState(props.family);
  const origin = formTexts(family, family.name === props.family.name ? props.values : null);
  const [texts, setTexts] = useState(origin);
  const [tried, setTried] = useState(false);
  const [sending, setSending] = useState(false);
  const [refused, setRefused] = useState<Refused | null>(null);
  const { config, problems } = checkForm(family, texts);
  const broken = Object.keys(problems).length;

  const choose = (name: string) => {
    const next = props.families.find((one) => one.name === name);
    if (next === undefined) return;
    setFamily(next);
    setTexts(formTexts(next, next.name === props.family.name ? props.values : null));
    setRefused(null);
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    setTried(true);
    if (broken > 0) {
      requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      return;
    }
    setSending(true);
    setRefused(null);
    try {
      await props.onQueue(config);
    } catch (reason) {
      const error = reason as Partial<Refused>;
      setRefused({ message: error.message ?? String(reason), remedy: error.remedy ?? "" });
    } finally {
      setSending(false);
    }
  };
  return (
    <form class="form" onSubmit={submit} noValidate>
      {props.parent === null && (
        <div class="form-row">
          <label for="hitl-family">model</label>
          <select
            id="hitl-family"
            class="field"
            value={family.name}
            onChange={(event) => choose(event.currentTarget.value)}
          >
            {props.families.map((one) => (
              <option key={one.name} value={one.name}>
                {one.label}
              </option>
            ))}
          </select>
          <span class="hint story">{family.story}</span>
        </div>
      )}
      {family.parameters.length === 0 && <p class="mute">This model has no settings.</p>}
      {family.parameters.map((parameter) => (
        <Field
          key={parameter.name}
          parameter={parameter}
          text={texts[parameter.name] ?? ""}
          changed={texts[parameter.name] !== origin[parameter.name]}
          problem={problems[parameter.name] ?? ""}
          insist={tried}
          onText={(text) => setTexts({ ...texts, [parameter.name]: text })}
        />
      ))}
      {refused !== null && (
        <Strip tone="error">
          <b>{refused.message}</b> {refused.remedy}
        </Strip>
      )}
      <div class="foot">
        <button type="submit" class="btn you" disabled={sending || props.disabled}>
          {sending ? "Queuing…" : "Queue trial"}
        </button>
        <button type="button" class="btn quiet" onClick={props.onCancel}>
          Discard draft
        </button>
        <span class="grow" />
        {broken === 0 && <CopyButton label="Copy as Python" text={() => props.onCode(config)} />}
      </div>
    </form>
  );
}

interface FieldProps {
  parameter: ParameterInfo;
  text: string;
  changed: boolean;
  problem: string;
  /** Show errors also for fields that were not edited. */
  insist: boolean;
  onText(text: string): void;
}

function Field({ parameter, text, changed, problem, insist, onText }: FieldProps) {
  const id = `hitl-set-${parameter.name}`;
  const shows = problem !== "" && (changed || insist);
  const common = {
    id,
    class: "field",
    value: text,
    "aria-invalid": shows,
    "aria-describedby": shows ? `${id}-oops` : `${id}-hint`,
  } as const;
  return (
    <div class={changed ? "form-row changed" : "form-row"}>
      <label for={id}>{parameter.label || parameter.name}</label>
      {parameter.kind === "categorical" ? (
        <select {...common} onChange={(event) => onText(event.currentTarget.value)}>
          {(parameter.choices ?? []).map((choice, i) => (
            <option key={String(choice)} value={String(i)}>
              {formatSetting(choice)}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          inputMode={parameter.kind === "int" ? "numeric" : "decimal"}
          autocomplete="off"
          onInput={(event) => onText(event.currentTarget.value)}
        />
      )}
      <span class="hint" id={`${id}-hint`}>
        {hintWords(parameter)}
      </span>
      {shows && (
        <span class="oops" id={`${id}-oops`} role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}
