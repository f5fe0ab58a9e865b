import { useState } from "preact/hooks";
import { CodeLine, CodeToggle } from "../../components/Copy";
import type { AuditInfo, PreferencesInfo, SessionInfo } from "../../protocol/messages";
import type { Explained } from "../../store/ui";
import { cellOf, figureScale } from "../../words/audit";
import { sharesWords } from "../../words/data";
import { formatCount } from "../../words/numbers";
import { pythonLiteral } from "../../words/views";
import type { PanelProps } from "../context";
import { groupKinds } from "../preferences/Objectives";
import { useResource } from "../useResource";
import "./Groups.css";
import "./ViewCard.css";

interface Props extends PanelProps {
  info: PreferencesInfo;
  session: SessionInfo;
  question: string;
  explained: Explained;
  /** Trial whose groups are compared while the ensemble is explained. */
  recommended: number;
  /** True while the line of Python is shown. */
  code: boolean;
  onCode(shown: boolean): void;
}

/** Figures by group of a column and a sentence, without a verdict: the user writes the judgement. */
export function Groups(props: Props) {
  const { info, question, explained, recommended, code, onCode } = props;
  const [chosen, setChosen] = useState("");
  const column = info.groups.includes(chosen) ? chosen : (info.groups[0] ?? "");
  const number = explained === "ensemble" ? recommended : explained;
  return (
    <section class="card view audit" aria-labelledby="hitl-q-groups" data-view="groups">
      <div class="card-head">
        <h3 id="hitl-q-groups">{question}</h3>
        <CodeToggle shown={code} onToggle={onCode} />
      </div>
      {code && <CodeLine code={`session.audit(${pythonLiteral(column)}, trial=${number})`} label="Copy" />}
      <div class="view-controls">
        <label class="view-control">
          <span class="mute">groups by</span>
          <select
            class="field"
            aria-label="Column that defines the groups"
            value={column}
            onChange={(event) => setChosen(event.currentTarget.value)}
          >
            {info.groups.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
      </div>
      {explained === "ensemble" && <p class="mute">Groups are compared for one trial: #{recommended}.</p>}
      <Compared key={column} {...props} column={column} number={number} />
    </section>
  );
}

interface ComparedProps extends Props {
  column: string;
  number: number;
}

function Compared({ store, reachable, act, info, session, column, number }: ComparedProps) {
  const { value: audit, error } = useResource(store.audits.of(number, column), 0);
  const today = new Set(info.objectives.map((one) => one.name));
  const further = info.objectives.filter((one) => !one.main).map((one) => one.name);
  const kinds = groupKinds(info).filter(({ kind }) => !today.has(`${kind}:${column}`));
  if (error !== "") return <p class="oops">{error}</p>;
  if (audit === null)
    return (
      <p class="mute" aria-busy="true">
        Comparing the groups…
      </p>
    );
  return (
    <div class={audit.number === number && audit.column === column ? "" : "stale"}>
      <p class="view-first audit-sentence">{audit.sentence}</p>
      <GroupTable audit={audit} rates={session.kind !== "regression"} />
      <p class="legend-line">
        {[
          "Errors are measured out-of-fold: each row is predicted by models that were not fitted on it.",
          ...audit.notes,
        ].join(" ")}
      </p>
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
  const shares = sharesWords(
    audit.groups.map((one) => one.share),
    1,
  );
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
          {audit.groups.map((group, row) => (
            <tr key={group.label} class={group.small ? "small-group" : ""}>
              <th scope="row">
                {group.label}
                {group.small && <span class="few">too few rows to judge</span>}
              </th>
              <td class="r num">
                {formatCount(group.rows)} <span class="faint">{shares[row]}</span>
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
