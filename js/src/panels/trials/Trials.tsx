import { useMemo, useRef } from "preact/hooks";
import { Waiting } from "../../components/states";
import { TrialGrid } from "../../components/TrialGrid";
import { useWidth } from "../../components/useWidth";
import { download, fileName } from "../../host/download";
import type { AnnotationInfo, SessionInfo, Status } from "../../protocol/messages";
import type { Row } from "../../store/row";
import { type ColumnId, EVERYWHERE, NO_FILTER, type Sort } from "../../store/ui";
import { countWords, formatCount, formatSetting } from "../../words/numbers";
import { formatCell, reader } from "../../words/objective";
import { furtherOf, isWithin, onlyWords } from "../../words/only";
import { mayQueue } from "../../words/phase";
import { readQuery } from "../../words/query";
import { scoreAxis } from "../../words/scoreAxis";
import { type SharedSetting, settingOf, sharedSettings } from "../../words/settings";
import { TERMS } from "../../words/terms";
import { byName } from "../../words/trial";
import type { PanelProps } from "../context";
import { Nudges } from "../Nudges";
import { RunningNow } from "../RunningNow";
import { YourMove } from "../YourMove";
import { ColumnsMenu } from "./ColumnsMenu";
import { Compare, MOST_COMPARED } from "./Compare";
import { chosenColumns, columnsFor, descendsFirst, leastWidth, offeredColumns } from "./columns";
import { exported } from "./exported";
import { Filters } from "./Filters";
import { arranged, MEASURE, SETTING } from "./order";
import "./Trials.css";

export function Trials(props: PanelProps) {
  const session = props.store.session.value;
  const status = props.store.status.value;
  if (session === null || status === null) return null;
  return <Loaded {...props} session={session} status={status} />;
}

interface Props extends PanelProps {
  session: SessionInfo;
  status: Status;
}

function Loaded(props: Props) {
  const { store, ui, reachable, session, status } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const families = useMemo(() => byName(session.families), [session]);
  const version = store.version.value;
  const info = store.preferences.value.value;
  const worth = store.worth.value.value;
  const preferred = worth === null ? null : (status.preferred?.number ?? null);
  const ranked = preferred !== null;
  const sort = ui.sort.value ?? (ranked ? BY_WORTH : BY_SCORE);
  const filter = ui.filter.value;
  const grey = store.grey.value;
  const past = store.past.value;
  const broken = store.broken.value;
  const only = ui.only.value;
  const further = useMemo(() => furtherOf(info, status.measured), [info, status.measured]);
  const read = useMemo(() => reader(session.metric, status.measured), [session.metric, status.measured]);
  const annotations = store.annotations.value;
  const settings = useMemo(() => sharedSettings(session.families), [session.families]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are one map whose version says that it changed
  const query = useMemo(
    () =>
      readQuery(filter.text, {
        families: session.families,
        metric: session.metric,
        measured: status.measured,
        read,
        written: (number) => written(annotations.get(number)),
        rows: store.rows.values(),
      }),
    [version, filter.text, session, status.measured, read, annotations],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are one map whose version says that it changed
  const rows = useMemo(
    () =>
      arranged(
        store.rows.values(),
        sort,
        filter,
        families,
        grey,
        { read, worth, settings, tags: (row) => written(annotations.get(row.number)) },
        (row) => past.has(row.number) === filter.earlier && query.test(row) && isWithin(row, only, read),
      ),
    [version, sort, filter, families, grey, past, read, worth, settings, annotations, only, query],
  );
  const axis = useMemo(() => scoreAxis(rows, session.metric), [rows, session.metric]);
  const chosen = ui.columns.value;
  const columns = useMemo(
    () =>
      chosen === null ? columnsFor(width, further, ranked) : chosenColumns(chosen, further, ranked, settings),
    [width, further, ranked, chosen, settings],
  );
  const intervals = columns.map((one) =>
    one.id === "interval"
      ? { ...one, title: `${TERMS.score} The dashed line marks the best score listed.` }
      : one,
  );
  const beside = useMemo(() => {
    const measures = new Map(further.map((one) => [`${MEASURE}${one.name}`, one]));
    return {
      worth,
      preferred,
      broken,
      tags: (row: Row) => written(annotations.get(row.number)),
      setting: (row: Row, column: ColumnId) => {
        const setting = settings.get(column.slice(SETTING.length));
        const value = setting === undefined ? undefined : settingOf(row, setting);
        return value === undefined ? null : formatSetting(value);
      },
      measure: (row: Row, column: ColumnId) => {
        const measure = measures.get(column);
        const value = measure === undefined ? null : read(row, measure.name);
        return measure === undefined || value === null ? null : formatCell(value, measure);
      },
    };
  }, [further, read, worth, preferred, broken, settings, annotations]);
  const drawer = ui.drawer.value;
  const today = store.rows.size - past.size;
  const greyToday = grey.size - past.size;
  const compared = ui.compared.value;
  const picked = useMemo(() => new Set(compared), [compared]);
  const pick = (number: number) => {
    if (picked.has(number)) ui.compared.value = compared.filter((one) => one !== number);
    else if (compared.length < MOST_COMPARED) ui.compared.value = [...compared, number];
  };
  const sortBy = (column: ColumnId) => {
    const descending = sort.column === column ? !sort.descending : descendsFirst(column, further);
    ui.sort.value = { column, descending };
  };
  return (
    <>
      <p class="lead">
        {filter.earlier ? saidEarlier(past.size, rows.length) : said(today, rows.length, past.size, status)}
        {!filter.earlier && status.counts.running > 0 && filter.state !== "running" && (
          <>
            {" "}
            <button
              type="button"
              class="btn link"
              onClick={() => {
                ui.filter.value = { ...NO_FILTER, state: "running" };
              }}
            >
              {status.counts.running} running now
            </button>
          </>
        )}
      </p>
      {!filter.earlier && <RunningNow {...{ store, ui, reachable, session, status, families }} />}
      <Nudges {...props} />
      <YourMove {...props} />
      <Filters
        only={onlyWords(only, [...(info?.objectives ?? []), ...further])}
        onEverywhere={() => {
          ui.only.value = EVERYWHERE;
        }}
        ranked={ranked}
        further={further}
        filter={filter}
        problem={query.problem}
        example={exampleOf(settings)}
        sort={sort}
        session={session}
        mayOwn={reachable && mayQueue(status)}
        narrow={width < 500}
        standing={greyToday > 0 || filter.standing !== ""}
        past={past.size}
        onFilter={(change) => {
          ui.filter.value = { ...filter, ...change };
        }}
        onSort={sortBy}
        onOwn={
          status.autonomy === "user"
            ? null
            : () => {
                ui.drawer.value = { show: "form", parent: null, family: null };
              }
        }
      >
        <ColumnsMenu
          offered={offeredColumns(further, ranked)}
          settings={settings}
          shown={columns.map((one) => one.id)}
          chosen={chosen !== null}
          onChoose={(next) => {
            ui.columns.value = next;
          }}
        />
        <button
          type="button"
          class="btn"
          disabled={rows.length === 0}
          title="The listed trials with all their columns"
          onClick={() =>
            download(
              fileName(session.target, "trials.csv"),
              exported(rows, session, status.measured, grey, annotations),
              "text/csv",
            )
          }
        >
          Download CSV
        </button>
      </Filters>
      <Compare {...props} />
      <div ref={box}>
        {store.rows.size === 0 ? (
          <Waiting
            text="No trials yet. Once the search starts, the baselines finish within seconds."
            busy={status.phase === "running"}
          />
        ) : rows.length === 0 ? (
          <div class="state">
            <p>No trial matches these filters.</p>
            <button
              type="button"
              class="btn"
              onClick={() => {
                ui.filter.value = NO_FILTER;
                ui.only.value = EVERYWHERE;
              }}
            >
              Show all {formatCount(today)} trials
            </button>
          </div>
        ) : (
          <TrialGrid
            rows={rows}
            columns={intervals}
            axis={axis}
            picked={picked}
            least={chosen !== null && leastWidth(columns) > width ? leastWidth(columns) : 0}
            onPick={pick}
            sort={sort}
            opened={drawer?.show === "trial" ? drawer.number : null}
            metric={session.metric}
            families={families}
            grey={grey}
            beside={beside}
            folds={session.folds}
            onSort={sortBy}
            onOpen={(number) => {
              ui.drawer.value = { show: "trial", number };
            }}
          />
        )}
      </div>
      {greyToday > 0 && !filter.earlier && (
        <p class="legend-line">
          {formatCount(greyToday)} of {formatCount(today)} trials {greyToday === 1 ? "is" : "are"} gray:
          outside the search space or discarded.
        </p>
      )}
    </>
  );
}

/** The tags and the note of a trial as one text. */
function written(one: AnnotationInfo | undefined): string {
  return one === undefined ? "" : [...one.tags, one.note].filter((text) => text !== "").join(", ");
}

/** A search that finds something here: a comparison with a number. */
function exampleOf(settings: ReadonlyMap<string, SharedSetting>): string {
  const name = settings.has("num_leaves") ? "num_leaves" : settings.keys().next().value;
  return name === undefined ? "lightgbm, #3" : `${name} > 60`;
}

const BY_SCORE: Sort = { column: "score", descending: true };
const BY_WORTH: Sort = { column: "worth", descending: true };

function saidEarlier(all: number, kept: number): string {
  const trials = `${formatCount(all)} ${all === 1 ? "trial" : "trials"} from before the data changed`;
  const listed = kept === all ? trials : `${formatCount(kept)} of ${trials} match`;
  return `${listed}. Their scores are not comparable with the others; they count again when those columns and rows are back.`;
}

function said(all: number, kept: number, past: number, { today: counts }: Status): string {
  if (all === 0) return "No trials yet.";
  const trials = countWords(
    all,
    past > 0 ? "trial on the current data" : "trial",
    past > 0 ? "trials on the current data" : "trials",
  );
  const hidden = past > 0 ? `; ${countWords(past, "earlier trial is", "earlier trials are")} hidden` : "";
  if (kept !== all) return `${formatCount(kept)} of ${trials} match.`;
  const stopped = counts.stopped > 0 ? `, ${formatCount(counts.stopped)} stopped early` : "";
  const failed = counts.failed > 0 ? `, ${formatCount(counts.failed)} failed` : "";
  if (counts.complete === all) return `${trials}, all complete${hidden}.`;
  return `${trials}: ${formatCount(counts.complete)} complete${stopped}${failed}${hidden}.`;
}
