import { useState } from "preact/hooks";
import { CodeLine } from "../../components/Copy";
import { Dot, Score } from "../../components/marks";
import { Waiting } from "../../components/states";
import type { SessionInfo, TrialComparison } from "../../protocol/messages";
import type { SessionStore } from "../../store/session";
import { formatSetting, formatValue, shown } from "../../words/numbers";
import { byName, familyColour } from "../../words/trial";
import type { PanelProps } from "../context";
import { useResource } from "../useResource";
import { FoldLines } from "./FoldLines";
import "./Compare.css";

/** The most trials that the kernel compares. */
export const MOST_COMPARED = 5;

/** The trials chosen by checkbox, and what tells them apart. */
export function Compare({ store, ui }: PanelProps) {
  const numbers = ui.compared.value;
  const [open, setOpen] = useState(false);
  const session = store.session.value;
  if (numbers.length === 0 || session === null) return null;
  const clear = () => {
    ui.compared.value = [];
    setOpen(false);
  };
  const enough = numbers.length > 1;
  return (
    <section class="card" aria-labelledby="hitl-q-compare">
      <div class="compare-bar">
        <h3 id="hitl-q-compare">
          {open && enough ? "How do these trials differ?" : numbers.map((one) => `#${one}`).join(", ")}
        </h3>
        {!enough && <span class="mute">Choose one more trial to compare.</span>}
        {numbers.length === MOST_COMPARED && (
          <span class="mute">At most {MOST_COMPARED} trials can be compared.</span>
        )}
        <span class="grow" />
        {enough && (
          <button
            type="button"
            class={open ? "btn small" : "btn small you-line"}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            {open ? "Close comparison" : `Compare ${numbers.length} trials`}
          </button>
        )}
        <button type="button" class="btn quiet small" onClick={clear}>
          Clear choice
        </button>
      </div>
      {open && enough && <Loaded store={store} session={session} numbers={numbers} />}
    </section>
  );
}

interface LoadedProps {
  store: SessionStore;
  session: SessionInfo;
  numbers: readonly number[];
}

function Loaded({ store, session, numbers }: LoadedProps) {
  store.version.value;
  const rows = numbers.map((one) => store.rows.get(one));
  const { value, error } = useResource(store.comparisons.of(numbers), [numbers, ...rows]);
  if (value === null) return error === "" ? <Waiting text="Comparing…" busy /> : <p class="oops">{error}</p>;
  return (
    <>
      <ul class="say">
        {value.trials
          .filter((one) => one.lead !== "")
          .map((one) => (
            <li key={one.number}>{one.lead}</li>
          ))}
      </ul>
      {value.folds.length > 1 && (
        <FoldLines
          comparison={value}
          metric={session.metric}
          colours={rows.map((row) => familyColour(byName(session.families), row?.family ?? ""))}
        />
      )}
      <Table {...{ store, session, value }} />
      <CodeLine code={value.python} />
    </>
  );
}

interface TableProps {
  store: SessionStore;
  session: SessionInfo;
  value: TrialComparison;
}

function Table({ store, session, value }: TableProps) {
  const { trials, folds, settings, same } = value;
  const families = byName(session.families);
  return (
    <div class="compare-scroll">
      <table class="compared">
        <thead>
          <tr>
            <td />
            {trials.map((one) => (
              <th key={one.number} scope="col">
                <Dot colour={familyColour(families, store.rows.get(one.number)?.family ?? "")} />#{one.number}{" "}
                {one.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{session.metric.label}, mean ± SD over folds</th>
            {trials.map(({ number }) => (
              <td key={number}>
                <Score
                  score={store.rows.get(number)?.score ?? null}
                  std={store.rows.get(number)?.std ?? null}
                  metric={session.metric}
                />
              </td>
            ))}
          </tr>
          {folds.map((fold, at) => (
            <tr key={fold}>
              <th scope="row">fold {fold + 1}</th>
              {trials.map(({ number, folds: scores }) => {
                const score = scores[at] ?? null;
                return (
                  <td key={number} class="num">
                    {score === null ? (
                      <span class="faint">–</span>
                    ) : (
                      formatValue(shown(score, session.metric))
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
          <tr class="part">
            <th scope="rowgroup" colSpan={trials.length + 1}>
              {settingsTitle(settings.length, same)}
            </th>
          </tr>
          {settings.map((one) => (
            <tr key={one.name}>
              <th scope="row">
                {one.label} <code>{one.name}</code>
              </th>
              {trials.map(({ number }, i) => (
                <td key={number} class="num">
                  {one.has[i] ? formatSetting(one.values[i]) : <span class="faint">–</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function settingsTitle(differ: number, same: number): string {
  if (differ === 0) return "All settings are the same.";
  const equal = same === 0 ? "" : `; ${same} ${same === 1 ? "is" : "are"} the same`;
  return `${differ} ${differ === 1 ? "setting differs" : "settings differ"}${equal}`;
}
