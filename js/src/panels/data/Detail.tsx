import { useState } from "preact/hooks";
import type { ColumnDetail, ColumnRole, DataInfo, WarningInfo } from "../../protocol/messages";
import type { SessionStore } from "../../store/session";
import {
  type Column,
  type DataDraft,
  type Filling,
  roleLabel,
  shareWords,
  typedValue,
  withChoice,
} from "../../words/data";
import { formatCount } from "../../words/numbers";
import { useResource } from "../useResource";
import { Rates } from "./Rates";
import { Severity } from "./Severity";
import { Spread } from "./Spread";
import "./Detail.css";

interface Props {
  store: SessionStore;
  info: DataInfo;
  column: Column;
  rows: number;
  warnings: readonly WarningInfo[];
  draft: DataDraft;
  disabled: boolean;
  onUndo(act: number): void;
  onDraft(draft: DataDraft): void;
  onClose(): void;
}

/** One column: its values, its relation to the target, and how models read it. */
export function Detail(props: Props) {
  const { store, info, column, rows, warnings, draft, disabled, onDraft } = props;
  const [of, setOf] = useState("");
  const { detail, error } = useColumn(store, column, of);
  const role = draft.roles[column.name] ?? column.role;
  const told = info.roles.find((one) => one.role === role);
  const choose = (next: ColumnRole) => onDraft(withChoice(draft, "roles", column.name, next, column.role));
  return (
    <section class="card column-card" aria-labelledby="hitl-q-column">
      <div class="card-head">
        <h3 id="hitl-q-column">What is in {column.name}?</h3>
        <button type="button" class="btn quiet small" onClick={props.onClose} aria-label="Close the column">
          Close
        </button>
      </div>
      {error !== "" && <p class="oops">{error}</p>}
      <p class="say">
        {[
          column.kind,
          `${formatCount(column.distinct)} distinct`,
          column.missing > 0 ? `${shareWords(column.missing, rows)} missing` : "none missing",
        ]
          .filter((words) => words !== "")
          .join(" · ")}
      </p>
      {warnings.map((warning) => (
        <p key={warning.key} class="column-warning">
          <Severity of={warning.severity} mute /> {warning.sentence}
        </p>
      ))}
      {detail !== null && (
        <>
          <Spread spread={detail.spread} name={column.name} />
          <Rates
            rates={detail.rates}
            name={column.name}
            ordered={detail.spread.kind !== "categories"}
            onClass={setOf}
          />
          {detail.relation !== "" && <p>{detail.relation}</p>}
          {detail.examples.length > 0 && (
            <p class="mute">
              For example{" "}
              {detail.examples.map((one, i) => (
                <code key={i}>{one}</code>
              ))}
            </p>
          )}
        </>
      )}
      <fieldset class="role-choice" disabled={disabled}>
        <legend>How do models use this column?</legend>
        {info.roles.map((one) => (
          <label key={one.role} class={one.role === role ? "chosen-role" : ""}>
            <input
              type="radio"
              name="hitl-role"
              checked={one.role === role}
              onChange={() => choose(one.role)}
            />
            <span>
              <b>{one.label}</b>
              {one.role === role && <span class="mute"> {one.story}</span>}
            </span>
          </label>
        ))}
      </fieldset>
      {detail !== null && <Because detail={detail} info={info} />}
      {detail !== null && detail.act !== null && <UndoAct {...props} act={detail.act} />}
      {detail !== null && told !== undefined && (
        <div class="ways">
          {(told.fillings.length > 1 || told.values !== "none") && (
            <FillingChoice {...props} detail={detail} values={told.values} ways={told.fillings} />
          )}
          {told.encodings.length > 1 && (
            <label>
              <span>Categories become</span>
              <select
                class="field"
                disabled={disabled}
                value={draft.encoding[column.name] ?? column.encoding}
                onChange={(event) =>
                  onDraft(
                    withChoice(draft, "encoding", column.name, event.currentTarget.value, column.encoding),
                  )
                }
              >
                {told.encodings.map(({ way, label }) => (
                  <option key={way} value={way}>
                    {label}
                  </option>
                ))}
              </select>
            </label>
          )}
        </div>
      )}
      <div class="foot">
        {role === "ignored" ? (
          <button
            type="button"
            class="btn you-line"
            disabled={disabled || detail === null}
            onClick={() => detail !== null && choose(backTo(detail, column))}
          >
            Include {column.name}
          </button>
        ) : (
          <button type="button" class="btn" disabled={disabled} onClick={() => choose("ignored")}>
            Leave out {column.name}
          </button>
        )}
      </div>
    </section>
  );
}

/** The role that a column left out comes back to. */
function backTo(detail: ColumnDetail, column: Column): ColumnRole {
  if (column.role !== "ignored") return column.role;
  if (detail.understood !== "ignored") return detail.understood;
  return detail.spread.kind === "numbers"
    ? "numeric"
    : detail.spread.kind === "dates"
      ? "date"
      : "categorical";
}

/** Why the column has its role, and which role it would have without a change by hand. */
function Because({ detail, info }: { detail: ColumnDetail; info: DataInfo }) {
  const name = (role: ColumnRole) => (role === "ignored" ? "left out" : `a ${roleLabel(info.roles, role)}`);
  if (detail.role === detail.understood) {
    return PLAIN.has(detail.reason) ? null : <p class="mute">{sentence(detail.reason)}</p>;
  }
  const because = PLAIN.has(detail.because) ? "" : ` (${detail.because})`;
  return (
    <p class="mute">
      {sentence(detail.reason)} Without this change, it would be {name(detail.understood)}
      {because}.
    </p>
  );
}

/** The button that undoes the act by which the column was left out; it says what else that brings back. */
function UndoAct({ store, act, disabled, onUndo }: Props & { act: number }) {
  const title = store.steering.value?.acts.find((one) => one.number === act)?.title;
  return (
    <button type="button" class="btn small undo-act" disabled={disabled} onClick={() => onUndo(act)}>
      Undo {title === undefined ? "this change" : `“${title}”`}
    </button>
  );
}

/** Reasons that only repeat the role. */
const PLAIN: ReadonlySet<string> = new Set(["", "numbers", "dates"]);

const sentence = (text: string) => (text === "" ? "" : `${text[0]?.toUpperCase()}${text.slice(1)}.`);

interface FillingProps extends Props {
  detail: ColumnDetail;
  ways: readonly { way: string; label: string }[];
  values: "none" | "number" | "text";
}

function FillingChoice({ column, draft, disabled, detail, ways, values, onDraft }: FillingProps) {
  const today: Filling =
    detail.filling === "value" && detail.value !== null ? { value: detail.value } : column.filling;
  const now: Filling = draft.filling[column.name] ?? today;
  const own = typeof now === "object";
  const [text, setText] = useState<string | null>(null);
  const put = (way: Filling) => onDraft(withChoice(draft, "filling", column.name, way, today));
  const typing = text !== null || own;
  const shown = text ?? (own ? String(now.value) : "");
  const wrong = text !== null && text.trim() !== "" && typedValue(text, values) === null;
  return (
    <label>
      <span>Missing cells become</span>
      <span class="filling">
        <select
          class="field"
          disabled={disabled}
          value={typing ? "value" : (now as string)}
          onChange={(event) => {
            const way = event.currentTarget.value;
            setText(way === "value" ? "" : null);
            if (way !== "value") put(way);
          }}
        >
          {ways.map(({ way, label }) => (
            <option key={way} value={way}>
              {label}
            </option>
          ))}
          {values !== "none" && <option value="value">this value:</option>}
        </select>
        {typing && (
          <input
            class="field tiny-value"
            aria-label={`Value for missing cells of ${column.name}`}
            aria-invalid={wrong}
            placeholder={values === "number" ? "a number" : "a category"}
            disabled={disabled}
            value={shown}
            onInput={(event) => {
              setText(event.currentTarget.value);
              const value = typedValue(event.currentTarget.value, values);
              if (value !== null) put({ value });
            }}
          />
        )}
      </span>
      {wrong && <span class="oops">Enter a number, for example 0.</span>}
    </label>
  );
}

function useColumn(
  store: SessionStore,
  column: Column,
  of: string,
): { detail: ColumnDetail | null; error: string } {
  const { value, error } = useResource(store.columns.of(column.name, of), column);
  return { detail: value?.name === column.name ? value : null, error };
}
