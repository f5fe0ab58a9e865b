import { useState } from "preact/hooks";
import { CodeLine, CodeToggle } from "../../components/Copy";
import { commands } from "../../protocol/commands";
import type { DivisionInfo, FoldBar, FoldRun, MetricChoice } from "../../protocol/messages";
import { formatCount } from "../../words/numbers";
import type { PanelProps } from "../context";
import { useResource } from "../useResource";
import "./Division.css";
import { SplitEditor } from "./SplitEditor";
import { UndoLast } from "./UndoLast";

/** How models are evaluated: in words, and the folds and the holdout drawn along the rows. */
export function Division(props: PanelProps) {
  const { store, reachable } = props;
  const [code, setCode] = useState(false);
  const acts = store.steering.value?.acts.length ?? 0;
  const { value: info, error } = useResource(store.division, acts, reachable);
  return (
    <section class="card division" aria-labelledby="hitl-q-division">
      <div class="card-head">
        <h3 id="hitl-q-division">How are models evaluated?</h3>
        {info !== null && <CodeToggle shown={code} onToggle={setCode} />}
      </div>
      {info === null ? (
        <p class="mute" role="status">
          {error === "" ? "Loading the folds…" : `The folds could not be loaded. ${error}`}
        </p>
      ) : (
        <>
          <MetricLine {...props} choices={info.metrics} code={code} />
          <Drawn info={info} code={code} />
          <SplitEditor key={JSON.stringify(info.split)} {...props} info={info} />
        </>
      )}
    </section>
  );
}

interface MetricProps extends PanelProps {
  choices: readonly MetricChoice[];
  code: boolean;
}

/** The metric, which can be changed at any time: stored predictions are scored again. */
function MetricLine({ choices, code, ...props }: MetricProps) {
  const { store, act, reachable } = props;
  const session = store.session.value;
  if (session === null) return null;
  const { metric } = session;
  const known = choices.some((one) => one.scorer === metric.scorer);
  return (
    <>
      <label class="division-metric">
        Models are scored by{" "}
        <select
          class="field"
          value={metric.scorer}
          disabled={!reachable}
          onChange={async ({ currentTarget }) => {
            const done = await act(commands.setMetric({ metric: currentTarget.value }));
            if (done === null) currentTarget.value = metric.scorer;
          }}
        >
          {(known ? choices : [metric, ...choices]).map((one) => (
            <option key={one.scorer} value={one.scorer}>
              {one.label}
            </option>
          ))}
        </select>
        <UndoLast {...props} kind="metric" />
      </label>
      {code && <CodeLine code={`session.set_metric("${metric.scorer}")`} label="Copy" />}
      {session.expectations !== "" && <p class="say">{session.expectations}</p>}
    </>
  );
}

function Drawn({ info, code }: { info: DivisionInfo; code: boolean }) {
  const held = info.folds.some((one) => one.runs.some((run) => run[4] > 0));
  const unused = info.folds.some((one) => one.runs.some((run) => run[2] + run[3] + run[4] < 0.98));
  return (
    <>
      {info.sentences.map((one) => (
        <p class="say" key={one}>
          {one}
        </p>
      ))}
      {code && <CodeLine code={info.python} label="Copy" />}
      <ul class="division-folds">
        {info.folds.map((one) => (
          <li key={one.name}>
            <span>{one.name}</span>
            <Bar fold={one} bins={info.bins} />
            <span class="num faint">{formatCount(one.valid)}</span>
          </li>
        ))}
      </ul>
      {info.more !== "" && <p class="faint division-key">{info.more}</p>}
      <p class="faint division-ends">
        <span>{info.ends[0]}</span>
        <span>{info.order}</span>
        <span>{info.ends[1]}</span>
      </p>
      <ul class="faint division-key">
        <li>
          <i class="key-train" /> training
        </li>
        <li>
          <i class="key-valid" /> validation
        </li>
        {held && (
          <li>
            <i class="key-held" /> held out
          </li>
        )}
        {unused && (
          <li>
            <i class="key-unused" /> not used
          </li>
        )}
      </ul>
    </>
  );
}

const HEIGHT = 12;

/** One fold: in each bin, the share of its rows that train, validate and are held out. */
function Bar({ fold, bins }: { fold: FoldBar; bins: number }) {
  const holdout = fold.runs.some((run) => run[4] > 0);
  const said = holdout
    ? `${formatCount(fold.valid)} rows held out, ${formatCount(fold.train)} rows in the search`
    : `trains on ${formatCount(fold.train)} rows, validates on ${formatCount(fold.valid)}`;
  return (
    <svg
      class="division-bar"
      role="img"
      aria-label={`${fold.name}: ${said}`}
      viewBox={`0 0 ${bins} ${HEIGHT}`}
      preserveAspectRatio="none"
    >
      <title>{`${fold.name}: ${said}`}</title>
      {fold.runs.flatMap((run, i) => drawn(run, fold.runs[i - 1], fold.runs[i + 1]))}
    </svg>
  );
}

function drawn(run: FoldRun, before: FoldRun | undefined, after: FoldRun | undefined) {
  return boxes(run, before, after).map(({ role, x, y, width, height }) => (
    <rect key={`${run[0]} ${role}`} class={`division-${role}`} x={x} y={y} width={width} height={height} />
  ));
}

type Role = "train" | "valid" | "held";

/** The shares of a run, each with its role. */
const sharesOf = ([, , train, valid, held]: FoldRun): [Role, number][] =>
  [
    ["train", train] as [Role, number],
    ["valid", valid] as [Role, number],
    ["held", held] as [Role, number],
  ].filter(([, share]) => share > 0);

const pure = (run: FoldRun | undefined): Role | null => {
  const [only, ...others] = run === undefined ? [] : sharesOf(run);
  return only !== undefined && others.length === 0 && only[1] > 0.98 ? only[0] : null;
};

/**
 * The boxes of a run: its roles from the bottom up. A single bin between two runs of one role each is where one ends
 * and the other begins, so its roles are side by side.
 */
export function boxes(run: FoldRun, before: FoldRun | undefined, after: FoldRun | undefined) {
  const [from, to] = run;
  const shares = sharesOf(run);
  const [left, right] = [pure(before), pure(after)];
  const border =
    to - from === 1 &&
    shares.length === 2 &&
    left !== null &&
    right !== null &&
    left !== right &&
    shares.every(([role]) => role === left || role === right);
  let done = 0;
  const ordered = border && shares[0]?.[0] === right ? shares.toReversed() : shares;
  return ordered.map(([role, share]) => {
    const start = done;
    done += share;
    return border
      ? { role, x: from + start, y: 0, width: share, height: HEIGHT }
      : { role, x: from, y: HEIGHT * (1 - done), width: to - from, height: HEIGHT * share };
  });
}
