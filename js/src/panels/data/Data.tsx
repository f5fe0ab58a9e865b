import { useEffect, useMemo, useRef } from "preact/hooks";
import { SearchField } from "../../components/SearchField";
import { Strip } from "../../components/Strip";
import { Waiting } from "../../components/states";
import { useWidth } from "../../components/useWidth";
import type {
  DataInfo,
  DistributionInfo,
  SessionInfo,
  Status,
  Steering,
  WarningInfo,
} from "../../protocol/messages";
import {
  arranged,
  byColumn,
  commandOf,
  type DataDraft,
  descendsFirst,
  drafts,
  followed,
  matching,
  NO_DATA_DRAFT,
  type SortKey,
  toColumn,
  withChoice,
} from "../../words/data";
import type { PanelProps } from "../context";
import { useThrottled } from "../overview/useThrottled";
import { useApply } from "../useApply";
import { usePreview } from "../usePreview";
import { ColumnGrid } from "./ColumnGrid";
import { Correlation } from "./Correlation";
import { columnsFor } from "./columns";
import { Detail } from "./Detail";
import { Division } from "./Division";
import { Draft } from "./Draft";
import { Labels } from "./Labels";
import { Target } from "./Target";
import { Transforms } from "./Transforms";
import { Warnings } from "./Warnings";
import "./Data.css";

/** The table: its warnings, the content of each column, and how models read it. */
export function Data(props: PanelProps) {
  const { store, reachable } = props;
  const session = store.session.value;
  const status = store.status.value;
  const steering = store.steering.value;
  const info = store.table.value.value;
  const error = store.table.error.value;
  const { data_version: data = 0, warnings_version: warned = 0 } = status ?? {};
  useEffect(() => {
    if (reachable) store.table.follow(data);
  }, [store, reachable, data]);
  useEffect(() => {
    if (reachable) store.warnings.follow(warned);
  }, [store, reachable, warned]);
  if (session === null || status === null || steering === null) return null;
  if (info === null) {
    return (
      <Waiting
        text={error === "" ? "Loading the columns…" : `The columns could not be loaded. ${error}`}
        busy={error === ""}
      />
    );
  }
  return (
    <Loaded {...props} session={session} status={status} steering={steering} info={info} error={error} />
  );
}

interface Props extends PanelProps {
  session: SessionInfo;
  status: Status;
  steering: Steering;
  info: DataInfo;
  error: string;
}

const NONE: readonly WarningInfo[] = [];

function Loaded(props: Props) {
  const { store, ui, reachable, act, session, steering, info, error } = props;
  const view = ui.data;
  const warnings = store.warnings.value.value;
  const open = warnings?.open ?? NONE;
  const columns = useMemo(() => info.rows.map(toColumn), [info]);
  const warned = useMemo(() => byColumn(open), [open]);
  const draft = view.draft.value;
  useEffect(() => {
    view.draft.value = followed(view.draft.peek(), info);
  }, [view, info]);

  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const shown = useMemo(() => columnsFor(width), [width]);
  const sort = view.sort.value;
  const text = view.text.value;
  const only = view.warned.value && warned.size > 0 ? warned : null;
  const found = useMemo(
    () => arranged(columns, sort, text, only === null ? null : new Set(only.keys())),
    [columns, sort, text, only],
  );
  const name = view.column.value;
  const selected = name === null || name === "" ? null : (columns.find((one) => one.name === name) ?? null);
  const side = useRef<HTMLDivElement>(null);
  const openColumn = (next: string | null) => {
    view.column.value = next;
    // Under a narrow table the card is out of sight.
    if (next !== null) requestAnimationFrame(() => side.current?.scrollIntoView?.({ block: "nearest" }));
  };

  const command = useMemo(
    () => commandOf(draft, view.cancels.value ? "cancel" : "finish"),
    [draft, view.cancels.value],
  );
  const previewed = usePreview(store.dataPreviews, command, useThrottled(store.version.value, 2000));
  const { apply, refused, sending, since } = useApply(store, steering, draft, command, () => {
    view.draft.value = NO_DATA_DRAFT;
  });
  const ofData = steering.acts.filter((one) => one.kind === "data");
  const fresh = ofData[0] !== undefined && since !== null && ofData[0].number > since ? ofData[0] : null;
  const applied = fresh ?? ofData.find((one) => !one.undone) ?? null;
  const put = (next: DataDraft) => {
    view.draft.value = next;
  };
  const sortBy = (key: SortKey) => {
    const same = sort !== null && sort.key === key;
    if (same && sort.descending !== descendsFirst(key)) view.sort.value = null;
    else view.sort.value = { key, descending: same ? !sort.descending : descendsFirst(key) };
  };
  const touched = useMemo(
    () => new Set([draft.roles, draft.filling, draft.encoding].flatMap((one) => Object.keys(one))),
    [draft],
  );
  const target = useMemo(() => ({ name: info.target, bars: heights(info.spread) }), [info]);
  return (
    <>
      <p class="lead">
        {info.sentence}
        {info.reading && <span class="u"> Examining the columns…</span>}
      </p>
      {error !== "" && <Strip tone="plain">This may be out of date. {error}</Strip>}
      <Warnings
        {...props}
        info={warnings}
        error={store.warnings.error.value}
        onColumn={(next) => {
          view.text.value = "";
          openColumn(next);
        }}
      />
      <div class="two wide data-two">
        <div class="side data-left">
          <section class="card data-table" aria-labelledby="hitl-q-columns">
            <h3 id="hitl-q-columns">What is in the columns?</h3>
            <p class="say">
              “Predictive power” says how well one column by itself predicts {info.target} on unseen rows: 0
              is no better than guessing, 1 is perfect. Values close to 1 are often too good to be true.
            </p>
            <div class="filters" role="search">
              <SearchField
                label="Find a column"
                placeholder="Find a column…"
                value={text}
                onInput={(found) => {
                  view.text.value = found;
                }}
              />
              {warned.size > 0 && (
                <label class="only-warned">
                  <input
                    type="checkbox"
                    checked={view.warned.value}
                    onChange={(event) => {
                      view.warned.value = event.currentTarget.checked;
                    }}
                  />{" "}
                  only columns with warnings
                </label>
              )}
              {shown.length < 6 && <SortSelect sort={sort} onSort={(next) => (view.sort.value = next)} />}
              <span class="mute" role="status">
                {matching(found.length, columns.length)}
              </span>
            </div>
            <Draft
              previewed={previewed}
              drafting={drafts(draft) > 0}
              applied={applied}
              refused={refused}
              cancels={view.cancels.value}
              sending={sending}
              disabled={!reachable}
              redoable={steering.redo !== null}
              onCancels={(cancels) => {
                view.cancels.value = cancels;
              }}
              onApply={apply}
              onDiscard={() => put(NO_DATA_DRAFT)}
              onUndo={(number) => act({ type: "undo", act: number })}
              onRedo={() => act({ type: "redo" })}
            />
            <div ref={box}>
              <ColumnGrid
                columns={found}
                shown={shown}
                sort={sort}
                rows={session.rows}
                roles={info.roles}
                target={target}
                drafted={draft.roles}
                touched={touched}
                warned={warned}
                opened={name}
                disabled={!reachable}
                onSort={sortBy}
                onOpen={openColumn}
                onRole={(column, role) => put(withChoice(draft, "roles", column.name, role, column.role))}
              />
            </div>
            {found.length === 0 && (
              <p class="say none-found">
                {only !== null && text === "" ? "No column has a warning." : `No column matches “${text}”.`}
              </p>
            )}
            {info.rest !== "" && <p class="legend-line">{info.rest}</p>}
          </section>
          <Labels {...props} target={info.target} />
          <Correlation {...props} />
        </div>
        <div class="side" ref={side}>
          {selected === null ? (
            <Target key={info.target} {...props} info={info} rows={session.rows} />
          ) : (
            <Detail
              key={selected.name}
              store={store}
              info={info}
              column={selected}
              rows={session.rows}
              warnings={open.filter((one) => one.columns.includes(selected.name))}
              draft={draft}
              disabled={!reachable}
              onUndo={(number) => act({ type: "undo", act: number })}
              onDraft={put}
              onClose={() => openColumn(null)}
            />
          )}
          <Division {...props} />
          <Transforms {...props} info={info} />
        </div>
      </div>
    </>
  );
}

interface SortProps {
  sort: { key: SortKey; descending: boolean } | null;
  onSort(sort: { key: SortKey; descending: boolean } | null): void;
}

const SORTS: readonly [SortKey, string][] = [
  ["strength", "by predictive power"],
  ["missing", "by missing"],
  ["distinct", "by distinct values"],
  ["name", "by name"],
  ["role", "by role"],
];

/** The sort order as a list, if there is no room for every column head. */
function SortSelect({ sort, onSort }: SortProps) {
  return (
    <select
      class="field"
      aria-label="Order of the columns"
      value={sort?.key ?? ""}
      onChange={(event) => {
        const key = event.currentTarget.value as SortKey | "";
        onSort(key === "" ? null : { key, descending: descendsFirst(key) });
      }}
    >
      <option value="">in table order</option>
      {SORTS.map(([key, label]) => (
        <option key={key} value={key}>
          {label}
        </option>
      ))}
    </select>
  );
}

/** Heights of a distribution's bars, from 0 to 100. */
function heights({ counts, below, above, other }: DistributionInfo): number[] {
  const all = [...(below + above > 0 ? [below, ...counts, above] : counts), ...(other > 0 ? [other] : [])];
  const most = Math.max(1, ...all);
  return all.map((one) => (one > 0 ? Math.max(1, (100 * one) / most) : 0));
}
