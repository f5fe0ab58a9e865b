import { useState } from "preact/hooks";
import { CodeLine } from "../../components/Copy";
import { Dot, Score } from "../../components/marks";
import { Waiting } from "../../components/states";
import type { SessionInfo, TrialComparison } from "../../protocol/messages";
import type { SessionStore } from "../../store/session";
import { formatSetting, formatValue, shown } from "../../words/numbers";
import { byName, familyHue, hueColour, stateWords } from "../../words/trial";
import type { PanelProps } from "../context";
import { useResource } from "../useResource";
import { Curves, Disagreement, useDisagreement } from "./Disagreement";
import { FoldLines } from "./FoldLines";
import { distinctHues } from "./hues";
import "./Compare.css";

/** The most trials that the kernel compares. */
export const MOST_COMPARED = 5;

/** The trials chosen by checkbox, and what tells them apart. */
export function Compare(props: PanelProps) {
  const { store, ui } = props;
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
      {open && enough && <Loaded {...props} session={session} numbers={numbers} />}
    </section>
  );
}

interface LoadedProps extends PanelProps {
  session: SessionInfo;
  numbers: readonly number[];
}

function Loaded(props: LoadedProps) {
  const { store, session, numbers, reachable } = props;
  store.version.value;
  const rows = numbers.map((one) => store.rows.get(one));
  const complete = numbers.filter((_, i) => rows[i]?.state === "complete");
  const { value, error } = useResource(store.comparisons.of(numbers), [numbers, ...rows]);
  const disagreement = useDisagreement(store, complete, reachable);
  if (value === null) return error === "" ? <Waiting text="Comparing…" busy /> : <p class="oops">{error}</p>;
  const families = byName(session.families);
  const names = distinctHues(rows.map((row) => familyHue(families, row?.family ?? "")));
  const hues = new Map(numbers.map((one, i) => [one, names[i] ?? "base"]));
  const best = value.best === null ? undefined : value.trials[value.best]?.number;
  return (
    <>
      <ul class="say">
        {value.trials
          .filter((one) => one.lead !== "")
          .map((one) => (
            <li key={one.number}>{one.lead}</li>
          ))}
        {rows.map(
          (row) =>
            row !== undefined &&
            row.state !== "complete" && (
              <li key={row.number}>
                #{row.number} is not complete ({stateWords(row.state)}), so its predictions are not compared.
              </li>
            ),
        )}
      </ul>
      <div class="compare-parts">
        {value.folds.length > 1 && (
          <FoldLines
            comparison={value}
            metric={session.metric}
            colours={value.trials.map(({ number }) => hueColour(hues.get(number) ?? "base"))}
          />
        )}
        <Curves {...props} disagreement={disagreement} hues={hues} />
      </div>
      {complete.length > 1 && (
        <Disagreement {...props} disagreement={disagreement} hues={hues} best={best ?? complete[0] ?? 0} />
      )}
      <Table {...{ store, session, value, hues }} />
      <CodeLine code={value.python} />
      {complete.length > 1 && (
        <CodeLine code={`print(session.explain.disagreement([${complete.join(", ")}]))`} />
      )}
    </>
  );
}

interface TableProps {
  store: SessionStore;
  session: SessionInfo;
  value: TrialComparison;
  hues: ReadonlyMap<number, string>;
}

function Table({ store, session, value, hues }: TableProps) {
  const { trials, folds, settings, same } = value;
  return (
    <div class="compare-scroll">
      <table class="compared">
        <thead>
          <tr>
            <td />
            {trials.map((one) => (
              <th key={one.number} scope="col">
                <Dot colour={hueColour(hues.get(one.number) ?? "base")} />#{one.number} {one.label}
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
              <th scope="row">fold {fold}</th>
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
