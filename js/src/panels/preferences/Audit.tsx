import { useState } from "preact/hooks";
import type { AuditInfo, PreferencesInfo, SessionInfo } from "../../protocol/messages";
import { cellOf, figureScale } from "../../words/audit";
import { formatCount } from "../../words/numbers";
import { byName, familyLabel } from "../../words/trial";
import type { PanelProps } from "../context";
import { useResource } from "../useResource";
import { groupKinds } from "./Objectives";
import "./Audit.css";

interface Props extends PanelProps {
  info: PreferencesInfo;
  session: SessionInfo;
}

/** Figures by group of a column and a sentence, without a verdict: the user writes the judgement. */
export function Audit(props: Props) {
  const { store, info, session } = props;
  const [column, setColumn] = useState("");
  const [typed, setTyped] = useState<string | null>(null);
  store.version.value;
  if (info.groups.length === 0) return null;
  const usual = info.preferred ?? info.best;
  const number = typed === null ? usual : /^\s*#?\d+\s*$/.test(typed) ? Number(typed.replace("#", "")) : null;
  const row = number === null ? undefined : store.rows.get(number);
  const known = row?.state === "complete";
  const families = byName(session.families);
  return (
    <section class="card audit" aria-labelledby="hitl-q-groups">
      <h3 id="hitl-q-groups">Does the model do equally well for each group?</h3>
      <div class="audit-choice">
        <select
          class="field"
          aria-label="Column that defines the groups"
          value={column}
          onChange={(event) => setColumn(event.currentTarget.value)}
        >
          <option value="">Choose a column…</option>
          {info.groups.map((one) => (
            <option key={one} value={one}>
              by {one}
            </option>
          ))}
        </select>
        <label>
          <span class="mute">trial</span>{" "}
          <input
            class="field tiny"
            inputMode="numeric"
            autocomplete="off"
            value={typed ?? (usual === null ? "" : String(usual))}
            aria-invalid={!known}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <span class="faint">
          {row === undefined
            ? "no such trial"
            : !known
              ? "not complete"
              : `${familyLabel(families, row.family)}${number === info.preferred ? ", preferred" : number === info.best ? ", best score" : ""}`}
        </span>
      </div>
      {column === "" ? (
        <p class="say">
          Choose a column to compare the model’s scores between groups of rows. Whether a difference is fair
          is for you to judge.
        </p>
      ) : (
        known && number !== null && <Groups key={column} {...props} column={column} number={number} />
      )}
    </section>
  );
}

interface GroupsProps extends Props {
  column: string;
  number: number;
}

function Groups({ store, reachable, act, info, session, column, number }: GroupsProps) {
  const { value: audit, error } = useResource(store.audits.of(number, column), 0);
  const today = new Set(info.objectives.map((one) => one.name));
  const further = info.objectives.filter((one) => !one.main).map((one) => one.name);
  const kinds = groupKinds(info).filter(({ kind }) => !today.has(`${kind}:${column}`));
  if (error !== "") return <p class="oops">{error}</p>;
  if (audit === null) return <p class="mute">Comparing the groups…</p>;
  return (
    <div class={audit.number === number && audit.column === column ? "" : "stale"}>
      <p class="audit-sentence">{audit.sentence}</p>
      <GroupTable audit={audit} rates={session.kind !== "regression"} />
      {audit.notes.length > 0 && <p class="legend-line">{audit.notes.join(" ")}</p>}
      <Judgement
        disabled={!reachable}
        onSay={async (text) =>
          (await act({ type: "note", text: `Fairness by ${column}, #${number}: ${text}` })) !== null
        }
      />
      {kinds.length > 0 && (
        <div class="chips">
          <span class="mute">Add as an objective:</span>
          {kinds.map(({ kind, label, story }) => (
            <button
              key={kind}
              type="button"
              class="chip add"
              title={story}
              disabled={!reachable}
              onClick={() => act({ type: "set_objectives", names: [...further, `${kind}:${column}`] })}
            >
              + {label} {column}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function GroupTable({ audit, rates }: { audit: AuditInfo; rates: boolean }) {
  const scales = audit.figures.map((_, k) => figureScale(audit.groups, k, rates));
  return (
    <div class="audit-scroll">
      <table class="audit-table">
        <thead>
          <tr>
            <th scope="col">{audit.column}</th>
            <th scope="col" class="r">
              rows
            </th>
            {audit.figures.map((figure) => (
              <th key={figure} scope="col">
                {figure}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {audit.groups.map((group) => (
            <tr key={group.label} class={group.small ? "small-group" : ""}>
              <th scope="row">
                {group.label}
                {group.small && <span class="few">too few rows to judge</span>}
              </th>
              <td class="r num">
                {formatCount(group.rows)} <span class="faint">{shareWords(group.share)}</span>
              </td>
              {audit.figures.map((figure, k) => {
                const cell = cellOf(group.figures[k], scales[k]);
                return (
                  <td key={figure} data-figure={figure}>
                    {cell === null ? (
                      <span class="faint">unknown</span>
                    ) : (
                      <>
                        <span class="num">
                          <b>{cell.value}</b> <span class="mute">{cell.interval}</span>
                        </span>
                        <i class="interval" aria-hidden="true">
                          <i
                            style={{ left: `${100 * cell.low}%`, width: `${100 * (cell.high - cell.low)}%` }}
                          />
                          <b style={{ left: `${100 * cell.at}%` }} />
                        </i>
                      </>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const shareWords = (share: number) =>
  share > 0 && share < 0.01 ? "under 1%" : `${Math.round(100 * share)}%`;

interface JudgementProps {
  disabled: boolean;
  /** False when it was refused. */
  onSay(text: string): Promise<boolean>;
}

/** The user's judgement of the figures; it is saved in the journal. */
function Judgement({ disabled, onSay }: JudgementProps) {
  const [text, setText] = useState("");
  const [kept, setKept] = useState(false);
  const send = async () => {
    if (text.trim() === "" || disabled) return;
    if (!(await onSay(text.trim()))) return;
    setText("");
    setKept(true);
  };
  return (
    <form
      class="judgement"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label for="hitl-judgement">Your assessment</label>
      <div class="note-form">
        <textarea
          id="hitl-judgement"
          class="field"
          rows={1}
          maxLength={1500}
          placeholder="Saved in the journal with the column and the trial"
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setKept(false);
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
        <button type="submit" class="btn you" disabled={disabled || text.trim() === ""}>
          Save assessment
        </button>
      </div>
      <p class="mute" role="status" aria-live="polite">
        {kept ? "Saved in the journal." : ""}
      </p>
    </form>
  );
}
