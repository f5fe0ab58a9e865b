import { useMemo } from "preact/hooks";
import { useCharts } from "../../charts/charts";
import { authorWords, Dot, Score } from "../../components/marks";
import { Segmented } from "../../components/Segmented";
import { Waiting } from "../../components/states";
import type { FamilyInfo } from "../../protocol/messages";
import { familyLabel, originWords } from "../../words/trial";
import type { PanelProps } from "../context";
import { RunningNow } from "../RunningNow";
import "./ImprovingCard.css";
import type { LoadedProps } from "./Overview";
import { axisBreak, breakWords, familyEnds, progressPoints, redrawEvery, thinned } from "./progress";
import { flags, steersOf } from "./steers";
import { useThrottled } from "./useThrottled";

interface Props extends LoadedProps {
  families: ReadonlyMap<string, FamilyInfo>;
}

export function ImprovingCard({ store, ui, dark, reachable, session, status, families }: Props) {
  const charts = useCharts();
  const grey = store.grey.value;
  const past = store.past.value;
  const version = useThrottled(store.version.value, redrawEvery(store.rows.size));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are one map whose version says that it changed
  const points = useMemo(
    () => progressPoints(store.rows.values(), families, status.baselines, grey, past),
    [version, families, status.baselines, grey, past],
  );
  const acts = store.steering.value?.acts;
  const trials = store.rows.size;
  const steers = useMemo(() => steersOf(acts ?? [], trials), [acts, trials]);
  const drawn = useMemo(() => thinned(points), [points]);
  const acted = flags(acts ?? []);
  const cut = useMemo(() => axisBreak(points), [points]);
  const ends = useMemo(() => familyEnds(points, families), [points, families]);
  const waiting =
    status.phase === "running"
      ? "The first score appears in a few seconds."
      : "No trial has finished, so there is nothing to plot.";
  return (
    <section class="card" aria-labelledby="hitl-q-improving">
      <div class="card-head">
        <h3 id="hitl-q-improving">Is the search still improving?</h3>
        {points.length > 0 && <AxisSwitch ui={ui} />}
      </div>
      <p class="say">{status.improving || "Too early to say."}</p>
      <RunningNow {...{ store, ui, reachable, session, status, families }} />
      {points.length === 0 ? (
        <Waiting text={waiting} busy={status.phase === "running"} />
      ) : (
        <>
          <charts.Progress
            points={drawn.points}
            steers={steers}
            cut={cut}
            cutWords={cut === null ? "" : breakWords(cut, session.metric)}
            ends={ends}
            sign={session.metric.sign}
            byTime={ui.byTime.value}
            dark={dark}
            height={264}
            description={`${session.metric.label} of ${points.length} trials. ${status.headline} ${status.improving}`}
            onOpen={(number) => {
              ui.drawer.value = { show: "trial", number };
            }}
            tooltip={(number) => <Tip number={number} store={store} session={session} families={families} />}
          />
          <ul class="legend" aria-label="Legend">
            {points.some((point) => point.own) && (
              <li>
                <i class="ring" aria-hidden="true" />
                proposed by you
              </li>
            )}
            {points.some((point) => point.outside && point.past === 0) && (
              <li>
                <Dot colour="var(--f-base)" />
                outside the search space
              </li>
            )}
            {points.some((point) => point.past > 0) && (
              <li>
                <Dot colour="var(--f-base)" />
                before the data changed
              </li>
            )}
            {drawn.step > 1 && <li class="faint">1 in {drawn.step} trials is drawn, and every new best.</li>}
          </ul>
          {acted.length > 0 && (
            <ol class="flags" aria-label="Changes of the search">
              {acted.map((one) => (
                <li key={one.flag} class={one.author}>
                  <b class="num">{one.flag}</b> {authorWords(one.author)}: {one.title}
                </li>
              ))}
            </ol>
          )}
        </>
      )}
    </section>
  );
}

function AxisSwitch({ ui }: Pick<PanelProps, "ui">) {
  return (
    <Segmented
      label="Horizontal axis"
      choices={[
        { value: false, label: "by trial" },
        { value: true, label: "by time" },
      ]}
      value={ui.byTime.value}
      onChoose={(byTime) => {
        ui.byTime.value = byTime;
      }}
    />
  );
}

interface TipProps extends Pick<Props, "store" | "session" | "families"> {
  number: number;
}

function Tip({ number, store, session, families }: TipProps) {
  const row = store.rows.get(number);
  if (row === undefined) return null;
  return (
    <>
      <b>
        #{row.number} {familyLabel(families, row.family)}
      </b>
      <Score score={row.score} std={row.std} metric={session.metric} />
      <span>{originWords(row)}</span>
    </>
  );
}
