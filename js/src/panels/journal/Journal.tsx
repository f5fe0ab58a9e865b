import { useMemo, useState } from "preact/hooks";
import { Lead } from "../../components/Lead";
import { By } from "../../components/marks";
import { Segmented } from "../../components/Segmented";
import { Strip } from "../../components/Strip";
import { Waiting } from "../../components/states";
import { download, fileName } from "../../host/download";
import type { ActInfo, HistoryRow } from "../../protocol/messages";
import type { HistoryFilter } from "../../store/ui";
import {
  arrangedHistory,
  type HistoryItem,
  historyHeadline,
  isUndone,
  KINDS,
  searchWords,
} from "../../words/history";
import { clockTime, formatCount, formatDuration } from "../../words/numbers";
import type { PanelProps } from "../context";
import { Nudges } from "../Nudges";
import { useResource } from "../useResource";
import { ScoreCurve } from "./ScoreCurve";
import "./Journal.css";

const PAGE = 200;
const NO_ROWS: readonly HistoryRow[] = [];
const NO_ACTS: readonly ActInfo[] = [];
const NO_CHANGES = { you: 0, machine: 0 };

/** The history of the session: everyone's acts in one timeline, newest first. */
export function Journal(props: PanelProps) {
  const { store, ui, reachable, act, attempt } = props;
  const version = store.status.value?.history_version ?? 0;
  const { value, error } = useResource(store.history, version, reachable);
  const rows = value ?? NO_ROWS;
  const filter = ui.historyFilter.value;
  const [shown, setShown] = useState(PAGE);
  const items = useMemo(() => arrangedHistory(rows, filter), [rows, filter]);
  const acts = store.steering.value?.acts ?? NO_ACTS;
  const choose = (change: Partial<HistoryFilter>) => {
    ui.historyFilter.value = { ...filter, ...change };
    setShown(PAGE);
  };
  const session = store.session.value;
  const save = () =>
    attempt(async () => {
      download(
        fileName(session?.target ?? "", "journal.md"),
        await store.kernel.journalMarkdown(),
        "text/markdown",
      );
      return null;
    });
  const line = (row: HistoryRow) => (
    <Line
      key={row.seq}
      row={row}
      undone={isUndone(row, acts)}
      earlier={row.trial !== null && store.past.value.has(row.trial)}
      disabled={!reachable}
      onUndo={(number) => act({ type: "undo", act: number })}
      onTrial={(number) => {
        ui.drawer.value = { show: "trial", number };
      }}
    />
  );
  return (
    <>
      <Lead
        headline={historyHeadline(rows, store.steering.value?.changes ?? NO_CHANGES)}
        aside={searchWords(rows, store.rows.values(), {
          decided: session?.decided ?? [],
          ensemble: store.status.value?.ensemble?.members.length ?? 0,
          holdout: store.status.value?.holdout != null,
        })}
      />
      <Nudges {...props} />
      <Note disabled={!reachable} onNote={async (text) => (await act({ type: "note", text })) !== null} />
      {session !== null && <ScoreCurve store={store} session={session} history={rows} />}
      <div class="filters">
        <Segmented
          label="Entries by"
          choices={[
            { value: "", label: "everyone" },
            { value: "you", label: "you" },
            { value: "machine", label: "the search" },
          ]}
          value={filter.author}
          onChoose={(author) => choose({ author })}
        />
        <select
          class="field"
          aria-label="Entries about"
          value={filter.kind}
          onChange={(event) => choose({ kind: event.currentTarget.value as HistoryFilter["kind"] })}
        >
          <option value="">all topics</option>
          {KINDS.map(([kind, label]) => (
            <option key={kind} value={kind}>
              {label}
            </option>
          ))}
        </select>
        <span class="grow" />
        <button type="button" class="btn" disabled={!reachable || rows.length === 0} onClick={save}>
          Download Markdown
        </button>
      </div>
      {error !== "" && (
        <Strip tone="plain">
          {rows.length === 0 ? "The history could not be loaded. " : "The newest entries are missing. "}
          {error}
        </Strip>
      )}
      {items.length === 0 && error === "" && (
        <Waiting
          text={rows.length === 0 ? "Loading the history…" : "No entries of this kind."}
          busy={rows.length === 0 && version > 0}
        />
      )}
      {items.length > 0 && <p class="faint history-key">clock time · search time</p>}
      <ol class="history" aria-label="History, newest first">
        {items
          .slice(0, shown)
          .map((item) =>
            item.is === "row" ? line(item.row) : <Run key={keyOf(item)} item={item} line={line} />,
          )}
      </ol>
      {items.length > shown && (
        <button type="button" class="btn older" onClick={() => setShown(shown + PAGE)}>
          Show {formatCount(items.length - shown)} older
        </button>
      )}
    </>
  );
}

/** A run keeps its key while it grows: its oldest line stays. */
function keyOf(item: Extract<HistoryItem, { is: "run" }>): string {
  return `run ${item.rows.at(-1)?.seq}`;
}

interface NoteProps {
  disabled: boolean;
  /** False when it was refused. */
  onNote(text: string): Promise<boolean>;
}

function Note({ disabled, onNote }: NoteProps) {
  const [text, setText] = useState("");
  const send = async () => {
    if (text.trim() === "" || disabled) return;
    if (await onNote(text.trim())) setText("");
  };
  return (
    <form
      class="note-form"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        class="field"
        rows={1}
        maxLength={2000}
        aria-label="Note. Enter saves it, Shift+Enter starts a new line."
        placeholder="Write a note, such as an observation or a plan…"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <button type="submit" class="btn you" disabled={disabled || text.trim() === ""}>
        Save note
      </button>
    </form>
  );
}

/** The clock time, and the seconds on the search's clock. */
function When({ time, elapsed }: Pick<HistoryRow, "time" | "elapsed">) {
  const date = new Date(time * 1000);
  return (
    <time
      class="faint num"
      title={`${date.toLocaleString()}, ${formatDuration(Math.round(elapsed))} of search time`}
    >
      {clockTime(date)} <span class="since">{formatDuration(Math.round(elapsed))}</span>
    </time>
  );
}

interface LineProps {
  row: HistoryRow;
  undone: boolean;
  /** True if its trial was measured on other data than today's. */
  earlier: boolean;
  disabled: boolean;
  onUndo(act: number): void;
  onTrial(number: number): void;
}

function Line({ row, undone, earlier, disabled, onUndo, onTrial }: LineProps) {
  const [open, setOpen] = useState(false);
  const { act, trial } = row;
  return (
    <li class={`history-line ${row.author} kind-${row.kind} ${undone ? "undone" : ""}`}>
      <When time={row.time} elapsed={row.elapsed} />
      <By author={row.author} />
      <span class="history-what">
        {row.detail === "" ? (
          <span class="act-title">{row.text}</span>
        ) : (
          <button type="button" class="history-open" aria-expanded={open} onClick={() => setOpen(!open)}>
            <span class="act-title">{row.text}</span>
            <i class="chevron" aria-hidden="true" />
          </button>
        )}
        {undone && <span class="faint"> (undone)</span>}
        {earlier && <span class="faint"> (before the data changed)</span>}
        {open && <span class="history-detail mute">{row.detail}</span>}
      </span>
      <span class="history-acts">
        {trial !== null && (
          <button
            type="button"
            class="btn link"
            aria-label={`Open trial ${trial}`}
            onClick={() => onTrial(trial)}
          >
            #{trial}
          </button>
        )}
        {act !== null && !undone && (
          <button
            type="button"
            class="btn quiet small"
            aria-label={`Undo: ${row.text}`}
            disabled={disabled}
            onClick={() => onUndo(act)}
          >
            Undo
          </button>
        )}
      </span>
    </li>
  );
}

interface RunProps {
  item: Extract<HistoryItem, { is: "run" }>;
  line(row: HistoryRow): preact.ComponentChildren;
}

function Run({ item, line }: RunProps) {
  const [open, setOpen] = useState(false);
  const { rows } = item;
  const trials = rows.map((row) => row.trial).filter((one) => one !== null);
  const span = trials.length > 0 ? `, #${Math.min(...trials)} to #${Math.max(...trials)}` : "";
  return (
    <>
      <li class="history-line machine run">
        <When time={rows[0]?.time ?? 0} elapsed={rows[0]?.elapsed ?? 0} />
        <By author="machine" />
        <span class="history-what">
          <button type="button" class="history-open mute" aria-expanded={open} onClick={() => setOpen(!open)}>
            {formatCount(rows.length)} trials{span}
            <i class="chevron" aria-hidden="true" />
          </button>
        </span>
      </li>
      {open && rows.map(line)}
    </>
  );
}
