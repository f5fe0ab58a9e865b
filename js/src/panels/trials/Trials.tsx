import { useMemo, useRef } from "preact/hooks";
import { Waiting } from "../../components/states";
import { TrialGrid } from "../../components/TrialGrid";
import { useWidth } from "../../components/useWidth";
import type { SessionInfo, Status } from "../../protocol/messages";
import { type ColumnId, NO_FILTER } from "../../store/ui";
import { formatCount } from "../../words/numbers";
import { mayQueue } from "../../words/phase";
import { byName } from "../../words/trial";
import type { PanelProps } from "../context";
import { Nudges } from "../Nudges";
import { YourMove } from "../YourMove";
import { columnsFor, descendsFirst } from "./columns";
import { Filters } from "./Filters";
import { arranged } from "./order";

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
  const sort = ui.sort.value;
  const filter = ui.filter.value;
  const grey = store.grey.value;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are one map whose version says that it changed
  const rows = useMemo(
    () => arranged(store.rows.values(), sort, filter, families, grey),
    [version, sort, filter, families, grey],
  );
  const columns = useMemo(() => columnsFor(width), [width]);
  const drawer = ui.drawer.value;
  const sortBy = (column: ColumnId) => {
    const descending = sort.column === column ? !sort.descending : descendsFirst(column);
    ui.sort.value = { column, descending };
  };
  return (
    <>
      <p class="lead">
        {said(store.rows.size, rows.length, status)}
        {status.counts.running > 0 && filter.state !== "running" && (
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
      <Nudges {...props} />
      <YourMove {...props} />
      <Filters
        filter={filter}
        sort={sort}
        session={session}
        mayOwn={reachable && mayQueue(status)}
        narrow={width < 500}
        standing={grey.size > 0 || filter.standing !== ""}
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
      />
      <div ref={box}>
        {store.rows.size === 0 ? (
          <Waiting
            text="No trial yet. The first ones are the baselines; they take seconds once the search runs."
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
              }}
            >
              Show all {formatCount(store.rows.size)}
            </button>
          </div>
        ) : (
          <TrialGrid
            rows={rows}
            columns={columns}
            sort={sort}
            opened={drawer?.show === "trial" ? drawer.number : null}
            metric={session.metric}
            families={families}
            grey={grey}
            folds={session.folds}
            onSort={sortBy}
            onOpen={(number) => {
              ui.drawer.value = { show: "trial", number };
            }}
          />
        )}
      </div>
      {grey.size > 0 && (
        <p class="legend-line">
          Grey: outside today's space or discarded, kept as evidence. {formatCount(grey.size)} of{" "}
          {formatCount(store.rows.size)}.
        </p>
      )}
    </>
  );
}

function said(all: number, kept: number, { counts }: Status): string {
  if (all === 0) return "Nothing has been tried yet.";
  const trials = `${formatCount(all)} ${all === 1 ? "trial" : "trials"}`;
  if (kept !== all) return `${formatCount(kept)} of ${trials} match.`;
  const stopped = counts.stopped > 0 ? `, ${formatCount(counts.stopped)} stopped early` : "";
  const failed = counts.failed > 0 ? `, ${formatCount(counts.failed)} failed` : "";
  return `${trials}: ${formatCount(counts.complete)} complete${stopped}${failed}.`;
}
